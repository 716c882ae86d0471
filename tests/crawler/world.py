"""What the crawl tests share: a memory in a file, a gate, and small pages."""

import pickle
from collections import Counter
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from config.settings import CrawlSettings
from config.sources import Source
from crawler.memory import Known
from crawler.page import Outcome, Page, Visit
from crawler.process import MemoryFactory, Progress, SourceReport, crawl

OPTIONS = CrawlSettings(delay_seconds=0, timeout_seconds=1, max_body_megabytes=1)
BODY = (
    "The city council voted on Tuesday to suspend the sister city relationship, and the mayor said that letters would"
    " be sent this week. Residents spoke for two hours before the vote. The partnership began decades ago with a visit"
    " of students, and exchanges of teachers and firefighters followed it every second summer until the pandemic."
)


class DictMemory:
    """Memory in a dictionary, with every visit written to a file that the test reads afterwards."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.known_pages: dict[str, Known] = {}
        for visit in visits(path):
            self._learn(visit)

    def known(self, canonical_url: str) -> Known | None:
        return self.known_pages.get(canonical_url)

    def keep(self, visit: Visit) -> None:
        self._learn(visit)
        with self.path.open("ab") as file:
            pickle.dump(visit, file)

    def close(self) -> None:
        self.known_pages.clear()

    def _learn(self, visit: Visit) -> None:
        before = self.known_pages.get(visit.canonical_url)
        if visit.outcome is Outcome.UNCHANGED and before:
            count = before.visits + 1
            self.known_pages[visit.canonical_url] = Known(
                before.canonical_url, before.first_seen, count, before.body_sha256, before.etag, before.last_modified
            )
        if visit.page:
            first_seen, count = (before.first_seen, before.visits) if before else (visit.at, 0)
            page = visit.page
            self.known_pages[visit.canonical_url] = Known(
                visit.canonical_url, first_seen, count + 1, page.body_sha256, page.etag, page.last_modified
            )


def visits(path: Path) -> list[Visit]:
    found: list[Visit] = []
    if path.exists():
        with path.open("rb") as file:
            while file.peek(1):
                found.append(pickle.load(file))  # noqa: S301
    return found


def speaks_of_ties(body: bytes) -> bool:
    return b"sister city" in body.lower()


@dataclass
class Night:
    """One crawl and what it left in memory."""

    reports: dict[str, SourceReport]
    visits: list[Visit]
    events: list[Progress]

    def outcomes(self, source: str) -> dict[str, str]:
        """Last part of each address -> outcome, with the reason of a failure."""
        return {
            visit.url.rpartition("/")[2]: f"{visit.outcome} {visit.reason}".strip()
            for visit in self.visits
            if visit.source == source
        }

    def page(self, ending: str) -> Page:
        return next(visit.page for visit in self.visits if visit.page and visit.url.endswith(ending))


def run_night(path: Path, sources: list[Source], options: CrawlSettings = OPTIONS) -> Night:
    """Crawl with the memory in a file. The sums must balance, whatever happened, and nothing is kept twice."""
    before = len(visits(path))
    events: list[Progress] = []
    memory: MemoryFactory = partial(DictMemory, path)
    reports = crawl(sources, options, memory, speaks_of_ties, events.append)
    new = visits(path)[before:]
    for report in reports:
        kept = Counter(visit.outcome for visit in new if visit.source == report.source)
        assert report.listed == sum(report.outcomes.values())
        assert report.outcomes == kept
        assert sum(report.reasons.values()) == report.outcomes.get(Outcome.FAILED, 0)
        assert report.started_at <= report.finished_at
    assert not [key for key, count in Counter((v.source, v.canonical_url) for v in new).items() if count > 1]
    return Night({report.source: report for report in reports}, new, events)


def article(title: str, text: str = BODY, head: str = "") -> str:
    return (
        f"<!doctype html><html lang='en'><head><title>{title} | The Gazette</title>{head}</head><body>"
        "<nav><a href='/'>Home</a> <a href='/news/'>All news</a></nav>"
        f"<main><article><h1>{title}</h1><p>{text}</p><p>A second reading is set for the next meeting.</p></article>"
        "</main><footer>Copyright 2026 The Gazette</footer></body></html>"
    )


def feed(base: str, names: list[str], date: str = "<pubDate>Sun, 01 Mar 2026 23:30:00 -0600</pubDate>") -> str:
    items = "".join(f"<item><title>{name}</title><link>{base}/{name}</link>{date}</item>" for name in names)
    return f"<?xml version='1.0'?><rss version='2.0'><channel><title>Gazette</title>{items}</channel></rss>"
