"""Which pages wait to be read, and whose mentions count."""

from datetime import timedelta

import pytest

from config.sources import Source
from config.vocabulary import DateSource, Precision, SpiderName
from crawler.page import Outcome, Page
from store.consolidation import current_mentions
from store.database import Database
from store.memory import StoreMemory
from store.pages import save_reading, unread
from store.sources import sync_sources
from tests.store.samples import NOON, a_mention, a_page, a_visit

FIRST = a_page(published_at=NOON.date(), date_source=DateSource.FEED, date_precision=Precision.DAY, language="en")
SECOND = a_page(text="The council took the tie up again.")


def waiting(db: Database, reader: str = "1") -> list[Page]:
    with db.read() as session:
        return [found.page for found in unread(session, reader, 100)]


def read(db: Database, evidence: str, reader: str = "1", version: int | None = None) -> int:
    """Read the version, or the first that waits, and find a mention in it."""
    with db.write() as session:
        version = version or unread(session, reader, 1)[0].id
        save_reading(session, version, reader, [a_mention(evidence=evidence)])
        return version


def told(db: Database) -> list[str]:
    with db.read() as session:
        return [found.mention.evidence for found in current_mentions(session)]


def test_a_page_comes_back_as_it_was_kept_with_its_city(memory: StoreMemory, db: Database) -> None:
    source = Source(
        name="gazette", spider=SpiderName.FEED, urls=("https://gazette.example/rss",), city="Dallas, Texas, US"
    )
    with db.write() as session:
        sync_sources(session, [source])
    memory.keep(a_visit(FIRST))
    with db.read() as session:
        (found,) = unread(session, "1", 10)
    assert (found.page, found.city) == (FIRST, "Dallas, Texas, US")


@pytest.mark.parametrize(
    ("page", "count"),
    [(FIRST, 1), (a_page(gated=True, text=""), 0), (a_page(gated=True), 0), (a_page(text=""), 0)],
)
def test_what_waits(memory: StoreMemory, db: Database, page: Page, count: int) -> None:
    memory.keep(a_visit(page))
    assert len(waiting(db)) == count


def test_a_page_is_read_once_by_each_reader_version(memory: StoreMemory, db: Database) -> None:
    memory.keep(a_visit(FIRST))
    read(db, "put on hold")
    assert (waiting(db, "1"), waiting(db, "2")) == ([], [FIRST])


def test_only_the_latest_version_waits(memory: StoreMemory, db: Database) -> None:
    memory.keep(a_visit(FIRST))
    memory.keep(a_visit(SECOND, Outcome.CHANGED, NOON + timedelta(days=1)))
    assert waiting(db) == [SECOND]


def test_a_newer_reader_replaces_what_the_older_one_found(memory: StoreMemory, db: Database) -> None:
    memory.keep(a_visit(FIRST))
    read(db, "put on hold", "1")
    read(db, "put on hold, better read", "2")
    assert told(db) == ["put on hold, better read"]


def test_the_same_reader_again_replaces_its_reading(memory: StoreMemory, db: Database) -> None:
    memory.keep(a_visit(FIRST))
    version = read(db, "put on hold")
    read(db, "put on hold, once more", version=version)
    assert told(db) == ["put on hold, once more"]


def test_a_newer_version_of_the_page_replaces_the_older_ones_mentions(memory: StoreMemory, db: Database) -> None:
    memory.keep(a_visit(FIRST))
    first = read(db, "put on hold")
    memory.keep(a_visit(SECOND, Outcome.CHANGED))
    assert told(db) == ["put on hold"]  # until it is read
    read(db, "taken up again")
    assert told(db) == ["taken up again"]
    read(db, "too late", "2", version=first)
    assert told(db) == ["taken up again"]


def test_a_page_that_goes_back_says_again_what_it_said(memory: StoreMemory, db: Database) -> None:
    memory.keep(a_visit(FIRST))
    read(db, "put on hold")
    memory.keep(a_visit(SECOND, Outcome.CHANGED))
    read(db, "taken up again")
    memory.keep(a_visit(FIRST, Outcome.CHANGED))
    assert (told(db), waiting(db)) == (["put on hold"], [])
