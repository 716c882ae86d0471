import multiprocessing
import os
import shutil
import sqlite3
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, text

from crawler.page import Outcome
from store.database import MIGRATIONS, VERSION_TABLE, Database, StoreError, upgrade
from store.memory import open_memory
from store.models import Base, SourceRow
from store.runs import start_run, visit_counts
from tests.store.samples import a_page, a_visit


def test_the_migrations_make_the_tables_of_the_models(db: Database, url: str) -> None:
    engine = create_engine(url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
        assert compare_metadata(context, Base.metadata) == []
        checks = "select sql from sqlite_master where name = 'event'"
        assert "CONSTRAINT ck_event_action CHECK" in connection.execute(text(checks)).scalar_one()
    engine.dispose()


def test_a_new_database_gets_the_schema_and_opens_again(url: str) -> None:
    Database.open(url).close()
    Database.open(url).close()
    assert upgrade(url) == ("0001", "0001")


def test_an_empty_file_gets_the_schema(tmp_path: Path, url: str) -> None:
    (tmp_path / "twinwatch.db").touch()
    assert upgrade(url) == (None, "0001")


def test_a_missing_folder_is_made(tmp_path: Path) -> None:
    Database.open(f"sqlite:///{tmp_path}/100%/data/twinwatch.db").close()
    assert (tmp_path / "100%" / "data" / "twinwatch.db").exists()


def test_how_sqlite_is_set_up(db: Database) -> None:
    wanted = {"journal_mode": "wal", "synchronous": 1, "busy_timeout": 10000, "foreign_keys": 1, "mmap_size": 0}
    with db.read() as session:
        found = {name: session.execute(text(f"PRAGMA {name}")).scalar() or 0 for name in wanted}
    assert found == wanted


def test_a_failed_block_changes_nothing(db: Database) -> None:
    with pytest.raises(KeyError), db.write() as session:
        session.add(SourceRow(name="gazette", enabled=True))
        session.flush()
        raise KeyError
    with db.read() as session:
        assert session.get(SourceRow, "gazette") is None


def foreign(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE recipe (id INTEGER)")


def newer(path: Path) -> None:
    Database.open(f"sqlite:///{path}").close()
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE twinwatch_version SET version_num = '9999'")


def no_database(path: Path) -> None:
    path.write_text("Dear diary, " * 200)


def folder(path: Path) -> None:
    path.mkdir()


@pytest.mark.parametrize(
    ("prepare", "message"),
    [
        (foreign, "a database of something else"),
        (newer, "made by a newer Twinwatch"),
        (no_database, "file is not a database"),
        (folder, "unable to open database file"),
    ],
)
def test_what_is_refused(tmp_path: Path, prepare: Callable[[Path], None], message: str) -> None:
    path = tmp_path / "other.db"
    prepare(path)
    with pytest.raises(StoreError) as refusal:
        Database.open(f"sqlite:///{path}")
    assert str(refusal.value) == f"{path}: {message}"
    assert refusal.value.hint


NEXT_STEP = """
import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

def upgrade():
    with op.batch_alter_table("run", recreate="always") as table:
        table.add_column(sa.Column("host", sa.String()))
"""


def test_an_older_database_asks_for_the_upgrade_and_keeps_its_rows(
    db: Database, url: str, run_id: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory = open_memory(url, run_id)
    memory.keep(a_visit(a_page()))  # its count points to the run, whose table is made anew
    memory.close()
    shutil.copytree(MIGRATIONS, tmp_path / "migrations")
    (tmp_path / "migrations" / "versions" / "r0002_host.py").write_text(NEXT_STEP)
    monkeypatch.setattr("store.database.MIGRATIONS", tmp_path / "migrations")
    with pytest.raises(StoreError, match="older") as refusal:
        Database.open(url)
    assert refusal.value.hint == "Run `twinwatch db upgrade`."
    assert upgrade(url) == ("0001", "0002")
    Database.open(url).close()
    with db.read() as session:
        assert visit_counts(session, run_id) == {"gazette": {Outcome.NEW: 1}}


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    tmp_path.chmod(stat.S_IRUSR | stat.S_IXUSR)
    try:
        with pytest.raises(StoreError, match=str(tmp_path)):
            Database.open(f"sqlite:///{tmp_path}/twinwatch.db")
        with pytest.raises(StoreError, match="cannot be made"):
            Database.open(f"sqlite:///{tmp_path}/data/twinwatch.db")
    finally:
        tmp_path.chmod(stat.S_IRWXU)


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        ("twinwatch.db", "not a database URL"),
        ("sqlite://", "keeps nothing"),
        ("nosuch://host/db", "no driver"),
        ("sqlite:////proc/nowhere/twinwatch.db", "/proc/nowhere: cannot be made"),
    ],
)
def test_urls_that_cannot_be(bad: str, message: str) -> None:
    with pytest.raises(StoreError, match=message):
        Database.open(bad)


def test_a_password_is_not_shown() -> None:
    with pytest.raises(StoreError) as refusal:
        Database.open("nosuch://reader:secret@host/db")
    assert "secret" not in str(refusal.value)


def crawl(url: str, run_id: str, name: str, pages: int) -> None:
    memory = open_memory(url, run_id)
    for number in range(pages):
        memory.keep(a_visit(a_page(f"{name}-{number}", source=name)))
    memory.close()


def in_processes(target: Callable[..., None], arguments: list[tuple[object, ...]]) -> list[int | None]:
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=target, args=each) for each in arguments]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
    return [process.exitcode for process in processes]


def test_two_processes_write_at_once(db: Database, url: str, run_id: str) -> None:
    assert in_processes(crawl, [(url, run_id, "gazette", 200), (url, run_id, "herald", 200)]) == [0, 0]
    with db.read() as session:
        counts = visit_counts(session, run_id)
    assert {source: sum(found.values()) for source, found in counts.items()} == {"gazette": 200, "herald": 200}


def open_and_start(url: str) -> None:
    database = Database.open(url)
    with database.write() as session:
        start_run(session, "test", "0.1.0")
    database.close()


def test_two_processes_make_the_schema_at_once(url: str) -> None:
    assert in_processes(open_and_start, [(url,), (url,), (url,)]) == [0, 0, 0]
