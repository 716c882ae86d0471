"""Filters -> events, as a table."""

from datetime import date

import pytest

from config.vocabulary import Action, ReviewState, Stage
from crawler.page import Page
from nlp.mention import City, TieMention
from store.consolidation import consolidate_all
from store.database import Database
from store.events import EventFilter, PageRef, count_events, find_events
from store.memory import StoreMemory
from store.pages import save_reading, unread
from tests.store.samples import DALLAS, KAZAN, LODZ, RUSSIA, a_mention, a_page, a_visit

FIRST = a_page("first", text="One.", published_at=date(2022, 3, 6))
OTHER = a_page("other", text="Two.", source="herald")

# what is found is told by year and partner
TOLD: list[tuple[Page, list[TieMention]]] = [
    (
        FIRST,
        [
            a_mention("2022-03-05", actor="Mayor Ines Varga", evidence="Dallas put the pact on ice."),
            a_mention("2023-06", city_b=KAZAN, action=Action.SEVER, stage=Stage.PROPOSED, confidence=0.5),
        ],
    ),
    (
        OTHER,
        [
            a_mention("2021", city_a=LODZ, city_b=DALLAS, action=Action.MAINTAIN),
            a_mention("1990", city_b=LODZ, action=Action.ESTABLISH, background=True),
            a_mention("unknown", city_b=RUSSIA, stage=Stage.URGED),
        ],
    ),
]


@pytest.fixture
def filled(db: Database, memory: StoreMemory) -> Database:
    for page, mentions in TOLD:
        memory.keep(a_visit(page))
        with db.write() as session:
            (stored,) = unread(session, "1", 10)
            save_reading(session, stored.id, "1", mentions)
    with db.write() as session:
        consolidate_all(session)
    return db


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (EventFilter(), ["2023 Kazan", "2022 Saratov", "2021 Dallas", "? RU"]),
        (EventFilter(include_background=True), ["2023 Kazan", "2022 Saratov", "2021 Dallas", "1990 Łódź", "? RU"]),
        (EventFilter(city="DALLAS", limit=2), ["2023 Kazan", "2022 Saratov"]),
        (EventFilter(limit=2, offset=1), ["2022 Saratov", "2021 Dallas"]),
        (EventFilter(city="lodz"), ["2021 Dallas"]),
        (EventFilter(city="Łódź"), ["2021 Dallas"]),
        (EventFilter(city="sara"), []),
        (EventFilter(country="ru"), ["2023 Kazan", "2022 Saratov", "? RU"]),
        (EventFilter(action=Action.SEVER), ["2023 Kazan"]),
        (EventFilter(stage=Stage.URGED), ["? RU"]),
        (EventFilter(since=date(2022, 3, 5)), ["2023 Kazan", "2022 Saratov"]),
        (EventFilter(since=date(2023, 6, 30)), ["2023 Kazan"]),
        (EventFilter(since=date(2023, 7, 1)), []),
        (EventFilter(until=date(2021, 1, 1)), ["2021 Dallas"]),
        (EventFilter(since=date(2021, 7, 1), until=date(2022, 12, 31)), ["2022 Saratov", "2021 Dallas"]),
        (EventFilter(min_confidence=0.8), ["2022 Saratov", "2021 Dallas", "? RU"]),
        (EventFilter(review=ReviewState.ACCEPTED), []),
        (EventFilter(source="herald"), ["2021 Dallas", "? RU"]),
        (EventFilter(text="ines várga"), ["2022 Saratov"]),
        (EventFilter(text="on ICE"), ["2022 Saratov"]),
        (EventFilter(text="%"), []),
    ],
    ids=str,
)
def test_filters(filled: Database, wanted: EventFilter, expected: list[str]) -> None:
    with filled.read() as session:
        found = find_events(session, wanted)
        count = count_events(session, wanted)
    assert [
        f"{event.date.year if event.date else '?'} {event.city_b.name or event.city_b.country}" for event in found
    ] == (expected)
    assert wanted.limit or count == len(expected)


def test_a_whole_event(filled: Database) -> None:
    with filled.read() as session:
        (event,) = find_events(session, EventFilter(text="on ice"))
    assert (event.city_a, event.actor, event.rules) == (DALLAS, "Mayor Ines Varga", ("suspend.put_on_hold",))
    assert event.pages == (PageRef(FIRST.canonical_url, "Page first", "gazette", date(2022, 3, 6)),)
    assert event.mentions == 1


def test_a_city_is_found_by_its_first_words(filled: Database) -> None:
    with filled.write() as session:
        york = a_mention("2020", city_a=LODZ, city_b=City("New York City", "New York", "US", 5128581))
        (stored,) = unread(session, "2", 1)
        save_reading(session, stored.id, "2", [york])
        consolidate_all(session)
        assert [count_events(session, EventFilter(city=name)) for name in ("new york", "New-York City", "york")] == [
            1,
            1,
            0,
        ]
