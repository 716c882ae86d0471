"""PDF -> paragraphs."""

from collections import Counter

import pytest

from crawler.documents import join_lines, pdf_text
from crawler.refusals import Rejected
from tests.crawler.pdfs import MINUTES, make_pdf


def test_minutes_keep_their_items_and_lose_their_line_ends() -> None:
    assert pdf_text(make_pdf(MINUTES)).text.split("\n\n") == [
        "MINUTES OF THE CITY COUNCIL",
        "Regular meeting of March 3, 2026",
        "1. Mayor Vellacott called the meeting to order at six in the evening and thanked the visitors from the sister"
        " city committee for their attendance.",
        "2. Moved by Councilmember Orrin, seconded by Councilmember Tesk, to suspend the sister city agreement with"
        " Kobe until further notice. The sister city committee objected.",
        "Motion carried 5-2.",
    ]


def test_running_heads_and_page_numbers_go() -> None:
    pages = [["Larkfield City Council", f"Item {word} was read.", f"Page {n} of 3"] for n, word in enumerate("abc", 1)]
    text = pdf_text(make_pdf(pages)).text
    assert "Larkfield" not in text
    assert "Page" not in text
    assert Counter(text.split())["Item"] == 3


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["The council of this town voted to", "end it."], ["The council of this town voted to end it."]),
        (["One paragraph.", "", "Another."], ["One paragraph.", "Another."]),
        (["Our city has ties. A sister-", "city one ends."], ["Our city has ties. A sister-city one ends."]),
        (["The tie is sus-", "pended today."], ["The tie is suspended today."]),
        (["It ran in 2025-", "26 with Sino-", "American help."], ["It ran in 2025-26 with Sino-American help."]),
        (["a) first", "b) second"], ["a) first", "b) second"]),
        (["• first point that is long", "• second"], ["• first point that is long", "• second"]),
        ([], []),
    ],
)
def test_hard_wrapped_lines(lines: list[str], expected: list[str]) -> None:
    assert [part for part in join_lines(lines).split("\n\n") if part] == expected


@pytest.mark.parametrize("body", [b"%PDF-1.7 and nothing more", b""])
def test_what_is_no_pdf_is_refused(body: bytes) -> None:
    with pytest.raises(Rejected, match="unreadable pdf"):
        pdf_text(body)


def test_a_scan_has_no_text() -> None:
    assert pdf_text(make_pdf([[]])).text == ""
