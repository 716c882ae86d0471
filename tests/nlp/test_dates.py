"""Time expressions and their values: text, day of publication, expected (first day, precision, bound)."""

# ruff: noqa: E501 - one case a line

from datetime import date

import pytest
import spacy

import nlp.dates  # noqa: F401 - registers the component
from config.vocabulary import PageKind

PIPELINE = spacy.blank("en")
PIPELINE.add_pipe("twinwatch_dates")


def read(text, published=None, kind=PageKind.ARTICLE):
    doc = PIPELINE.make_doc(text)
    doc._.published = date.fromisoformat(published) if published else None
    doc._.kind = kind
    doc = PIPELINE(doc)
    return doc, [
        (span._.when.earliest.isoformat(), span._.when.precision.value, span._.when.bound)
        for span in doc.spans["dates"]
    ]


@pytest.mark.parametrize(
    ("text", "published", "expected"),
    [
        ("signed on March 7, 2022", None, [("2022-03-07", "day", "")]),
        ("signed on 7 March 2022", None, [("2022-03-07", "day", "")]),
        ("on 2022-03-07 it", None, [("2022-03-07", "day", "")]),
        ("In a March 7 letter. Two days later they voted.", "2022-03-18", [("2022-03-07", "day", ""), ("2022-03-09", "day", "")]),
        ("voted on Tuesday", "2022-03-18", [("2022-03-15", "day", "")]),
        ("voted on Friday", "2022-03-18", [("2022-03-18", "day", "")]),
        ("will vote on Monday", "2022-03-18", [("2022-03-21", "day", "")]),
        ("voted last week", "2022-03-18", [("2022-03-07", "week", "")]),
        ("decided last month", "2022-01-05", [("2021-12-01", "month", "")]),
        ("in December they", "2022-01-05", [("2021-12-01", "month", "")]),
        ("this past May it", "2023-01-03", [("2022-05-01", "month", "")]),
        ("In October last year they", "2020-01-15", [("2019-10-01", "month", "")]),
        ("sister cities since 1992", "2022-03-18", [("1992-01-01", "year", "since")]),
        ("on hold until June 2016", "2014-03-18", [("2016-06-01", "month", "until")]),
        ("eight years ago", "2020-05-05", [("2012-01-01", "year", "")]),
        ("two weeks ago", "2022-03-18", [("2022-02-28", "week", "")]),
        ("Resolution 2015-159 was read", "2015-12-01", []),
        ("it may end, they march on", "2022-03-18", []),
        ("PARIS, Oct. 5 (Wire) - He said on Wednesday", "2018-10-05", [("2018-10-05", "day", "dateline"), ("2018-10-03", "day", "")]),
    ],
)  # fmt: skip
def test_expressions(text, published, expected):
    assert read(text, published)[1] == expected


def test_in_minutes_relative_dates_hang_on_the_meeting():
    text = "MINUTES of the meeting of 12 June 2019\n\nThe motion of last month was taken up."
    doc, found = read(text, "2019-08-30")
    assert doc._.meeting == date(2019, 6, 12)
    assert found[1] == ("2019-05-01", "month", "")


def test_without_a_day_to_hang_on_nothing_is_guessed():
    assert read("They voted on Tuesday, in May, last week.")[1] == []
