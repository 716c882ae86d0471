"""Records for the store's tests, short to write."""

import calendar
import hashlib
from datetime import UTC, date, datetime, timedelta

from config.vocabulary import Action, DateBasis, PageKind, Precision, Stage
from crawler.page import Outcome, Page, Visit
from nlp.mention import City, TieMention
from store.clustering import CurrentMention

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
DALLAS = City("Dallas", "Texas", "US", 4684888)
SARATOV = City("Saratov", None, "RU", 498677)
KAZAN = City("Kazan", None, "RU", 551487)
LODZ = City("Łódź", None, "PL", 3093133)
RUSSIA = City(None, None, "RU")


def sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def a_page(name: str = "one", text: str = "The council suspended the tie.", **values: object) -> Page:
    url = f"https://gazette.example/{name}"
    given: dict[str, object] = {
        "url": f"{url}?from=feed",
        "canonical_url": url,
        "source": "gazette",
        "fetched_at": NOON,
        "status": 200,
        "body_sha256": sha(f"<p>{text}"),
        "kind": PageKind.ARTICLE,
        "title": f"Page {name}",
        "text": text,
        "text_sha256": sha(text),
        "etag": '"e1"',
    }
    return Page(**{**given, **values})  # type: ignore[arg-type]


def a_visit(page: Page, outcome: Outcome = Outcome.NEW, at: datetime = NOON, bare: bool = False) -> Visit:
    return Visit(page.source, page.url, page.canonical_url, outcome, at, page=None if bare else page)


def a_mention(when: str = "2022-03-05", **values: object) -> TieMention:
    """A mention on 2022-03-05, in the week w2022-02-28, in the month 2022-03, in the year 2022 or at no known date."""
    first, last, precision = _dates(when)
    given: dict[str, object] = {
        "city_a": DALLAS,
        "city_b": SARATOV,
        "action": Action.SUSPEND,
        "stage": Stage.ENACTED,
        "date": first,
        "date_precision": precision,
        "earliest": first,
        "latest": last,
        "date_basis": DateBasis.TEXT_ABSOLUTE if first else None,
        "actor": None,
        "vote": None,
        "evidence": f"Dallas put its tie with Saratov on hold ({when}).",
        "spans": (),
        "confidence": 0.8,
        "rules": ("suspend.put_on_hold",),
    }
    return TieMention(**{**given, **values})  # type: ignore[arg-type]


def current(number: int, mention: TieMention, text: str | None = None) -> CurrentMention:
    return CurrentMention(number, f"key-{number}", text or f"text-{number}", mention)


def _dates(when: str) -> tuple[date | None, date | None, Precision]:
    if when == "unknown":
        return None, None, Precision.UNKNOWN
    if when.startswith("w"):
        monday = date.fromisoformat(when[1:])
        return monday, monday + timedelta(days=6), Precision.WEEK
    parts = [int(part) for part in when.split("-")]
    if len(parts) == 1:
        return date(parts[0], 1, 1), date(parts[0], 12, 31), Precision.YEAR
    if len(parts) == 2:
        year, month = parts
        return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1]), Precision.MONTH
    return date(*parts), date(*parts), Precision.DAY
