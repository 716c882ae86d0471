"""Pages whose change is the news: a city's own list of its sister cities."""

from collections.abc import Iterator

from scrapy import Request

from crawler.frontier import Listed, listed
from crawler.page import Outcome, Page
from crawler.spiders.base import SourceSpider


class WatchSpider(SourceSpider):
    """Visits the source's addresses themselves, every run."""

    def first_requests(self) -> Iterator[Request]:
        return self.visits(listed(url) for url in self.source.urls)

    def settle(self, entry: Listed, outcome: Outcome, reason: str = "", page: Page | None = None) -> None:
        super().settle(entry, outcome, reason, page)
        if outcome is Outcome.FAILED:
            self.blame(entry.url, reason)
