"""Why an address gave no page: the exceptions that end a request, and their reasons in words."""

from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
)
from scrapy.spidermiddlewares.httperror import HttpError


class Unchanged(IgnoreRequest):
    """The server or the body's hash says that the address reads as it did."""


class Rejected(IgnoreRequest):
    """What came, or where it would have come from, is no page. `str()` gives the reason in words."""


# Scrapy tells these apart by message alone.
_MESSAGES = {
    "Forbidden by robots.txt": "robots.txt",
    "max redirections reached": "too many redirects",
}

_KINDS: tuple[tuple[type[BaseException], str], ...] = (
    (DownloadTimeoutError, "timeout"),
    (CannotResolveHostError, "unknown host"),
    (DownloadConnectionRefusedError, "connection refused"),
    (DownloadCancelledError, "too large"),
    (ResponseDataLossError, "truncated body"),
    (DownloadFailedError, "connection failed"),
)

_HINTS = {
    "robots.txt": "the site asks robots to stay away from it",
    "timeout": "raise crawl.timeout_seconds if the site is merely slow",
    "unknown host": "check the spelling and this machine's network",
    "private address": "set allow_private = true on the source if this is meant",
    "certificate refused": "its TLS certificate does not hold; the site's owner has to mend it",
    "connection refused": "nothing answers there; is the address right?",
    "http 403": "the site may refuse unknown user agents; set crawl.contact",
    "http 404": "the page has moved; look for its new address",
    "http 410": "the page is gone; look for another",
    "lists no articles": "look whether the page still has any; a listing may need `follow`",
    "too large": "raise crawl.max_body_megabytes if it is really wanted",
}


def reason_of(error: BaseException | None) -> str:
    """The short reason that visits are counted by: "http 404", "timeout", "robots.txt", ..."""
    if isinstance(error, HttpError):
        return f"http {error.response.status}"
    if isinstance(error, IgnoreRequest):
        return _MESSAGES.get(str(error), str(error))
    if "certificate verify failed" in str(error):
        return "certificate refused"
    for kind, reason in _KINDS:
        if isinstance(error, kind):
            return reason
    return f"connection failed ({type(error).__name__})"


def advice(reason: str) -> str:
    """The reason with what to do about it, where that is known."""
    hint = _HINTS.get(reason)
    return f"{reason} ({hint})" if hint else reason
