"""RSS and Atom feeds."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from email.utils import parsedate_to_datetime
from io import BytesIO
from typing import Any

from feedparser.api import parse as parse_feed
from scrapy.http import Response

from crawler.frontier import Listed, is_web_address, listed
from crawler.refusals import Rejected
from crawler.spiders.index import IndexSpider


class FeedSpider(IndexSpider):
    """Visits what a feed lists; its dates are the most trusted ones."""

    def entries(self, response: Response) -> Iterable[Listed]:
        content_type = (response.headers.get("Content-Type") or b"").decode("latin-1")
        return feed_entries(response.body, response.url, content_type)


def feed_entries(body: bytes, url: str, content_type: str = "") -> Iterator[Listed]:
    """The entries of a feed that have an address. Raises Rejected for what is no feed.

    feedparser's `bozo` is not asked: it is set for trifles, and most feeds that have it read well.
    """
    headers = {"content-type": content_type, "content-location": url}
    # The file object keeps feedparser from taking the bytes for the name of a file.
    feed = parse_feed(BytesIO(body), response_headers=headers)  # type: ignore[no-untyped-call]
    if not feed.get("version"):
        raise Rejected(f"is not a feed (it came as {content_type or 'nothing known'})")
    for entry in feed.entries:
        if is_web_address(entry.get("link", "")):
            yield listed(entry.link, entry.get("title", ""), _day(entry, "published"), _day(entry, "updated"))


def _day(entry: Any, field: str) -> date | None:
    """The day on the publisher's own clock; feedparser's parsed time is in UTC, where it may be the next."""
    text = str(entry.get(field, "")) if field in entry else ""
    for read in (parsedate_to_datetime, datetime.fromisoformat):
        try:
            return read(text).date()
        except ValueError:
            continue
    parsed = entry.get(f"{field}_parsed") if text else None
    return date(*parsed[:3]) if parsed else None
