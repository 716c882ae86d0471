"""Opening the database: the one way to get a session, and the schema's version."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event, inspect, make_url, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, DatabaseError, DataError, IntegrityError, ProgrammingError
from sqlalchemy.orm import Session

from config.errors import TwinwatchError

VERSION_TABLE = (
    "twinwatch_version"  # a name of our own, so that another program's Alembic database is not taken for ours
)
MIGRATIONS = Path(__file__).parent / "migrations"


class StoreError(TwinwatchError):
    """The database cannot be opened, read or written."""


class Database:
    """An open database at the schema's current version. One per process; sessions may come from any thread."""

    def __init__(self, url: URL, engine: Engine) -> None:
        self._url = url
        self._engine = engine
        self._writer = engine.execution_options(sqlite_begin="IMMEDIATE")

    @classmethod
    def open(cls, url: str) -> "Database":
        """The database at a URL such as sqlite:////var/lib/twinwatch/twinwatch.db; an empty one gets the schema.

        Raises StoreError where it cannot be reached, is no Twinwatch database, or is of another version.
        """
        parsed = _parse(url)
        engine = _engine(parsed)
        with _in_words(parsed), engine.connect() as connection:
            revision = _revision(connection, parsed)
        if revision is None:
            upgrade(url)
        elif revision != _scripts().get_current_head():
            raise StoreError(f"{_shown(parsed)}: made by an older Twinwatch", "Run `twinwatch db upgrade`.")
        return cls(parsed, engine)

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A session that commits when its block ends well, else rolls back.

        On SQLite it takes the write lock at once: a reader that turns writer midway is refused whatever the timeout.
        """
        with _in_words(self._url), Session(self._writer, expire_on_commit=False) as session, session.begin():
            yield session

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session that sees one state of the database and changes nothing."""
        with _in_words(self._url), Session(self._engine, expire_on_commit=False) as session:
            yield session

    def close(self) -> None:
        self._engine.dispose()


def upgrade(url: str) -> tuple[str | None, str]:
    """Bring a database to the current schema, whole or not at all. Gives the revision before (None: empty) and after.

    Raises StoreError where it cannot be reached, is no Twinwatch database, or is newer than this program.
    """
    parsed = _parse(url)
    # SQLite changes a table by copying it, which foreign keys would take for deletion of what they point to
    engine = _engine(parsed, foreign_keys=False)
    try:
        with _in_words(parsed), engine.execution_options(sqlite_begin="IMMEDIATE").begin() as connection:
            before = _revision(connection, parsed)
            config = _alembic()
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            after = _revision(connection, parsed)
            if connection.dialect.name == "sqlite" and connection.execute(text("PRAGMA foreign_key_check")).first():
                raise StoreError(
                    f"{_shown(parsed)}: rows without their parents; nothing was changed", "Restore a backup."
                )
    finally:
        engine.dispose()
    return before, str(after)


def _alembic() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(_alembic())


def _revision(connection: Connection, url: URL) -> str | None:
    """The schema's revision; None for an empty database. Raises StoreError for a foreign or a newer one."""
    tables = inspect(connection).get_table_names()
    if VERSION_TABLE not in tables:
        if tables:
            raise StoreError(f"{_shown(url)}: a database of something else", "Set TWINWATCH_DATABASE_URL.")
        return None
    current = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE}).get_current_revision()
    if current not in {script.revision for script in _scripts().walk_revisions()}:
        raise StoreError(f"{_shown(url)}: made by a newer Twinwatch", "Update Twinwatch, or restore a backup.")
    return current


def _parse(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise StoreError(f"{url!r}: not a database URL", "A file is written sqlite:////folder/twinwatch.db.") from None
    if parsed.get_backend_name() == "sqlite" and parsed.database in (None, "", ":memory:"):
        raise StoreError(f"{url}: a database in memory keeps nothing", "Name a file: sqlite:////folder/twinwatch.db.")
    return parsed


def _engine(url: URL, foreign_keys: bool = True) -> Engine:
    try:
        engine = create_engine(url, pool_pre_ping=url.get_backend_name() != "sqlite")
    except (ArgumentError, ImportError) as error:
        raise StoreError(f"{_shown(url)}: no driver for it: {error}", "Install the database's Python driver.") from None
    if url.get_backend_name() == "sqlite":
        folder = Path(str(url.database)).absolute().parent
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(f"{folder}: cannot be made: {error.strerror}", "Set TWINWATCH_DATA.") from None
        _prepare_sqlite(engine, foreign_keys)
    return engine


def _prepare_sqlite(engine: Engine, foreign_keys: bool) -> None:
    @event.listens_for(engine, "connect")
    def connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # transactions begin where we say, not where the driver guesses
        for pragma in (
            "busy_timeout = 10000",  # ms; first, since the others may wait for a lock
            "journal_mode = WAL",
            "synchronous = NORMAL",  # a commit survives a killed process; a power cut may cost the last ones
            f"foreign_keys = {'ON' if foreign_keys else 'OFF'}",
            "temp_store = MEMORY",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        mode = connection.get_execution_options().get("sqlite_begin", "DEFERRED")
        connection.exec_driver_sql(f"BEGIN {mode}")


@contextmanager
def _in_words(url: URL) -> Iterator[None]:
    """Tell what is the matter with the database; mistakes in our own statements stay what they are."""
    try:
        yield
    except (IntegrityError, ProgrammingError, DataError):
        raise
    except DatabaseError as error:
        reason = str(error.orig)
        hint = next((hint for sign, hint in _HINTS.items() if sign in reason), None)
        raise StoreError(f"{_shown(url)}: {reason}", hint) from error


_HINTS = {
    "not a database": "Move the file away, or set TWINWATCH_DATABASE_URL.",
    "readonly": "Give this user the right to write to the file and its folder.",
    "unable to open": "Give this user the right to write to the folder, or set TWINWATCH_DATA.",
    "locked": "Another Twinwatch is writing; wait for it to end.",
    "full": "Free some disk space.",
    "malformed": "Restore a backup.",
}


def _shown(url: URL) -> str:
    """The database for people: a file's path, or the URL without its password."""
    if url.get_backend_name() == "sqlite":
        return str(Path(str(url.database)).absolute())
    return url.render_as_string(hide_password=True)
