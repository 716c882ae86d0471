"""Bytes of an HTML page -> its text in paragraphs, title and language."""

import re

from py3langid.langid import classify
from trafilatura import extract as trafilatura_extract
from w3lib.encoding import html_to_unicode

from crawler.markup import block_text, main_part

# Below this, trafilatura gives up on structure and returns every scrap of the page, menus included.
SHORT_TEXT = 250
# Language identification guesses wildly on less.
ENOUGH_FOR_LANGUAGE = 40

_MULTIBYTE_UTF8 = re.compile(rb"[\xc3-\xf4][\x80-\xbf]")
_MARKS = re.compile(r"^- |(?:^|\s)\|(?=\s|$)")


def decode_html(body: bytes, content_type: str | None) -> str:
    """The page as text, by HTTP header, byte order mark and <meta>, in the order browsers trust them."""
    _, text = html_to_unicode(content_type, body, auto_detect_fun=_guess_encoding, default_encoding="cp1252")
    if "\ufffd" in text and not _MULTIBYTE_UTF8.search(body):
        return body.decode("cp1252", "replace")  # declared UTF-8, written in Latin-1
    return text


def _guess_encoding(body: bytes) -> str:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def main_text(html: str, title: str = "") -> str:
    """The main text, paragraphs parted by a blank line, without the headline at its start."""
    found = trafilatura_extract(
        html, favor_recall=True, include_comments=False, include_tables=True, deduplicate=False, with_metadata=False
    )
    text = _paragraphs(found or "")
    if len(text) < SHORT_TEXT:
        text = listing_text(html) or text
    return _without_headline(text, title)


def listing_text(html: str) -> str:
    """Every word of the page's main part. Lists of links are kept, which main text finders take for menus."""
    part = main_part(html)
    return "" if part is None else block_text(part)


def _paragraphs(lines: str) -> str:
    """Lines of trafilatura as paragraphs: an item of a list is one, a row of a table too, both without their marks."""
    plain = (" ".join(_MARKS.sub(" ", line).split()) for line in lines.splitlines())
    return "\n\n".join(line for line in plain if re.search(r"\w", line))


def _without_headline(text: str, title: str) -> str:
    first, _, rest = text.partition("\n\n")
    return rest if rest and title and first.strip().casefold() == title.strip().casefold() else text


def language_of(text: str) -> str | None:
    """ISO 639-1 code of the language a text is written in; None where there is too little of it."""
    if len(text) < ENOUGH_FOR_LANGUAGE:
        return None
    code: str = classify(text)[0]  # type: ignore[no-untyped-call]
    return code
