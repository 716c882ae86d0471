"""What all spiders share: each address that is listed is settled once, kept, and told."""

from abc import abstractmethod
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.http import Response
from twisted.python.failure import Failure

from config.settings import CrawlSettings
from config.sources import Source
from config.vocabulary import PageKind, SpiderName
from crawler.frontier import Listed
from crawler.memory import Known, Memory
from crawler.page import Outcome, Page, Visit
from crawler.reading import Fetched, Gate, read_page
from crawler.refusals import Rejected, Unchanged, advice, reason_of
from crawler.report import Progress, Step


@dataclass(frozen=True, slots=True)
class Errand:
    """What a spider is sent out with."""

    source: Source
    options: CrawlSettings
    memory: Memory
    gate: Gate
    tell: Callable[[Progress], None]


class SourceSpider(Spider):
    """Visits addresses, each once a run. Subclasses say where they come from."""

    def __init__(self, errand: Errand) -> None:
        super().__init__(name=errand.source.name)
        self.source = errand.source
        self.options = errand.options
        self.memory = errand.memory
        self.gate = errand.gate
        self.tell = errand.tell
        self.seen: set[str] = set()  # canonical addresses listed in this run
        self.pending: dict[str, Listed] = {}  # listed and not yet settled
        self.errors: list[str] = []  # why the source as a whole failed

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        spider = super().from_crawler(crawler, *args, **kwargs)
        crawler.signals.connect(spider.crashed, signal=signals.spider_error)
        return spider

    async def start(self) -> AsyncIterator[Any]:
        self._tell(Step.STARTED)
        for request in self.first_requests():
            yield request

    @abstractmethod
    def first_requests(self) -> Iterable[Request]:
        """Where a run starts."""

    def visits(self, entries: Iterable[Listed]) -> Iterator[Request]:
        """A request for each entry that is to be asked in this run; the others are settled here."""
        for entry in entries:
            if entry.canonical_url in self.seen:
                continue
            if len(self.seen) >= self.options.max_pages_per_source:
                self.logger.warning("%s lists more than crawl.max_pages_per_source; the rest is left", self.name)
                return
            self.seen.add(entry.canonical_url)
            self.pending[entry.canonical_url] = entry
            self._tell(Step.LISTED, entry.url)
            known = self.memory.known(entry.canonical_url)
            if known and self.is_settled(known):
                self.settle(entry, Outcome.SKIPPED)
            else:
                yield self.visit(entry, known)

    def is_settled(self, known: Known) -> bool:
        """Whether an address is so long known that it is not asked again. A watched page always is."""
        if self.source.kind is PageKind.WATCH or self.source.spider is SpiderName.WATCH:
            return False
        return datetime.now(UTC) - known.first_seen > timedelta(days=self.options.revisit_days)

    def visit(self, entry: Listed, known: Known | None) -> Request:
        # Scrapy drops a redirect to an address that it has seen without a word; `seen` does its duty instead.
        meta = {"asked": entry.url, "listed": entry, "known": known}
        return Request(entry.url, self.read, errback=self.failed, dont_filter=True, meta=meta)

    def read(self, response: Response, **kwargs: Any) -> None:
        entry: Listed = response.meta["listed"]
        try:
            page = read_page(_fetched(response), entry, self.source, self.gate)
        except Rejected as refusal:
            self.settle(entry, Outcome.FAILED, reason_of(refusal))
            return
        self.settle(entry, Outcome.CHANGED if response.meta["known"] else Outcome.NEW, page=page)

    def failed(self, failure: Failure) -> None:
        entry: Listed = failure.request.meta["listed"]  # type: ignore[attr-defined]
        if isinstance(failure.value, Unchanged):
            self.settle(entry, Outcome.UNCHANGED)
        else:
            self.settle(entry, Outcome.FAILED, reason_of(failure.value))

    def crashed(self, failure: Failure, response: Response | Failure) -> None:
        """A bug of ours met a page: it costs that page, not the source. Memory that keeps nothing is the source's."""
        request: Request = response.request  # type: ignore[union-attr, assignment]
        kind = type(failure.value).__name__
        entry: Listed | None = request.meta.get("listed")
        if entry is None:
            self.blame(request.url, f"could not be read ({kind}); the log tells more")
        elif entry.canonical_url in self.pending:
            self.settle(entry, Outcome.FAILED, f"could not be read ({kind})")
        else:
            self.blame(request.url, f"could not be kept ({kind}); the log tells more")

    def settle(self, entry: Listed, outcome: Outcome, reason: str = "", page: Page | None = None) -> None:
        """Keep what became of an address, then count it: what is counted is durable."""
        del self.pending[entry.canonical_url]
        now = datetime.now(UTC)
        self.memory.keep(Visit(self.source.name, entry.url, entry.canonical_url, outcome, now, reason, page))
        self._tell(Step.VISITED, entry.url, outcome, reason)

    def closed(self, reason: str) -> None:
        """Settle what was not reached and tell how the source fared."""
        unasked = list(self.pending.values())
        for entry in unasked:
            self.settle(entry, Outcome.FAILED, "not reached")
        if reason != "finished":
            minutes = self.options.max_minutes
            self.errors.append(f"stopped after {minutes} minutes with {len(unasked)} addresses unasked")
        self._tell(Step.FINISHED, reason="; ".join(self.errors))

    def blame(self, url: str, reason: str) -> None:
        """Note that the source as a whole failed, because of one of its own addresses."""
        self.errors.append(f"{url}: {advice(reason)}")

    def _tell(self, step: Step, url: str = "", outcome: Outcome | None = None, reason: str = "") -> None:
        self.tell(Progress(self.source.name, step, datetime.now(UTC), url, outcome, reason))


def _fetched(response: Response) -> Fetched:
    headers = {
        name.decode("latin-1").lower(): values[-1].decode("latin-1") for name, values in response.headers.items()
    }
    return Fetched(response.url, response.status, headers, response.body, datetime.now(UTC))
