"""TieMention: one reading of one text by one extractor version."""

import datetime
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter

from config.vocabulary import Action, DateBasis, PageKind, Precision, Stage


@dataclass(frozen=True, slots=True)
class City:
    """A party of a tie: a GeoNames city, or a country alone where the partner is unnamed (name is None)."""

    name: str | None
    admin1: str | None  # full state or province name for US, CA, AU; else None
    country: str  # ISO 3166-1 alpha-2
    geonames_id: int | None = None
    resolved_by: str | None = None  # "register" where the text gives only the country


@dataclass(frozen=True, slots=True)
class EvidenceSpan:
    """A stretch that a mention rests on; start and end are character offsets into `reading_text` of title and text."""

    role: str  # sentence, trigger, tie, city_a, city_b, date, stage, actor
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class TieMention:
    """Which city did what to its tie with which other city, as one text tells it."""

    city_a: City  # the acting city where the text tells; order carries no other meaning
    city_b: City
    action: Action
    stage: Stage
    date: datetime.date | None
    date_precision: Precision
    earliest: datetime.date | None  # the interval in which the act lies, both ends included
    latest: datetime.date | None
    date_basis: DateBasis | None
    actor: str | None
    vote: str | None
    evidence: str  # the words that prove it
    spans: tuple[EvidenceSpan, ...]
    confidence: float  # [0, 1]
    rules: tuple[str, ...]  # ids of the lexicon entries and rules that fired, in order
    background: bool = False  # a founding long ago, told as history


@dataclass(frozen=True, slots=True)
class Document:
    """A text to read, and what is known about it."""

    id: str
    text: str
    title: str = ""
    published: datetime.date | None = None
    url: str | None = None
    city: str | None = None  # whose page it is, as a source states it
    kind: PageKind = PageKind.ARTICLE


def reading_text(title: str, text: str) -> str:
    """What is read of a page, and what offsets count in: its title, a blank line and its text.

    The title is left out where the text begins with it.
    """
    return text if not title or text.startswith(title) else f"{title}\n\n{text}"


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read out of one document. `note` says why nothing was, where that needs saying."""

    document_id: str
    mentions: tuple[TieMention, ...]
    language: str | None = None
    note: str = ""


_ADAPTER: TypeAdapter[TieMention] = TypeAdapter(TieMention)


def mention_to_json(mention: TieMention) -> dict[str, Any]:
    """A mention as plain JSON values; `mention_from_json` is its inverse."""
    return _ADAPTER.dump_python(mention, mode="json")  # type: ignore[no-any-return]


def mention_from_json(values: dict[str, Any]) -> TieMention:
    """The inverse of `mention_to_json`. Raises pydantic.ValidationError on foreign values."""
    return _ADAPTER.validate_python(values)
