"""Two nights over one small newspaper, on real sockets: what becomes of each of its addresses."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from config.sources import Source
from config.vocabulary import DateSource, PageKind, SpiderName
from crawler.page import Outcome
from crawler.report import Step
from tests.crawler.pdfs import MINUTES, make_pdf
from tests.crawler.world import OPTIONS, Night, article, feed, run_night

# Address -> what becomes of it on the first night and on the second.
FEED = {
    "validated": ("new", "unchanged"),
    "steady": ("new", "unchanged"),
    "corrected": ("new", "changed"),
    "weather": ("new", "unchanged"),
    "latin": ("new", "unchanged"),
    "moved": ("new", "unchanged"),
    "busy": ("new", "unchanged"),
    "gone": ("failed http 404", "failed http 404"),
    "homeless": ("failed soft 404: sent to the home page",) * 2,
    "friendly": ("failed soft 404",) * 2,
    "challenge": ("failed block page",) * 2,
    "blank": ("failed empty body",) * 2,
    "picture": ("failed not a page: image/png",) * 2,
    "huge": ("failed too large",) * 2,
    "slow": ("failed timeout",) * 2,
    "private-desk": ("failed robots.txt",) * 2,
}
LISTING = {
    "council-suspends-sister-city-tie": ("new", "unchanged"),
    "minutes.pdf": ("new", "unchanged"),
}


@dataclass
class Nights:
    first: Night
    second: Night
    late: Night  # when everything has been known for long
    server: HTTPServer


@pytest.fixture(scope="module")
def server() -> Iterator[HTTPServer]:
    with HTTPServer(threaded=True) as running:
        yield running


@pytest.fixture(scope="module")
def nights(server: HTTPServer, tmp_path_factory: pytest.TempPathFactory) -> Nights:
    memory = tmp_path_factory.mktemp("crawl") / "visits"
    base = server.url_for("").rstrip("/")
    _publish(server, base)
    sources = [
        _source("gazette", SpiderName.FEED, f"{base}/rss.xml"),
        _source("council", SpiderName.LISTING, f"{base}/news/"),
        _source("partners", SpiderName.WATCH, f"{base}/sister-cities"),
        _source("dead", SpiderName.FEED, f"{base}/dead.xml"),
        _source("page-for-feed", SpiderName.FEED, f"{base}/steady"),
        _source("silent", SpiderName.FEED, f"{base}/silent.xml"),
        _source("nowhere", SpiderName.WATCH, "http://127.0.0.1:9/"),
        _source("off", SpiderName.FEED, f"{base}/off.xml", enabled=False),
        Source(name="unasked", spider=SpiderName.FEED, urls=(f"{base}/rss.xml",)),
    ]
    first = run_night(memory, sources)
    second = run_night(memory, sources)
    late = run_night(memory, sources[1:3], OPTIONS.model_copy(update={"revisit_days": 0}))
    return Nights(first, second, late, server)


def _source(name: str, spider: SpiderName, url: str, *, enabled: bool = True) -> Source:
    return Source(name=name, spider=spider, urls=(url,), allow_private=True, enabled=enabled)


def _publish(server: HTTPServer, base: str) -> None:
    def page(path: str, body: str | bytes, content_type: str = "text/html; charset=utf-8", status: int = 200) -> None:
        server.expect_request(path).respond_with_data(body, status, content_type=content_type)

    page("/robots.txt", "User-agent: *\nDisallow: /private-desk\n\nUser-agent: Other\nDisallow: /\n", "text/plain")
    page("/rss.xml", feed(base, [*FEED, "steady?utm_source=feed"]), "application/rss+xml")
    page("/silent.xml", feed(base, []), "application/rss+xml")
    page("/dead.xml", "no such feed", status=410)
    page("/steady", article("Steady as before"))
    page("/weather", article("Rain on Sunday", "It will rain on Sunday and dry up on Monday."))
    page(
        "/latin", article("Café twin", "Sister city Besançon and São Paulo agreed. " * 9).encode("latin-1"), "text/html"
    )
    page("/arrived", article("Where it moved"))
    page("/friendly", article("Page not found"))
    page("/challenge", "<html><head><title>Just a moment...</title></head><body>Checking.</body></html>")
    page("/blank", " \n ")
    page("/picture", b"\x89PNG\r\n", "image/png")
    page("/huge", b"<p>" + b"sister city " * 100_000)
    page("/", article("Home"))
    page("/private-desk", article("Never asked for"))
    page("/gone", "gone", status=404)
    page("/minutes.pdf", make_pdf(MINUTES), "application/pdf")
    page("/sister-cities", article("Sister cities", "<ul><li><a href='/k'>Kobe</a></li></ul>"))
    page("/council-suspends-sister-city-tie", article("Council suspends tie"))
    page("/news/", _section_page())
    for path, target in (("/moved", "/arrived"), ("/homeless", "/")):
        server.expect_request(path).respond_with_data("", 302, {"Location": target})
    server.expect_request("/validated").respond_with_handler(_validated)
    server.expect_request("/corrected").respond_with_handler(_corrected())
    server.expect_request("/busy").respond_with_handler(_busy())
    server.expect_request("/slow").respond_with_handler(_slow)


def _section_page() -> str:
    return (
        "<html><head><title>News</title></head><body><nav><a href='/about-our-town-and-people'>About our town</a></nav>"
        "<main><h1>News</h1><a href='/council-suspends-sister-city-tie?utm_medium=x'>Council suspends tie</a>"
        "<a href='/minutes.pdf'>Minutes of the March meeting</a><a href='/news/?page=2'>Next</a>"
        "<a href='https://other.example/a-b-c-d'>Elsewhere on the web today</a></main></body></html>"
    )


def _validated(request: Request) -> Response:
    if request.headers.get("If-None-Match") == '"v1"':
        return Response(status=304)
    return Response(article("With an ETag"), content_type="text/html", headers={"ETag": '"v1"'})


def _corrected() -> Callable[[Request], Response]:
    versions = iter(("Tie suspended", "Correction: tie not suspended"))
    return lambda _request: Response(article(next(versions)), content_type="text/html")


def _busy() -> Callable[[Request], Response]:
    answers = iter((Response("later", 429, {"Retry-After": "1"}),))
    return lambda _request: next(answers, Response(article("Busy desk"), content_type="text/html"))


def _slow(_request: Request) -> Response:
    time.sleep(OPTIONS.timeout_seconds + 0.2)
    return Response(article("Too late"), content_type="text/html")


@pytest.mark.parametrize("name", FEED)
def test_what_becomes_of_a_feeds_entries(nights: Nights, name: str) -> None:
    told = (nights.first.outcomes("gazette").get(name), nights.second.outcomes("gazette").get(name))
    assert told == FEED[name]


@pytest.mark.parametrize("name", LISTING)
def test_what_becomes_of_a_section_pages_links(nights: Nights, name: str) -> None:
    def outcome(night: Night) -> str:
        return next(result for url, result in night.outcomes("council").items() if url.startswith(name))

    assert (outcome(nights.first), outcome(nights.second)) == LISTING[name]
    assert nights.first.reports["council"].listed == len(LISTING)


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("gazette", ()),
        ("council", ()),
        ("partners", ()),
        ("dead", ("/dead.xml", "http 410")),
        ("page-for-feed", ("/steady", "is not a feed")),
        ("silent", ("/silent.xml", "lists no articles")),
        ("nowhere", ("http://127.0.0.1:9/", "connection refused")),
        ("unasked", ("/rss.xml", "private address", "allow_private")),
    ],
)
def test_a_source_that_fails_says_why(nights: Nights, source: str, words: tuple[str, ...]) -> None:
    error = nights.first.reports[source].error
    assert bool(error) == bool(words)
    assert all(word in (error or "") for word in words)


def test_a_disabled_source_is_left_alone(nights: Nights) -> None:
    assert "off" not in nights.first.reports


def test_each_address_is_asked_once_a_run(nights: Nights) -> None:
    asked = [request.path for request, _ in nights.server.log]
    assert asked.count("/weather") == 2
    assert asked.count("/steady") == 4  # listed twice by one source; the entry page of another
    assert asked.count("/private-desk") == 0
    assert {request.headers["User-Agent"] for request, _ in nights.server.log} == {OPTIONS.user_agent}


def test_the_gate_keeps_a_page_from_being_read(nights: Nights) -> None:
    page = nights.first.page("/weather")
    assert (page.gated, page.text, page.title, len(page.body_sha256)) == (True, "", "", 64)


def test_an_articles_page(nights: Nights) -> None:
    page = nights.first.page("/validated")
    assert (page.title, page.kind, page.language, page.etag) == ("With an ETag", PageKind.ARTICLE, "en", '"v1"')
    assert (page.published_at, page.date_source) == (date(2026, 3, 1), DateSource.FEED)
    assert page.text.startswith("The city council voted")
    assert "\n\nA second reading" in page.text
    assert "All news" not in page.text


def test_latin_1_pages_are_read_as_such(nights: Nights) -> None:
    page = nights.first.page("/latin")
    assert (page.title, "Besançon and São Paulo" in page.text) == ("Café twin", True)


def test_a_redirected_page_keeps_the_listed_name(nights: Nights) -> None:
    page = nights.first.page("/moved")
    assert (page.url.endswith("/arrived"), page.canonical_url.endswith("/moved")) == (True, True)


def test_an_undated_page_stays_undated(nights: Nights) -> None:
    page = nights.first.page("/council-suspends-sister-city-tie?utm_medium=x")
    assert (page.published_at, page.date_source) == (None, None)


def test_minutes_and_watched_pages_have_their_kinds(nights: Nights) -> None:
    assert nights.first.page("/minutes.pdf").kind is PageKind.MINUTES
    watched = nights.first.page("/sister-cities")
    assert (watched.kind, "Kobe" in watched.text) == (PageKind.WATCH, True)


def test_progress_is_told_as_it_happens(nights: Nights) -> None:
    steps = [event.step for event in nights.first.events if event.source == "gazette"]
    assert (steps[0], steps[-1]) == (Step.STARTED, Step.FINISHED)
    assert (steps.count(Step.LISTED), steps.count(Step.VISITED)) == (len(FEED), len(FEED))


def test_old_articles_are_skipped_and_watched_pages_are_not(nights: Nights) -> None:
    assert nights.late.reports["council"].outcomes == {Outcome.SKIPPED: 2}
    assert nights.late.reports["partners"].outcomes == {Outcome.UNCHANGED: 1}
