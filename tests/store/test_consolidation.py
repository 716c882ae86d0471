"""The events in the tables, over several nights."""

from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from config.vocabulary import Action, ReviewState, Stage
from crawler.page import Page
from nlp.mention import TieMention
from store.consolidation import ConsolidationCounts, consolidate_all
from store.database import Database
from store.events import EventFilter, EventRecord, find_events
from store.memory import StoreMemory
from store.models import EventRow
from store.pages import save_reading, unread
from store.runs import start_run
from tests.store.samples import KAZAN, RUSSIA, SARATOV, a_mention, a_page, a_visit

ALL = EventFilter(include_background=True)


class Nights:
    """Pages are told, read and consolidated, night after night."""

    def __init__(self, db: Database) -> None:
        self.db = db
        with db.write() as session:
            self.memory = StoreMemory(db, start_run(session, "test", "0.1.0"))
        self.reader = 1

    def tell(self, page: Page, *mentions: TieMention) -> None:
        self.memory.keep(a_visit(page))
        with self.db.write() as session:
            (stored,) = unread(session, str(self.reader), 10)
            save_reading(session, stored.id, str(self.reader), mentions)

    def reread(self, *mentions: TieMention) -> None:
        """A new reader version finds these in every page."""
        self.reader += 1
        with self.db.write() as session:
            for stored in unread(session, str(self.reader), 10):
                save_reading(session, stored.id, str(self.reader), mentions)

    def consolidate(self) -> ConsolidationCounts:
        with self.db.write() as session:
            return consolidate_all(session)

    def events(self) -> list[EventRecord]:
        with self.db.read() as session:
            return find_events(session, ALL)

    def ids(self) -> list[str]:
        return [event.id for event in self.events()]


def test_a_first_night_and_the_same_again(db: Database) -> None:
    nights = Nights(db)
    nights.tell(a_page("one"), a_mention("2022-03-05"), a_mention("1988", action=Action.ESTABLISH, background=True))
    assert nights.consolidate() == ConsolidationCounts(new=2)
    before = nights.events()
    assert nights.consolidate() == ConsolidationCounts(unchanged=2)
    assert nights.events() == before


def test_a_second_page_on_the_same_act_joins_its_event(db: Database) -> None:
    nights = Nights(db)
    nights.tell(a_page("one"), a_mention("2022-03-05"))
    nights.consolidate()
    ids = nights.ids()
    nights.tell(a_page("two", "Again."), a_mention("2022-03-06"))
    assert nights.consolidate() == ConsolidationCounts(updated=1)
    (event,) = nights.events()
    assert ([event.id], event.mentions, event.confidence) == (ids, 2, 0.96)


def test_a_better_date_from_a_newer_reader_keeps_the_id(db: Database) -> None:
    nights = Nights(db)
    nights.tell(a_page(), a_mention("2022-03-05", evidence="The tie was put on hold."))
    nights.consolidate()
    ids = nights.ids()
    nights.reread(a_mention("2021-11-20", evidence="The tie was put on hold."))
    assert nights.consolidate() == ConsolidationCounts(updated=1)
    assert [(event.id, event.date) for event in nights.events()] == [(ids[0], date(2021, 11, 20))]


def test_a_partner_that_gets_its_name_keeps_the_id(db: Database) -> None:
    nights = Nights(db)
    nights.tell(a_page(), a_mention("2022-03-05", city_b=RUSSIA))
    nights.consolidate()
    ids = nights.ids()
    nights.tell(a_page("two", "Again."), a_mention("2022-03-05"))
    assert nights.consolidate() == ConsolidationCounts(updated=1)
    assert [(event.id, event.city_b) for event in nights.events()] == [(ids[0], SARATOV)]


def test_an_event_without_mentions_is_retracted_and_can_stand_again(db: Database) -> None:
    nights = Nights(db)
    said = a_mention("2022-03-05")
    nights.tell(a_page(), said)
    nights.consolidate()
    ids = nights.ids()
    nights.reread()
    assert nights.consolidate() == ConsolidationCounts(retracted=1)
    assert nights.events() == []
    assert nights.consolidate() == ConsolidationCounts()
    nights.reread(said)
    assert nights.consolidate() == ConsolidationCounts(updated=1)
    assert nights.ids() == ids


def test_two_events_that_turn_out_one_leave_one(db: Database) -> None:
    nights = Nights(db)
    nights.tell(a_page("one"), a_mention("2022-03-01"))
    nights.tell(a_page("two", "Again."), a_mention("2022-03-07"))
    assert nights.consolidate() == ConsolidationCounts(new=2)
    ids = set(nights.ids())
    nights.tell(a_page("three", "And again."), a_mention("2022-03-04"))
    assert nights.consolidate() == ConsolidationCounts(updated=1, retracted=1)
    (event,) = nights.events()
    assert event.id in ids
    assert event.mentions == 3


def test_an_id_is_never_given_twice(db: Database) -> None:
    nights = Nights(db)
    nights.tell(a_page(), a_mention("2022-03-05"))
    nights.consolidate()
    (before,) = nights.ids()
    with db.write() as session:  # the event moved on since its birth
        session.execute(update(EventRow).values(stage=Stage.PROPOSED))
    assert nights.consolidate() == ConsolidationCounts(new=1, retracted=1)
    assert nights.ids() != [before]


def test_a_reviewed_event_keeps_its_values_and_takes_new_evidence(db: Database) -> None:
    nights = Nights(db)
    nights.tell(a_page(), a_mention("2022-03-05"))
    nights.consolidate()
    with db.write() as session:
        session.execute(update(EventRow).values(review=ReviewState.ACCEPTED))
    nights.tell(a_page("two", "Again."), a_mention("2022-03-04", confidence=0.9))
    assert nights.consolidate() == ConsolidationCounts(updated=1)
    (event,) = nights.events()
    assert (event.date, event.confidence, event.mentions) == (date(2022, 3, 5), 0.8, 2)


MENTIONS = st.builds(
    a_mention,
    st.sampled_from(["unknown", "2022", "2022-03", "2022-03-01", "2022-03-04", "2022-03-08", "2022-03-20"]),
    city_b=st.sampled_from([KAZAN, SARATOV, RUSSIA]),
    evidence=st.sampled_from(["On hold.", "The tie rests."]),
    background=st.booleans(),
)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.lists(MENTIONS, max_size=4), min_size=1, max_size=3))
def test_every_night_may_be_repeated(told: list[list[TieMention]]) -> None:
    with TemporaryDirectory() as folder:
        db = Database.open(f"sqlite:///{Path(folder) / 'twinwatch.db'}")
        nights = Nights(db)
        for number, mentions in enumerate(told):
            nights.tell(a_page(str(number), f"Text {number}."), *mentions)
            nights.consolidate()
            before = nights.events()
            assert nights.consolidate() == ConsolidationCounts(unchanged=len(before))
            assert nights.events() == before
        with db.read() as session:
            linked = sum(event.mentions for event in before)
            assert linked == sum(map(len, told))
            assert len(set(session.scalars(select(EventRow.id)))) >= len(before)
        db.close()
