"""Bytes -> title, text and language."""

import pytest

from crawler.extraction import decode_html, language_of, listing_text, main_text
from crawler.markup import main_part, parse_html, title_of
from tests.crawler.world import BODY, article

GERMAN = "Der Stadtrat hat am Dienstag beschlossen, die Städtepartnerschaft bis auf Weiteres ruhen zu lassen."


@pytest.mark.parametrize(
    ("body", "content_type", "expected"),
    [
        ("Besançon".encode(), "text/html; charset=utf-8", "Besançon"),
        ("Besançon".encode("latin-1"), "text/html; charset=iso-8859-1", "Besançon"),
        ("Besançon".encode("latin-1"), "text/html", "Besançon"),
        ("Besançon".encode("latin-1"), None, "Besançon"),
        ("Besançon".encode("latin-1"), "text/html; charset=utf-8", "Besançon"),
        (b"<meta charset=windows-1252>\x93tie\x94", "text/html", "<meta charset=windows-1252>“tie”"),
        ("<meta charset=koi8-r>Омск".encode("koi8-r"), "text/html", "<meta charset=koi8-r>Омск"),
        ("\ufeff友好城市".encode(), "text/html; charset=iso-8859-1", "友好城市"),
        ("Besançon ".encode() + b"\xc3", "text/html; charset=utf-8", "Besançon \ufffd"),
    ],
)
def test_charsets(body: bytes, content_type: str | None, expected: str) -> None:
    assert decode_html(body, content_type) == expected


@pytest.mark.parametrize(
    ("head", "body", "expected"),
    [
        ("<title>Tie ends | The Gazette</title>", "", "Tie ends"),
        ("<title>Tie ends - City of Larkfield</title>", "<h1>City of Larkfield</h1><h1>Tie ends</h1>", "Tie ends"),
        ("<title>The Gazette</title>", "<h1>Tie\n ends</h1>", "Tie ends"),
        ("<title>x</title><meta property='og:title' content=' Tie  ends '>", "<h1>Other</h1>", "Tie ends"),
        ("<title>Sister-city tie ends</title>", "", "Sister-city tie ends"),
        ("", "", ""),
    ],
)
def test_titles(head: str, body: str, expected: str) -> None:
    tree = parse_html(f"<html><head>{head}</head><body>{body}<p>Text</p></body></html>")
    assert title_of(tree) == expected


def test_an_articles_text_is_its_paragraphs_and_nothing_around_them() -> None:
    text = main_text(article("Tie suspended"), "Tie suspended")
    assert text == f"{BODY}\n\nA second reading is set for the next meeting."


def test_short_notices_are_read_whole_and_without_menus() -> None:
    text = main_text(article("Notice", "The tie with Kobe ends on Friday."), "Notice")
    assert text == "The tie with Kobe ends on Friday.\n\nA second reading is set for the next meeting."


def test_rows_and_items_are_paragraphs_without_their_marks() -> None:
    agenda = "<table><tr><td>1.</td><td>ROLL CALL</td><td></td></tr><tr><td>2.</td><td>TIE WITH KOBE</td></tr></table>"
    text = main_text(article("Agenda", f"{BODY}</p>{agenda}<ul><li>First</li><li>Second</li></ul><p>End."))
    assert "1. ROLL CALL\n\n2. TIE WITH KOBE\n\nFirst\n\nSecond\n\nEnd." in text


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("<ul><li><a href='/k'>Kobe</a>, 1957</li><li>Bergen</li></ul>", "Kobe, 1957\n\nBergen"),
        (
            "<table><tr><th>City</th><th>Year</th></tr><tr><td>Kobe</td><td>1957</td></tr></table>",
            "City Year\n\nKobe 1957",
        ),
        ("<p>One\nline<br>and\n <b>more</b> of it</p>tail", "One line and more of it\n\ntail"),
        ("One<br><br>Two<script>three()</script>", "One\n\nTwo"),
        ("<div class='site-menu'>Menu</div><p>Text</p><!-- note --><div id='sidebar'>Side</div>", "Text"),
        ("<div class='page-with sidebar'><h1>Title</h1><p>Text</p></div>", "Title\n\nText"),
        ("<div class='nav-content'><p>Kobe and Bergen.</p></div>", "Kobe and Bergen."),
        ("<div class='nav-menu'><a href='/a'>A long list of links</a></div><p>Text</p>", "Text"),
        ("<div role='navigation'>Menu</div><div role='main'>Text</div><div>Foot</div>", "Text"),
    ],
)
def test_every_word_of_the_main_part(body: str, expected: str) -> None:
    assert listing_text(f"<html><body>{body}</body></html>") == expected


def test_nothing_to_parse_is_no_error() -> None:
    assert (main_part(""), listing_text("<!-- -->"), main_text("")) == (None, "", "")


@pytest.mark.parametrize(("text", "code"), [(BODY, "en"), (GERMAN, "de"), ("Kobe", None), ("", None)])
def test_languages(text: str, code: str | None) -> None:
    assert language_of(text) == code
