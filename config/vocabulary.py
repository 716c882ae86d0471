"""The closed vocabularies, as in docs/codebook.md. Every other module names these; none spells the strings."""

from enum import StrEnum


class Action(StrEnum):
    """What was done to a tie."""

    ESTABLISH = "establish"
    MAINTAIN = "maintain"
    SUSPEND = "suspend"
    SEVER = "sever"
    RESTORE = "restore"


class Stage(StrEnum):
    """How far the act had come."""

    ENACTED = "enacted"  # decided or done
    PROPOSED = "proposed"  # formally considered
    URGED = "urged"  # asked for by someone who does not decide
    REJECTED = "rejected"  # turned down
    IMPLIED = "implied"  # inferred from a page change, never from prose


class Precision(StrEnum):
    """How much of a date is known. A week is given by its Monday, a month or year by its first day."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"
    UNKNOWN = "unknown"


class DateBasis(StrEnum):
    """What an event's date was read from."""

    TEXT_ABSOLUTE = "text_absolute"
    TEXT_RELATIVE = "text_relative"
    MEETING_DATE = "meeting_date"
    PUBLICATION = "publication"


class ReviewState(StrEnum):
    """Where an event stands with its reviewers."""

    PENDING = "pending"
    ACCEPTED = "accepted"
    CORRECTED = "corrected"
    REJECTED = "rejected"


class PageKind(StrEnum):
    """What a page is; it decides how the page is read."""

    ARTICLE = "article"
    MINUTES = "minutes"
    AGENDA = "agenda"
    LISTING = "listing"
    WATCH = "watch"


class DateSource(StrEnum):
    """Where a page's publication date was found, most trusted first."""

    FEED = "feed"
    JSON_LD = "json-ld"
    META = "meta"
    URL = "url"
    TEXT = "text"
    HTTP = "http"


class SpiderName(StrEnum):
    """The kinds of source that a sources.toml entry can name."""

    FEED = "feed"
    LISTING = "listing"
    WATCH = "watch"
