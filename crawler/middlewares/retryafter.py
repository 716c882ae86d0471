"""Wait as long as a server asks."""

import asyncio
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from time import monotonic
from typing import Self
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.statscollectors import StatsCollector

from crawler.refusals import Rejected

# A server that wants a longer pause is left alone for the rest of the run.
LONGEST_WAIT_SECONDS = 60.0


class RetryAfter:
    """Holds every request to a host that answered 429 or 503 with Retry-After until its pause is over.

    The request itself is tried again by Scrapy's RetryMiddleware. Stats: retryafter/asked, retryafter/gave_up.
    """

    def __init__(self, stats: StatsCollector) -> None:
        self.stats = stats
        self.resume_at: dict[str, float] = {}  # host -> monotonic seconds

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler.stats)

    async def process_request(self, request: Request) -> None:
        wait = self.resume_at.get(urlsplit(request.url).netloc, 0.0) - monotonic()
        if wait > LONGEST_WAIT_SECONDS:
            self.stats.inc_value("retryafter/gave_up")
            raise Rejected("the server asked for a long pause")
        if wait > 0:
            await asyncio.sleep(wait)

    def process_response(self, request: Request, response: Response) -> Response:
        if response.status in {429, 503} and (asked := response.headers.get("Retry-After")):
            seconds = seconds_to_wait(asked.decode("latin-1"), datetime.now(UTC))
            if seconds > 0:
                self.stats.inc_value("retryafter/asked")
                self.resume_at[urlsplit(request.url).netloc] = monotonic() + seconds
        return response


def seconds_to_wait(header: str, now: datetime) -> float:
    """A Retry-After header, which is a number of seconds or a date, as seconds; 0 for what is neither."""
    if header.strip().isdigit():
        return float(header)
    try:
        until = parsedate_to_datetime(header)
    except ValueError:
        return 0.0
    return max(0.0, (until.replace(tzinfo=until.tzinfo or UTC) - now).total_seconds())
