"""Ask only for what changed: validators out, 304 and equal bodies back."""

from hashlib import sha256
from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.statscollectors import StatsCollector

from crawler.memory import Known
from crawler.refusals import Unchanged


class ConditionalGet:
    """Sends what Memory knows of an address, and raises Unchanged where the server or the body says it is as it was.

    Stats: conditional/asked, conditional/not_modified, conditional/same_body, conditional/full_fetch.
    """

    def __init__(self, full_fetch_every: int, stats: StatsCollector) -> None:
        self.full_fetch_every = full_fetch_every
        self.stats = stats

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler.settings.getint("FULL_FETCH_EVERY"), crawler.stats)

    def process_request(self, request: Request) -> None:
        known: Known | None = request.meta.get("known")
        if known is None:
            return
        # Servers lie: some answer 304 for ever. Every so many visits nobody is asked whether it changed.
        if known.visits % self.full_fetch_every == 0:
            self.stats.inc_value("conditional/full_fetch")
            return
        if known.etag:
            request.headers["If-None-Match"] = known.etag
        if known.last_modified:
            request.headers["If-Modified-Since"] = known.last_modified
        if known.etag or known.last_modified:
            self.stats.inc_value("conditional/asked")

    def process_response(self, request: Request, response: Response) -> Response:
        known: Known | None = request.meta.get("known")
        if known is None:
            return response
        if response.status == 304:
            self.stats.inc_value("conditional/not_modified")
            raise Unchanged("not modified")
        if response.status == 200 and sha256(response.body).hexdigest() == known.body_sha256:
            self.stats.inc_value("conditional/same_body")
            raise Unchanged("same body")
        return response
