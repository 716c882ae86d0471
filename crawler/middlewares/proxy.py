"""A source that is asked through a proxy of its own."""

from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.statscollectors import StatsCollector


class SourceProxy:
    """Sets the source's proxy on every request of its crawl, robots.txt included. Stats: proxy/requests."""

    def __init__(self, proxy: str, stats: StatsCollector) -> None:
        self.proxy = proxy
        self.stats = stats

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        if not crawler.settings.get("SOURCE_PROXY"):
            raise NotConfigured
        return cls(crawler.settings["SOURCE_PROXY"], crawler.stats)

    def process_request(self, request: Request) -> None:
        request.meta["proxy"] = self.proxy
        self.stats.inc_value("proxy/requests")
