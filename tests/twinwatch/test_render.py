import io
from datetime import date

import pytest
from rich.console import Console

from config.vocabulary import Precision
from nlp.mention import City, TieMention
from twinwatch.render import city_json, city_words, date_words, event_json, explanation
from twinwatch.tables import event_lines, event_table


def test_an_event_as_json(severed: TieMention) -> None:
    assert event_json(severed) == {
        "city_a": {"name": "Tallahassee", "admin1": "Florida", "country": "US", "geonames_id": 4174715},
        "city_b": {"name": "Krasnodar", "admin1": None, "country": "RU", "geonames_id": 542420},
        "action": "sever",
        "stage": "enacted",
        "date": "2022-03-09",
        "date_precision": "day",
        "earliest": "2022-03-09",
        "latest": "2022-03-09",
        "date_basis": "text_relative",
        "actor": "City Council",
        "vote": "unanimous",
        "evidence": "The council voted to cut its ties with Krasnodar [all in favour]",
        "confidence": 0.912,
        "background": False,
        "rules": ["sever.cut", "vote.unanimous"],
    }
    assert event_json(severed, explain=True)["spans"][0] == {
        "role": "trigger", "start": 12, "end": 24, "text": "voted to cut",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("city", "words", "resolved_by"),
    [
        (City("Krasnodar", None, "RU"), "Krasnodar, RU", None),
        (City("Portland", "Maine", "US"), "Portland, Maine, US", None),
        (City(None, None, "RU"), "a city in RU", None),
        (City("Moscow", None, "RU", 524901, "register"), "Moscow, RU (by register)", "register"),
    ],
)
def test_a_city_in_words(city: City, words: str, resolved_by: str | None) -> None:
    assert city_words(city) == words
    assert city_json(city).get("resolved_by") == resolved_by


@pytest.mark.parametrize(
    ("day", "precision", "words"),
    [
        (date(2022, 3, 9), Precision.DAY, "2022-03-09"),
        (date(2022, 3, 7), Precision.WEEK, "week of 2022-03-07"),
        (date(2022, 3, 1), Precision.MONTH, "2022-03"),
        (date(2022, 1, 1), Precision.YEAR, "2022"),
        (None, Precision.UNKNOWN, "undated"),
    ],
)
def test_a_date_as_far_as_it_is_known(day: date | None, precision: Precision, words: str) -> None:
    assert date_words(day, precision) == words


@pytest.mark.parametrize("width", [80, 100, 140])
def test_the_table_fits_and_keeps_every_word(severed: TieMention, suspended: TieMention, width: int) -> None:
    screen = Console(file=io.StringIO(), width=width, force_terminal=True, color_system=None)
    screen.print(event_table([severed, suspended], width))
    text = screen.file.getvalue()
    assert max(map(len, text.splitlines())) <= width
    for word in (
        "2022-03-09",
        "Tallahassee,",
        "Krasnodar,",
        "sever",
        "enacted",
        "0.91",
        "a city in",
        "[all",
        "favour]",
    ):
        assert word in text


def test_one_line_an_event_where_there_is_no_terminal(severed: TieMention, suspended: TieMention) -> None:
    assert event_lines([severed, suspended]) == [
        "2022-03-09  Tallahassee, Florida, US — Krasnodar, RU  sever enacted                  0.91  "
        "“The council voted to cut its ties with Krasnodar [all in favour]”",
        "2022-03     Chicago, Illinois, US — a city in RU      suspend proposed (background)  0.50  "
        "“Chicago may put the tie to its Russian sister city on hold”",
    ]
    assert event_lines([]) == []


def test_an_explanation_names_words_offsets_and_rules(severed: TieMention) -> None:
    told = explanation(severed)
    assert told.head == "2022-03-09  Tallahassee, Florida, US — Krasnodar, RU  sever enacted"
    assert [line.split(maxsplit=1)[1] for line in told.lines] == [
        "0.91",
        "from   text_relative, between 2022-03-09 and 2022-03-09",
        "City Council, unanimous",
        "12-24  “voted to cut”",
        "40-49  “Krasnodar”",
        "sever.cut, vote.unanimous",
    ]
