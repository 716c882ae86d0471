"""The child process: its death, its time limit, and a source behind a proxy."""

import multiprocessing
import time
from collections.abc import Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import ClassVar

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from config.settings import CrawlSettings
from config.sources import Source
from config.vocabulary import SpiderName
from crawler.child import by_host
from crawler.page import Outcome, Visit
from crawler.process import crawl
from crawler.report import Progress, Step
from crawler.settings import user_agent
from tests.crawler.world import OPTIONS, DictMemory, article, feed, run_night, speaks_of_ties


class MadeUpWeb(BaseHTTPRequestHandler):
    """A proxy that has the whole of a small web itself, under names that exist nowhere else."""

    asked: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        self.asked.append(self.path)
        pages = {
            "http://gazette.example/rss.xml": feed("http://gazette.example", ["tie", "escape"]),
            "http://gazette.example/tie": article("Tie suspended"),
            "http://gazette.example/escape": "",
        }
        known = self.path in pages
        self.send_response(302 if self.path.endswith("/escape") else 200 if known else 404)
        if self.path.endswith("/escape"):
            self.send_header("Location", "http://127.1:9/admin")
        self.send_header("Content-Type", "text/xml" if self.path.endswith(".xml") else "text/html")
        self.end_headers()
        self.wfile.write(pages.get(self.path, "").encode())

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def proxy() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), MadeUpWeb) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture
def slow_server() -> Iterator[HTTPServer]:
    """Ten articles, the last nine of which take their time."""

    def slow(_request: Request) -> Response:
        time.sleep(0.8)
        return Response(article("Slowly"), content_type="text/html")

    with HTTPServer(threaded=True) as server:
        base = server.url_for("").rstrip("/")
        server.expect_request("/robots.txt").respond_with_data("", status=404)
        server.expect_request("/rss.xml").respond_with_data(feed(base, ["quick", *(f"slow-{n}" for n in range(9))]))
        server.expect_request("/quick").respond_with_data(article("Quick"), content_type="text/html")
        for number in range(9):
            server.expect_request(f"/slow-{number}").respond_with_handler(slow)
        yield server


def _slow_source(server: HTTPServer) -> Source:
    return Source(name="slow", spider=SpiderName.FEED, urls=(server.url_for("/rss.xml"),), allow_private=True)


def test_a_source_behind_a_proxy_and_a_redirect_out_of_it(proxy: str, tmp_path: Path) -> None:
    MadeUpWeb.asked.clear()
    source = Source(name="sample", spider=SpiderName.FEED, urls=("http://gazette.example/rss.xml",), proxy=proxy)
    night = run_night(tmp_path / "visits", [source])
    assert night.outcomes("sample") == {"tie": "new", "escape": "failed private address"}
    assert "http://gazette.example/robots.txt" in MadeUpWeb.asked
    assert not [address for address in MadeUpWeb.asked if not address.startswith("http://gazette.example/")]


def test_a_killed_child_is_told_in_the_reports(slow_server: HTTPServer, tmp_path: Path) -> None:
    def kill_at_first_visit(event: Progress) -> None:
        if event.step is Step.VISITED:
            for child in multiprocessing.active_children():
                child.kill()

    memory = partial(DictMemory, tmp_path / "visits")
    [report] = crawl([_slow_source(slow_server)], OPTIONS, memory, speaks_of_ties, kill_at_first_visit)
    assert "was killed (SIGKILL)" in (report.error or "")
    assert (report.listed, sum(report.outcomes.values())) == (10, 10)
    assert report.reasons["crawl ended early"] >= 8


def test_a_memory_that_cannot_be_opened_is_told_in_the_reports(slow_server: HTTPServer, tmp_path: Path) -> None:
    memory = partial(DictMemory, tmp_path)  # a folder, not a file
    [report] = crawl([_slow_source(slow_server)], OPTIONS, memory, speaks_of_ties)
    assert "failed with exit code 1" in (report.error or "")
    assert report.listed == 0


class ForgetfulMemory(DictMemory):
    """A disk that is full after the first visit."""

    def keep(self, visit: Visit) -> None:
        if self.known_pages:
            raise OSError("no space left")
        super().keep(visit)


def test_memory_that_keeps_nothing_is_told_in_the_reports(slow_server: HTTPServer, tmp_path: Path) -> None:
    memory = partial(ForgetfulMemory, tmp_path / "visits")
    options = OPTIONS.model_copy(update={"max_pages_per_source": 3})
    [report] = crawl([_slow_source(slow_server)], options, memory, speaks_of_ties)
    assert "could not be kept (OSError)" in (report.error or "")
    assert report.outcomes == {Outcome.NEW: 1, Outcome.FAILED: 2}


def test_when_time_is_up_the_rest_is_settled(slow_server: HTTPServer, tmp_path: Path) -> None:
    hasty = OPTIONS.model_copy(update={"max_minutes": 0.04})
    night = run_night(tmp_path / "visits", [_slow_source(slow_server)], hasty)
    report = night.reports["slow"]
    assert "stopped after" in (report.error or "")
    assert report.listed == 10
    assert report.outcomes[Outcome.NEW] >= 1
    assert report.reasons["not reached"] >= 1


def test_sources_of_one_host_stand_together() -> None:
    addresses = ("http://a.example/x", "http://b.example/", "http://a.example/y")
    sources = [Source(name=f"s{n}", spider=SpiderName.FEED, urls=(url,)) for n, url in enumerate(addresses)]
    assert [[source.name for source in group] for group in by_host(sources)] == [["s0", "s2"], ["s1"]]


@pytest.mark.parametrize(
    ("agent", "contact", "sent"),
    [
        ("Twinwatch/0.1 (monitor; set crawl.contact)", "", "Twinwatch/0.1 (monitor; set crawl.contact)"),
        ("Twinwatch/0.1 (monitor; set crawl.contact)", "a@b.example", "Twinwatch/0.1 (monitor; a@b.example)"),
        ("Other/2", "https://b.example/", "Other/2 (+https://b.example/)"),
    ],
)
def test_the_user_agent_names_a_contact(agent: str, contact: str, sent: str) -> None:
    assert user_agent(CrawlSettings(user_agent=agent, contact=contact)) == sent
