"""What is listed to be asked in a run, and by which name an address is remembered."""

from dataclasses import dataclass
from datetime import date
from urllib.parse import urldefrag, urlsplit

from courlan import clean_url


@dataclass(frozen=True, slots=True)
class Listed:
    """An address that an entry page named, with what that page says of it."""

    url: str
    canonical_url: str
    title: str = ""
    published: date | None = None
    updated: date | None = None  # of a feed that tells nothing better


def canonical(url: str) -> str:
    """The name by which an address is remembered: no fragment, no tracking parameters, default port dropped."""
    bare = urldefrag(url).url
    return clean_url(bare) or bare


def listed(url: str, title: str = "", published: date | None = None, updated: date | None = None) -> Listed:
    """An address as it is asked, under its canonical name."""
    return Listed(urldefrag(url).url, canonical(url), " ".join(title.split()), published, updated)


def is_web_address(url: str) -> bool:
    """Whether a link leads to something that can be asked for at all."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname)
