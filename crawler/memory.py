"""What the crawler remembers between runs. `store` fulfils this; a test can with a dictionary."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from crawler.page import Visit


@dataclass(frozen=True, slots=True)
class Known:
    """What is remembered of one canonical address."""

    canonical_url: str
    first_seen: datetime  # UTC
    visits: int  # successful ones so far; decides when a full fetch is due
    body_sha256: str
    etag: str | None
    last_modified: str | None


class Memory(Protocol):
    """The crawler's memory. Calls come from one thread of one process."""

    def known(self, canonical_url: str) -> Known | None:
        """What is remembered of an address; None where it was never fetched well."""
        ...

    def keep(self, visit: Visit) -> None:
        """Write a visit and, if it carries one, its page; durable when this returns."""
        ...

    def close(self) -> None:
        """Release what is held."""
        ...
