"""What spiders share whose sources have entry pages: a feed, a section page."""

from abc import abstractmethod
from collections.abc import Iterable, Iterator
from typing import Any

from scrapy import Request
from scrapy.http import Response
from twisted.python.failure import Failure

from crawler.frontier import Listed
from crawler.refusals import Rejected, reason_of
from crawler.spiders.base import SourceSpider


class IndexSpider(SourceSpider):
    """Asks a source's entry pages what there is, and visits that."""

    @abstractmethod
    def entries(self, response: Response) -> Iterable[Listed]:
        """What an entry page lists, in its order. Raises Rejected for what is no entry page."""

    def first_requests(self) -> Iterator[Request]:
        for url in self.source.urls:
            yield Request(url, self.parse, errback=self.entry_failed, dont_filter=True, meta={"asked": url})

    def parse(self, response: Response, **kwargs: Any) -> Iterator[Request]:
        try:
            entries = list(self.entries(response))
        except Rejected as refusal:
            self.blame(response.url, reason_of(refusal))
            return
        if not entries:
            self.blame(response.url, "lists no articles")
        yield from self.visits(entries)

    def entry_failed(self, failure: Failure) -> None:
        self.blame(failure.request.url, reason_of(failure.value))  # type: ignore[attr-defined]
