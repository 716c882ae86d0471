"""Options that several commands share."""

from datetime import date
from enum import StrEnum

from config.errors import ConfigError


class TextFormat(StrEnum):
    """How a command that answers for one text or one folder prints."""

    TABLE = "table"
    JSON = "json"


class ListFormat(StrEnum):
    """How a query prints."""

    TABLE = "table"
    JSON = "json"
    JSONL = "jsonl"
    CSV = "csv"


def parse_date(flag: str, value: str | None) -> date | None:
    """The day that a flag gives. Raises ConfigError where it is none."""
    if value is None:
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise ConfigError(f"{flag}: {value!r} is not a date", "Write year-month-day, as in 2022-03-18.") from None
