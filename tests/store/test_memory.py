"""What the crawler is told after what it kept."""

import pickle
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import func, select

from crawler.memory import Known, Memory
from crawler.page import Outcome, Visit
from store.database import Database, StoreError
from store.memory import StoreMemory, open_memory
from store.models import PageRow, VersionRow
from store.runs import failures, visit_counts
from tests.store.samples import NOON, a_page, a_visit

ONE = a_page()
LATER = NOON + timedelta(days=1)


def rows(db: Database, table: type[PageRow] | type[VersionRow]) -> int:
    with db.read() as session:
        return session.scalars(select(func.count(table.id))).one()


def test_a_page_is_remembered(memory: Memory) -> None:
    assert memory.known(ONE.canonical_url) is None
    memory.keep(a_visit(ONE))
    assert memory.known(ONE.canonical_url) == Known(ONE.canonical_url, NOON, 1, ONE.body_sha256, '"e1"', None)


def test_the_same_page_twice_is_one_version(memory: Memory, db: Database) -> None:
    memory.keep(a_visit(ONE))
    memory.keep(a_visit(ONE, Outcome.CHANGED, LATER))
    assert (rows(db, PageRow), rows(db, VersionRow)) == (1, 1)


def test_a_changed_page_is_another_version(memory: Memory, db: Database) -> None:
    changed = a_page(text="The council took the tie up again.", etag='"e2"')
    memory.keep(a_visit(ONE))
    memory.keep(a_visit(changed, Outcome.CHANGED, LATER))
    assert memory.known(ONE.canonical_url) == Known(ONE.canonical_url, NOON, 2, changed.body_sha256, '"e2"', None)
    assert rows(db, VersionRow) == 2


@pytest.mark.parametrize(("outcome", "visits"), [(Outcome.UNCHANGED, 2), (Outcome.SKIPPED, 1), (Outcome.FAILED, 1)])
def test_which_visits_count_as_good(memory: Memory, outcome: Outcome, visits: int) -> None:
    memory.keep(a_visit(ONE))
    memory.keep(a_visit(ONE, outcome, LATER, bare=True))
    known = memory.known(ONE.canonical_url)
    assert known is not None
    assert known.visits == visits


def test_every_visit_is_counted_once_and_failures_keep_their_reason(memory: Memory, db: Database, run_id: str) -> None:
    gone = Visit(
        "gazette", "https://gazette.example/gone", "https://gazette.example/gone", Outcome.FAILED, NOON, "http 404"
    )
    memory.keep(a_visit(ONE))
    memory.keep(a_visit(a_page("two")))
    memory.keep(a_visit(ONE, Outcome.SKIPPED, bare=True))
    memory.keep(gone)
    with db.read() as session:
        assert visit_counts(session, run_id) == {"gazette": {Outcome.NEW: 2, Outcome.SKIPPED: 1, Outcome.FAILED: 1}}
        assert [(found.url, found.reason, found.at) for found in failures(session, run_id)] == [
            (gone.url, "http 404", NOON)
        ]
    assert memory.known(gone.canonical_url) is None


def test_a_crawl_process_can_be_handed_the_memory(db: Database, url: str, run_id: str) -> None:
    opened: StoreMemory = pickle.loads(pickle.dumps(partial(open_memory, url, run_id)))()  # noqa: S301 - our own bytes
    opened.keep(a_visit(ONE))
    opened.close()
    assert rows(db, PageRow) == 1


def test_a_run_that_was_never_started(db: Database, url: str) -> None:
    with pytest.raises(StoreError, match="run 20260302-nope: not in the database"):
        open_memory(url, "20260302-nope")
