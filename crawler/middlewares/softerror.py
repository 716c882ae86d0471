"""What answers with 200 and is no page never becomes one."""

from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import HtmlResponse, Response
from scrapy.statscollectors import StatsCollector

from crawler.refusals import Rejected
from crawler.softerrors import soft_error


class SoftErrors:
    """Raises Rejected for empty bodies, block pages, soft 404s and the like. Stats: softerror/<reason>."""

    def __init__(self, stats: StatsCollector) -> None:
        self.stats = stats

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler.stats)

    def process_response(self, request: Request, response: Response) -> Response:
        asked = request.meta.get("asked")  # absent on robots.txt, which may well be empty
        if asked is None or response.status != 200:
            return response
        is_html = isinstance(response, HtmlResponse)
        if reason := soft_error(response.body, is_html=is_html, asked=asked, given=response.url):
            self.stats.inc_value(f"softerror/{reason}")
            raise Rejected(reason)
        return response
