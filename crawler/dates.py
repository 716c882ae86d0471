"""The day a page was published, with where that was found. No date is better than a guess: an undated page stays so."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from htmldate import find_date

from config.vocabulary import DateSource, Precision
from crawler.frontier import Listed
from crawler.markup import Element, main_part

# Nothing on the web is older; earlier days are the zero of some clock or a founding.
EARLIEST = date(1995, 1, 1)
# A site east of us may be a day ahead; anything later is a meeting to come, or wrong.
AHEAD = timedelta(days=1)

_META_NAMES = (
    "article:published_time",
    "og:article:published_time",
    "datepublished",
    "dc.date.issued",
    "dcterms.issued",
    "dcterms.date",
    "dc.date",
    "date",
    "pubdate",
    "publishdate",
    "publish-date",
    "publication_date",
    "citation_publication_date",
    "sailthru.date",
    "parsely-pub-date",
)
_ISO = re.compile(r"^(\d{4})(?:[-/.]?(\d\d)(?:[-/.]?(\d\d))?)?(?![\d-])")
_NUMERIC = re.compile(r"\b(\d{1,2})/(\d{1,2})/\d{2,4}\b")
_URL_DAY = re.compile(r"(?<!\d)((?:19|20)\d\d)([-/_]?)(\d\d?)\2(\d\d?)(?!\d)")
_URL_MONTH = re.compile(r"/((?:19|20)\d\d)[-/](\d\d)(?=/)")
_NAMED_DATE = re.compile(r"(?:^|[\s_-])(?:date|published?|posted|pubdate|byline|dateline|timestamp)(?:[\s_-]|$)", re.I)
_SHORT = (
    ".//*[self::p or self::div or self::span or self::em or self::li or self::b or @class or @id]"
    "[not(ancestor-or-self::a)]"
)
_NAMED_OTHER = re.compile(r"event|modified|updated|comment", re.I)
_SAYS_PUBLISHED = re.compile(r"^\W*(?:first\s+)?(?:published|posted|released?|issued|date|for immediate)\b", re.I)
_SAYS_UPDATED = re.compile(r"^\W*(?:last\s+)?(?:updated|modified|reviewed|edited|changed)\b", re.I)
_ONLY_DATE = re.compile(
    r"^\W*(?:[^\W\d]{3,9}\.?,?\s+)?(?:\d{1,2}\.?(?:st|nd|rd|th)?\s+[^\W\d]{3,9}\.?|[^\W\d]{3,9}\.?\s+\d{1,2}(?:st|nd|rd|th)?),?"
    r"\s+\d{4}\W*$"
)


@dataclass(frozen=True, slots=True)
class Published:
    """A publication date. A month is given by its first day, as everywhere."""

    day: date
    source: DateSource
    precision: Precision


def published(
    tree: Element | None, html: str, url: str, listed: Listed, fetched: date, *, from_prose: bool = True
) -> Published | None:
    """The publication date, in a fixed order of trust: feed, JSON-LD, meta, address, text.

    from_prose: whether the address and the visible text may tell it, which on a standing page are of other things.
    """
    latest = fetched + AHEAD
    for found in _candidates(tree, html, url, listed, from_prose):
        if EARLIEST <= found.day <= latest:
            return found
    return None


def _candidates(tree: Element | None, html: str, url: str, listed: Listed, from_prose: bool) -> Iterator[Published]:
    if listed.published:
        yield Published(listed.published, DateSource.FEED, Precision.DAY)
    if tree is not None:
        yield from _read_all(_json_ld(tree), DateSource.JSON_LD)
        yield from _read_all(_meta(tree), DateSource.META)
    if from_prose:
        yield from url_day(url)
        if tree is not None:
            yield from _read_all(_visible(html), DateSource.TEXT)
        yield from url_month(url)
    if listed.updated:
        yield Published(listed.updated, DateSource.FEED, Precision.DAY)


def _read_all(texts: Iterator[str], source: DateSource) -> Iterator[Published]:
    for text in texts:
        if read := read_date(text):
            yield Published(read[0], source, read[1])


def read_date(text: str) -> tuple[date, Precision] | None:
    """A date as sites write it, on the clock of the site. None where day and month cannot be told apart."""
    text = text.strip()
    if iso := _ISO.match(text):
        return _from_parts(iso[1], iso[2], iso[3])
    try:
        return parsedate_to_datetime(text).date(), Precision.DAY
    except ValueError:
        pass  # no mail date; most are not
    numeric = _NUMERIC.search(text)
    if numeric and numeric[1] != numeric[2] and int(numeric[1]) <= 12 and int(numeric[2]) <= 12:
        return None
    plain = text.replace("&", " ").replace("<", " ")
    found = find_date(
        f"<html><body><p class='date'>{plain}</p></body></html>",
        extensive_search=False,
        original_date=True,
        min_date=EARLIEST.isoformat(),
    )
    return (date.fromisoformat(found), Precision.DAY) if found else None


def _from_parts(year: str, month: str | None, day: str | None) -> tuple[date, Precision] | None:
    precision = Precision.DAY if day else Precision.MONTH if month else Precision.YEAR
    try:
        return date(int(year), int(month or 1), int(day or 1)), precision
    except ValueError:
        return None


def url_day(url: str) -> Iterator[Published]:
    """Days that stand in an address: /2026/03/04/, /2026-03-04-, 20260304."""
    for year, _, month, day in _URL_DAY.findall(url):
        if read := _from_parts(year, month, day):
            yield Published(read[0], DateSource.URL, Precision.DAY)


def url_month(url: str) -> Iterator[Published]:
    """Months that stand in an address: /2026/03/."""
    for year, month in _URL_MONTH.findall(url):
        if read := _from_parts(year, month, None):
            yield Published(read[0], DateSource.URL, Precision.MONTH)


def _json_ld(tree: Element) -> Iterator[str]:
    """The `datePublished` of what the page itself is: articles first, then the page around them."""
    things: list[dict[str, Any]] = []
    for script in tree.xpath("//script[@type='application/ld+json']/text()"):
        try:
            things += _top_things(json.loads(script, strict=False))
        except json.JSONDecodeError:
            continue  # broken JSON-LD is common and no reason to give the page up
    things.sort(key=lambda thing: not re.search("Article|Posting|Report|News", str(thing.get("@type"))))
    yield from (thing["datePublished"] for thing in things if isinstance(thing.get("datePublished"), str))


def _top_things(value: Any) -> list[dict[str, Any]]:
    """The objects that a JSON-LD script speaks of; not what they mention, which may be other articles."""
    if isinstance(value, list):
        return [thing for item in value for thing in _top_things(item)]
    if not isinstance(value, dict):
        return []
    return [value, *_top_things(value.get("@graph")), *_top_things(value.get("mainEntity"))]


def _meta(tree: Element) -> Iterator[str]:
    told: dict[str, str] = {}
    for meta in tree.xpath("//meta[@content]"):
        name = meta.get("property") or meta.get("name") or meta.get("itemprop") or ""
        told.setdefault(name.strip().lower(), meta.get("content"))
    yield from (told[name] for name in _META_NAMES if name in told)
    for element in tree.xpath("//*[@itemprop='datePublished']"):
        yield element.get("datetime") or element.get("content") or element.text_content()


def _visible(html: str) -> Iterator[str]:
    """Where a reader would look: <time>, elements named for a date, lines that hold nothing else."""
    part = main_part(html)
    if part is None:
        return
    for time in part.xpath(".//time[not(ancestor::a)]"):
        around = time.getparent().text_content() if time.getparent() is not None else ""
        if not _SAYS_UPDATED.match(around):
            yield time.get("datetime") or time.text_content()
    short = [
        (_names(one), text) for one in part.xpath(_SHORT) if len(text := " ".join(one.text_content().split())) <= 120
    ]
    told = [(names, text) for names, text in short if not _NAMED_OTHER.search(names) and not _SAYS_UPDATED.match(text)]
    yield from (text for names, text in told if _NAMED_DATE.search(names))
    yield from (text for _, text in told if _SAYS_PUBLISHED.match(text) or _ONLY_DATE.match(text))


def _names(element: Element) -> str:
    return f"{element.get('class', '')} {element.get('id', '')}"
