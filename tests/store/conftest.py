from collections.abc import Iterator
from pathlib import Path

import pytest

from store.database import Database
from store.memory import StoreMemory
from store.runs import start_run


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'twinwatch.db'}"


@pytest.fixture
def db(url: str) -> Iterator[Database]:
    database = Database.open(url)
    yield database
    database.close()


@pytest.fixture
def run_id(db: Database) -> str:
    with db.write() as session:
        return start_run(session, "test", "0.1.0")


@pytest.fixture
def memory(db: Database, run_id: str) -> StoreMemory:
    return StoreMemory(db, run_id)
