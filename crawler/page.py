"""Page: one fetched version of one address; and Visit: what became of one request in one run."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from config.vocabulary import DateSource, PageKind, Precision


@dataclass(frozen=True, slots=True)
class Page:
    """One fetched version of one address. Two pages of equal text_sha256 say the same."""

    url: str
    canonical_url: str
    source: str  # name of the source
    fetched_at: datetime  # UTC
    status: int
    body_sha256: str
    kind: PageKind
    title: str = ""
    text: str = ""  # main text, paragraphs parted by a blank line; empty where the gate kept it from being read
    text_sha256: str = ""
    language: str | None = None  # ISO 639-1
    published_at: date | None = None
    date_source: DateSource | None = None
    date_precision: Precision = Precision.UNKNOWN
    gated: bool = False  # the gate said: cannot speak of a tie; no text was extracted
    quality: float = 1.0  # [0, 1]; below 0.5 never becomes a page version
    quality_reason: str = ""
    etag: str | None = None
    last_modified: str | None = None
    archive: str | None = None  # WARC file and offset


class Outcome(StrEnum):
    """What became of an address in a run. Every address listed has exactly one."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    SKIPPED = "skipped"  # known, and too old to be asked again
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Visit:
    """One address in one run, counted once."""

    source: str
    url: str
    canonical_url: str
    outcome: Outcome
    at: datetime  # UTC
    reason: str = ""  # why it failed: "http 404", "timeout", "robots.txt", "block page", "empty body", ...
    page: Page | None = None  # with new and changed only
