"""Each rule of the crawl by itself."""

import asyncio
from datetime import UTC, datetime
from hashlib import sha256
from ipaddress import ip_address

import pytest
from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.statscollectors import MemoryStatsCollector

from crawler.memory import Known
from crawler.middlewares.conditional import ConditionalGet
from crawler.middlewares.guard import PrivateAddressGuard, is_private
from crawler.middlewares.retryafter import RetryAfter, seconds_to_wait
from crawler.refusals import Rejected, Unchanged
from crawler.softerrors import soft_error

URL = "http://town.example/x"
NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
BODY = b"<p>As it was</p>"


@pytest.fixture
def stats() -> MemoryStatsCollector:
    return MemoryStatsCollector(Crawler(Spider))


def _known(visits: int, etag: str | None = None, last_modified: str | None = None) -> Known:
    return Known(URL, NOW, visits, sha256(BODY).hexdigest(), etag, last_modified)


@pytest.mark.parametrize(
    ("known", "sent"),
    [
        (None, {}),
        (_known(1), {}),
        (_known(1, '"a"'), {"If-None-Match": '"a"'}),
        (_known(8, '"a"', "Mon"), {"If-None-Match": '"a"', "If-Modified-Since": "Mon"}),
        (_known(7, '"a"', "Mon"), {}),
        (_known(14, '"a"'), {}),
    ],
)
def test_validators_are_sent_but_for_every_seventh_visit(
    known: Known | None, sent: dict[str, str], stats: MemoryStatsCollector
) -> None:
    request = Request(URL, meta={"known": known})
    ConditionalGet(7, stats).process_request(request)
    assert {name.decode(): value[0].decode() for name, value in request.headers.items()} == sent


@pytest.mark.parametrize(
    ("known", "status", "body", "unchanged"),
    [
        (_known(1, '"a"'), 304, b"", True),
        (_known(7), 200, BODY, True),
        (_known(1), 200, b"<p>New</p>", False),
        (None, 200, BODY, False),
        (None, 304, b"", False),
        (_known(1), 404, BODY, False),
    ],
)
def test_a_304_or_an_equal_body_is_unchanged(
    known: Known | None, status: int, body: bytes, unchanged: bool, stats: MemoryStatsCollector
) -> None:
    request = Request(URL, meta={"known": known})
    response = Response(URL, status=status, body=body)
    middleware = ConditionalGet(7, stats)
    if unchanged:
        with pytest.raises(Unchanged):
            middleware.process_response(request, response)
    else:
        assert middleware.process_response(request, response) is response


@pytest.mark.parametrize(
    ("host", "private"),
    [
        ("127.0.0.1", True),
        ("127.1", True),
        ("2130706433", True),
        ("0x7f000001", True),
        ("10.0.0.8", True),
        ("169.254.169.254", True),
        ("192.168.1.1", True),
        ("0", True),
        ("::1", True),
        ("fe80::1", True),
        ("::ffff:127.0.0.1", True),
        ("8.8.8.8", False),
        ("2606:4700::1111", False),
    ],
)
def test_private_addresses_in_every_spelling(host: str, private: bool) -> None:
    assert asyncio.run(is_private(host, literal_only=True)) is private


def test_a_name_is_as_private_as_what_it_resolves_to() -> None:
    assert asyncio.run(is_private("localhost")) is True
    assert asyncio.run(is_private("localhost", literal_only=True)) is False


def test_the_address_that_answered_is_checked_again(stats: MemoryStatsCollector) -> None:
    guard = PrivateAddressGuard(behind_proxy=False, stats=stats)
    inside = Response(URL, ip_address=ip_address("10.0.0.8"))
    with pytest.raises(Rejected, match="private address"):
        guard.process_response(Request(URL), inside)
    assert guard.process_response(Request(URL, meta={"proxy": "http://127.0.0.1:1"}), inside) is inside


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("120", 120), ("Fri, 20 Nov 2026 12:01:00 GMT", 60), ("Fri, 20 Nov 2026 11:00:00 GMT", 0), ("soon", 0), ("-5", 0)],
)
def test_retry_after(header: str, seconds: float) -> None:
    assert seconds_to_wait(header, NOW) == seconds


def test_a_host_that_asks_for_a_long_pause_is_left_alone(stats: MemoryStatsCollector) -> None:
    middleware = RetryAfter(stats)
    middleware.process_response(Request(URL), Response(URL, status=429, headers={"Retry-After": "3600"}))
    with pytest.raises(Rejected, match="long pause"):
        asyncio.run(middleware.process_request(Request("http://town.example/other")))
    asyncio.run(middleware.process_request(Request("http://elsewhere.example/")))


def _titled(title: str, text: str = "Some text.") -> bytes:
    return f"<html><head><title>{title}</title></head><body>{text}</body></html>".encode()


@pytest.mark.parametrize(
    ("body", "given", "reason"),
    [
        (b"", URL, "empty body"),
        (b" \r\n", URL, "empty body"),
        (_titled("Just a moment..."), URL, "block page"),
        (_titled("Access Denied"), URL, "block page"),
        (_titled("Attention Required! | Shield"), URL, "block page"),
        (_titled("Gazette", "<script src='/_Incapsula_Resource?x'></script>"), URL, "block page"),
        (_titled("Gazette", "<script src='/_Incapsula_Resource?x'></script>" + "news " * 9000), URL, None),
        (_titled("404"), URL, "soft 404"),
        (_titled("Page not found - City of Larkfield"), URL, "soft 404"),
        (_titled("City of Larkfield | Error 404"), URL, "soft 404"),
        (_titled("Site under maintenance"), URL, "maintenance page"),
        (_titled("Route 404 reopens"), URL, None),
        (_titled("Missing treaty not found in archive"), URL, None),
        (_titled("Access denied to visiting mayor"), URL, None),
        (_titled("Council ends tie"), URL, None),
        (_titled("Welcome"), "http://town.example/", "soft 404: sent to the home page"),
        (_titled("Welcome"), "http://town.example/index.html", "soft 404: sent to the home page"),
        (_titled("Sign in"), "http://town.example/login?next=x", "login page"),
        (_titled("Moved"), "http://town.example/y", None),
    ],
)
def test_soft_errors(body: bytes, given: str, reason: str | None) -> None:
    assert soft_error(body, is_html=True, asked=URL, given=given) == reason
