"""The one place where an event, read or stored, becomes JSON, a row or words."""

import textwrap
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from config.vocabulary import Precision, ReviewState
from nlp.mention import City, EvidenceSpan, TieMention

if TYPE_CHECKING:
    from store.events import EventRecord

    Event = TieMention | EventRecord


def event_json(event: "Event", explain: bool = False) -> dict[str, Any]:
    """An event as plain JSON values. A week is given by its Monday, a month or year by its first day.

    explain: with the spans that a mention rests on, as character offsets into its text.
    """
    values = {
        "city_a": city_json(event.city_a),
        "city_b": city_json(event.city_b),
        "action": event.action.value,
        "stage": event.stage.value,
        "date": _iso(event.date),
        "date_precision": event.date_precision.value,
        "earliest": _iso(event.earliest),
        "latest": _iso(event.latest),
        "date_basis": event.date_basis.value if event.date_basis else None,
        "actor": event.actor,
        "vote": event.vote,
        "evidence": event.evidence,
        "confidence": round(event.confidence, 3),
        "background": event.background,
        "rules": list(event.rules),
    }
    if isinstance(event, TieMention):
        return values | ({"spans": [_span_json(span) for span in event.spans]} if explain else {})
    return (
        {"id": event.id}
        | values
        | {
            "review": event.review.value,
            "mentions": event.mentions,
            "pages": [
                {"url": page.url, "title": page.title, "source": page.source, "published": _iso(page.published_at)}
                for page in event.pages
            ],
        }
    )


def city_json(city: City) -> dict[str, Any]:
    """A party as plain JSON values; `resolved_by` only where the text itself did not name the city."""
    values = {"name": city.name, "admin1": city.admin1, "country": city.country, "geonames_id": city.geonames_id}
    return values | ({"resolved_by": city.resolved_by} if city.resolved_by else {})


FLAT_COLUMNS = (
    "id", "date", "date_precision", "earliest", "latest", "date_basis", "action", "stage",
    "city_a", "city_a_admin1", "city_a_country", "city_a_geonames_id",
    "city_b", "city_b_admin1", "city_b_country", "city_b_geonames_id",
    "actor", "vote", "evidence", "confidence", "background", "review", "mentions", "rules", "urls",
)  # fmt: skip


def flat(event: "EventRecord") -> dict[str, Any]:
    """A stored event as one row of a CSV."""
    values = event_json(event)
    row = {"id": values.pop("id")}
    for side in ("city_a", "city_b"):
        city = values.pop(side)
        row |= {side: city["name"]} | {f"{side}_{key}": city[key] for key in ("admin1", "country", "geonames_id")}
    pages = values.pop("pages")
    rules = values.pop("rules")
    return row | values | {"rules": " ".join(rules), "urls": " ".join(page["url"] for page in pages)}


def date_words(day: date | None, precision: Precision, joint: str = " ") -> str:
    """A date as far as it is known: 2022-03-09, week of 2022-03-07, 2022-03, 2022."""
    if day is None:
        return "undated"
    match precision:
        case Precision.DAY:
            return day.isoformat()
        case Precision.WEEK:
            return f"week of{joint}{day.isoformat()}"
        case Precision.MONTH:
            return f"{day:%Y-%m}"
        case Precision.YEAR:
            return f"{day:%Y}"
        case Precision.UNKNOWN:
            return "undated"


def city_words(city: City) -> str:
    """Tallahassee, Florida, US; where only the country is known, a city in RU."""
    if city.name is None:
        return f"a city in {city.country}"
    words = ", ".join(part for part in (city.name, city.admin1, city.country) if part)
    return f"{words} (by {city.resolved_by})" if city.resolved_by else words


def pair_words(event: "Event", joint: str = " — ") -> str:
    return f"{city_words(event.city_a)}{joint}{city_words(event.city_b)}"


def act_words(event: "Event", joint: str = " ") -> str:
    """Action and stage, and what sets the event apart: background, or a reviewer's word."""
    marks = ["background"] if event.background else []
    if not isinstance(event, TieMention) and event.review is not ReviewState.PENDING:
        marks.append(event.review.value)
    return joint.join([event.action.value, event.stage.value, *(f"({mark})" for mark in marks)])


def evidence_words(event: "Event", characters: int) -> str:
    """The evidence in one paragraph of at most so many characters; JSON and CSV carry all of it."""
    return textwrap.shorten(event.evidence, characters, placeholder=" …")


@dataclass(frozen=True, slots=True)
class Explained:
    """One event, and the lines that tell what led to it."""

    head: str
    lines: tuple[str, ...]


def explanation(event: "Event") -> Explained:
    """Which words and rules led to an event; for a stored one, which pages."""
    when = date_words(event.date, event.date_precision)
    head = f"{when}  {pair_words(event)}  {act_words(event)}"
    basis = f"{event.date_basis.value if event.date_basis else 'none'}, between {event.earliest} and {event.latest}"
    lines = [("confidence", f"{event.confidence:.2f}"), ("date from", basis)]
    if event.actor or event.vote:
        lines.append(("actor", ", ".join(words for words in (event.actor, event.vote) if words)))
    if isinstance(event, TieMention):
        lines += [(span.role, f"{span.start}-{span.end}  “{span.text}”") for span in event.spans]
    else:
        lines.append(("evidence", f"“{event.evidence}”"))
        lines += [("page", f"{page.url}  ({page.source}, {page.published_at or 'undated'})") for page in event.pages]
    lines.append(("rules", ", ".join(event.rules) or "none"))
    return Explained(head, tuple(f"{label:<11} {words}" for label, words in lines))


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _span_json(span: EvidenceSpan) -> dict[str, Any]:
    return {"role": span.role, "start": span.start, "end": span.end, "text": span.text}
