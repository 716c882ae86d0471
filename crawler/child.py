"""The process in which Scrapy runs: a crash or a leak there costs one crawl, not the application."""

import asyncio
import logging
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from multiprocessing.connection import Connection
from typing import Any
from urllib.parse import urlsplit

from scrapy.crawler import AsyncCrawlerRunner, Crawler
from scrapy.utils.defer import deferred_f_from_coro_f
from scrapy.utils.reactor import install_reactor
from twisted.logger import STDLibLogObserver, globalLogBeginner

from config.settings import CrawlSettings
from config.sources import Source
from config.vocabulary import SpiderName
from crawler.memory import Memory
from crawler.reading import Gate
from crawler.report import Progress, Step
from crawler.settings import scrapy_settings
from crawler.spiders.base import Errand, SourceSpider
from crawler.spiders.feed import FeedSpider
from crawler.spiders.listing import ListingSpider
from crawler.spiders.watch import WatchSpider

MemoryFactory = Callable[[], Memory]

SPIDERS: dict[SpiderName, type[SourceSpider]] = {
    SpiderName.FEED: FeedSpider,
    SpiderName.LISTING: ListingSpider,
    SpiderName.WATCH: WatchSpider,
}
TIME_IS_UP = "crawl.max_minutes was over before this source was finished; raise it, or crawl fewer pages"
# What these say of single requests, with tracebacks, the visits say in words.
QUIET_LOGGERS = ("scrapy.downloadermiddlewares.robotstxt", "scrapy.core.downloader.handlers.http11", "twisted")


@dataclass(frozen=True, slots=True)
class Task:
    """What the child is asked to do; everything in it is picklable."""

    sources: tuple[Source, ...]
    options: CrawlSettings
    memory: MemoryFactory
    gate: Gate
    log_level: int


def work(task: Task, connection: Connection) -> None:
    """Crawl, telling every step through the connection. Runs in a process of its own, once."""
    logging.basicConfig(level=task.log_level, format="%(asctime)s %(name)s %(levelname)s: %(message)s")
    for name in QUIET_LOGGERS:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    # Without this, Twisted prints what it finds critical, such as a broken certificate, straight to the terminal.
    observer: Any = STDLibLogObserver("twisted")  # an ILogObserver, by a zope declaration that mypy does not see
    globalLogBeginner.beginLoggingTo([observer], discardBuffer=True, redirectStandardIO=False)
    install_reactor("twisted.internet.asyncioreactor.AsyncioSelectorReactor")
    from twisted.internet.task import react  # noqa: PLC0415  (imports the reactor that must be installed first)

    memory = task.memory()

    def tell(event: Progress) -> None:
        try:
            connection.send(event)
        except OSError:
            os._exit(1)  # nobody listens any more; every visit that was counted is already durable

    async def main(_reactor: object) -> None:
        await crawl_all(task, memory, tell)

    try:
        react(deferred_f_from_coro_f(main))
    finally:
        memory.close()
        connection.close()


async def crawl_all(task: Task, memory: Memory, tell: Callable[[Progress], None]) -> None:
    """Crawl hosts side by side, the sources of one host in turn, so that its delay holds; stop when time is up."""
    runner = AsyncCrawlerRunner()
    time_is_up = asyncio.Event()

    async def in_turn(sources: Sequence[Source]) -> None:
        for source in sources:
            if time_is_up.is_set():
                tell(Progress(source.name, Step.FINISHED, datetime.now(UTC), reason=TIME_IS_UP))
                continue
            errand = Errand(source, task.options, memory, task.gate, tell)
            await runner.crawl(Crawler(SPIDERS[source.spider], scrapy_settings(source, task.options)), errand)

    async def end_in_time() -> None:
        await asyncio.sleep(task.options.max_minutes * 60)
        time_is_up.set()
        await runner.stop()

    clock = asyncio.ensure_future(end_in_time())
    results = await asyncio.gather(*(in_turn(group) for group in by_host(task.sources)), return_exceptions=True)
    clock.cancel()
    for error in results:
        if isinstance(error, BaseException):
            logging.getLogger(__name__).error("A spider could not be started", exc_info=error)


def by_host(sources: Sequence[Source]) -> list[list[Source]]:
    """The sources, those of one host together."""

    def host(source: Source) -> str:
        return urlsplit(source.urls[0]).hostname or ""

    return [list(group) for _, group in groupby(sorted(sources, key=host), host)]
