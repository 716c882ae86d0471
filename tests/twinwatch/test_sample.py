import json
import re
import socket
from collections.abc import Iterator
from datetime import date
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import feedparser
import pypdfium2
import pytest
from lxml import etree, html

from config.errors import ConfigError
from config.sample.make_minutes import MEETINGS, print_minutes
from config.sources import Source, load_sources
from config.vocabulary import Action, Precision, SpiderName, Stage
from twinwatch.sample import SampleServer, sample_config

SITE = sample_config() / "site"
SOURCES = load_sources(sample_config() / "sources.toml")
EXPECTED = json.loads((sample_config() / "expected.json").read_text("utf-8"))
GONE = "http://river5.example/story/90210-curling-club-fire"  # a section page still lists it
MOVED = "http://cityofduluth.example/news/2025/thunder-bay"
SLOW = "http://river5.example/story/104471-highway-53-bridge"


@pytest.fixture(scope="module")
def proxy() -> Iterator[str]:
    with SampleServer() as server:
        yield server.url


def ask(proxy: str, target: str, method: str = "GET", **headers: str) -> tuple[HTTPResponse, bytes]:
    """One request, its target sent as it stands: absolute, as to a proxy, or a path beside a Host header."""
    connection = HTTPConnection(urlsplit(proxy).netloc, timeout=10)
    try:
        connection.request(method, target, headers={name.replace("_", "-"): value for name, value in headers.items()})
        response = connection.getresponse()
        return response, response.read()
    finally:
        connection.close()


def listed(proxy: str, source: Source) -> list[str]:
    """The addresses that a source's pages name, tracking parameters and fragments dropped."""
    found: list[str] = []
    for url in source.urls:
        body = ask(proxy, url)[1]
        match source.spider:
            case SpiderName.FEED:
                found += [entry.link for entry in feedparser.parse(body).entries]
            case SpiderName.LISTING:
                links = [urljoin(url, href) for href in html.fromstring(body).xpath("//a/@href")]
                found += [link for link in links if re.search(source.follow or "", link.partition("#")[0])]
            case SpiderName.WATCH:
                found.append(url)
    return sorted({re.split(r"[?#]", link)[0] for link in found})


def place(address: str) -> str:
    """Host and path of an address or a file, alike for a folder and its index."""
    return address.removeprefix("http://").removesuffix("index.html").rstrip("/")


def pages(proxy: str) -> set[str]:
    return {url for source in SOURCES for url in listed(proxy, source)}


@pytest.mark.parametrize(
    ("target", "host", "status", "kind"),
    [
        ("http://gazette.example/rss.xml", "gazette.example", 200, "application/rss+xml; charset=utf-8"),
        ("/rss.xml", "gazette.example", 200, "application/rss+xml; charset=utf-8"),
        ("/rss.xml", "Gazette.example:80", 200, "application/rss+xml; charset=utf-8"),
        ("/local", "gazette.example", 200, "text/html; charset=utf-8"),
        ("/local/?page=1", "gazette.example", 200, "text/html; charset=utf-8"),
        ("/2024/05/15/davenport-ends-ilheus-tie/?utm_source=rss", "gazette.example", 200, "text/html; charset=utf-8"),
        ("/meetings/2024-03-12/minutes.pdf", "council.peoria.example", 200, "application/pdf"),
        ("/robots.txt", "gazette.example", 200, "text/plain; charset=utf-8"),
        ("/robots.txt", "neckar-courier.example", 404, "text/plain"),
        ("/no-such-page", "gazette.example", 404, "text/plain"),
        ("/rss.xml", "no-such-host.example", 404, "text/plain"),
        ("http://gazette.example", "gazette.example", 404, "text/plain"),
        (MOVED, "cityofduluth.example", 301, None),
        (GONE, "river5.example", 404, "text/plain"),
    ],
)
def test_an_address_answers(proxy: str, target: str, host: str, status: int, kind: str | None) -> None:
    response, body = ask(proxy, target, Host=host)
    assert (response.status, response.headers["Content-Type"]) == (status, kind)
    assert int(response.headers["Content-Length"]) == len(body)


def test_head_gives_the_headers_alone(proxy: str) -> None:
    got, body = ask(proxy, "http://gazette.example/rss.xml")
    head, nothing = ask(proxy, "http://gazette.example/rss.xml", "HEAD")
    assert (head.headers["Content-Length"], head.headers["ETag"]) == (str(len(body)), got.headers["ETag"])
    assert nothing == b""


def test_a_moved_page_leads_to_the_new_one(proxy: str) -> None:
    response, _ = ask(proxy, MOVED)
    new = urljoin(MOVED, response.headers["Location"])
    assert ask(proxy, new)[0].status == 200


def test_the_slow_page_is_served_after_a_while(proxy: str) -> None:
    connection = HTTPConnection(urlsplit(proxy).netloc, timeout=1.0)
    connection.request("GET", SLOW)
    with pytest.raises(TimeoutError):
        connection.getresponse()
    connection.close()
    assert ask(proxy, SLOW)[0].status == 200


@pytest.mark.parametrize(
    ("condition", "status"),
    [
        ({}, 200),
        ({"If_None_Match": "{etag}"}, 304),
        ({"If_None_Match": '"other", W/{etag}'}, 304),
        ({"If_None_Match": '"other"'}, 200),
        ({"If_None_Match": '"other"', "If_Modified_Since": "{modified}"}, 200),
        ({"If_Modified_Since": "{modified}"}, 304),
        ({"If_Modified_Since": "Sat, 01 Jan 2022 00:00:00 GMT"}, 200),
        ({"If_Modified_Since": "yesterday"}, 200),
    ],
)
def test_conditional_requests(proxy: str, condition: dict[str, str], status: int) -> None:
    url = "http://gazette.example/local/"
    first, whole = ask(proxy, url)
    known = {"etag": first.headers["ETag"], "modified": first.headers["Last-Modified"]}
    again, body = ask(proxy, url, **{name: value.format(**known) for name, value in condition.items()})
    assert again.status == status
    assert body == (whole if status == 200 else b"")


def test_one_host_sends_no_validators(proxy: str) -> None:
    response, _ = ask(
        proxy, "http://neckar-courier.example/index.html", If_Modified_Since="Sun, 01 Nov 2026 00:00:00 GMT"
    )
    assert response.status == 200
    assert not {"ETag", "Last-Modified"} & set(response.headers)


@pytest.mark.parametrize(
    ("url", "header_tells", "page_tells", "word"),
    [
        ("http://neckar-courier.example/artikel/20417.html", False, True, "Göppingen and Besançon"),
        ("http://neckar-courier.example/artikel/22731.html", True, False, "Bürgermeisteramtsrätin Völter"),
    ],
)
def test_latin_1(proxy: str, url: str, header_tells: bool, page_tells: bool, word: str) -> None:
    response, body = ask(proxy, url)
    assert ("charset=ISO-8859-1" in response.headers["Content-Type"]) is header_tells
    assert (b"charset=iso-8859-1" in body) is page_tells
    assert word in body.decode("latin-1")
    with pytest.raises(UnicodeDecodeError):
        body.decode("utf-8")


@pytest.mark.parametrize(
    ("target", "host"),
    [
        ("/../../sources.toml", "gazette.example"),
        ("/%2e%2e/%2e%2e/sources.toml", "gazette.example"),
        ("/..%2f..%2fsources.toml", "gazette.example"),
        ("/../river5.example/robots.txt", "gazette.example"),
        ("//etc/passwd", "gazette.example"),
        ("/%00", "gazette.example"),
        ("/sources.toml", ".."),
        ("/robots.txt", "../site/gazette.example"),
        ("/gazette.example/robots.txt", "."),
        ("http://../sources.toml", "gazette.example"),
    ],
)
def test_nothing_outside_a_host_is_served(proxy: str, target: str, host: str) -> None:
    assert ask(proxy, target, Host=host)[0].status == 404


def test_an_asker_that_hangs_up_and_one_that_talks_nonsense_are_survived(
    proxy: str, capfd: pytest.CaptureFixture[str]
) -> None:
    address = (urlsplit(proxy).hostname, urlsplit(proxy).port)
    for words in (
        b"",
        b"GET http://river5.example/local/ HTTP/1.1\r\nHost: river5.example\r\n\r\n",
        b"\x16\x03\x01\r\n",
    ):
        with socket.create_connection(address) as asker:
            asker.sendall(words)
    assert ask(proxy, "http://river5.example/local/")[0].status == 200
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("toml", "message"),
    [
        ("[host]", "key last_modified is missing"),
        ('last_modified = 2026-10-30T05:12:00Z\n[address."a.example/"]\ndelay = 1', "unknown key"),
        (
            'last_modified = 2026-10-30T05:12:00Z\n[address."a.example/"]\ndelay_seconds = 60',
            "less than or equal to 1.5",
        ),
    ],
)
def test_a_mistake_in_site_toml_is_told(tmp_path: Path, toml: str, message: str) -> None:
    (tmp_path / "site.toml").write_text(toml)
    with pytest.raises(ConfigError, match=message):
        SampleServer(tmp_path)


def test_a_changed_file_is_served_changed(tmp_path: Path) -> None:
    page = tmp_path / "site/town.example/index.html"
    page.parent.mkdir(parents=True)
    (tmp_path / "site.toml").write_text("last_modified = 2026-10-30T05:12:00Z")
    page.write_text("Our sister cities: Zadar")
    with SampleServer(tmp_path) as server:
        tag = ask(server.url, "http://town.example/")[0].headers["ETag"]
        page.write_text("Our sister cities: none")
        response, body = ask(server.url, "http://town.example/", If_None_Match=tag)
    assert (response.status, body) == (200, b"Our sister cities: none")


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name)
def test_a_source_and_all_that_it_lists_exist(proxy: str, source: Source) -> None:
    assert [ask(proxy, url)[0].status for url in source.urls] == [200] * len(source.urls)
    found = listed(proxy, source)
    assert found
    answers = {url: ask(proxy, url)[0].status for url in found}
    assert {url: status for url, status in answers.items() if status != 200} == {
        url: status for url, status in ((GONE, 404), (MOVED, 301)) if url in found
    }


def test_the_news_sitemap_names_the_pages_of_its_host(proxy: str) -> None:
    tree = etree.fromstring(ask(proxy, "http://river5.example/news-sitemap.xml")[1])
    names = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "n": "http://www.google.com/schemas/sitemap-news/0.9"}
    urls = tree.xpath("//s:url[n:news/n:publication_date][n:news/n:title]/s:loc/text()", namespaces=names)
    river = next(source for source in SOURCES if source.name == "river5")
    assert set(urls) == set(listed(proxy, river)) - {GONE}


def test_every_committed_page_is_listed_somewhere(proxy: str) -> None:
    moved = urljoin(MOVED, ask(proxy, MOVED)[0].headers["Location"])
    entrances = {url for source in SOURCES for url in source.urls}
    told = {place(url) for url in (pages(proxy) | entrances | {moved}) - {GONE, MOVED}}
    files = {path.relative_to(SITE).as_posix() for path in SITE.rglob("*") if path.suffix in {".html", ".pdf", ".xml"}}
    assert {place(file) for file in files} - told == {"river5.example/news-sitemap.xml"}
    assert told <= {place(file) for file in files}


def test_the_sample_is_large_enough(proxy: str) -> None:
    assert len(pages(proxy) - {GONE, MOVED}) >= 32
    assert len({event["url"] for event in EXPECTED if not event.get("background")}) >= 14
    assert len({source.name for source in SOURCES}) == len(SOURCES)
    assert all(source.allow_private for source in SOURCES)


def test_expected_events_are_well_formed_and_their_pages_exist(proxy: str) -> None:
    for url in {event["url"] for event in EXPECTED}:
        assert ask(proxy, url)[0].status == 200, url
    for event in EXPECTED:
        assert set(event) - {"background"} == {
            "url", "city_a", "city_b", "action", "stage", "date", "date_precision",
        }, event  # fmt: skip
        assert Action(event["action"])
        assert Stage(event["stage"])
        precision = Precision(event["date_precision"])
        assert (event["date"] is None) == (precision is Precision.UNKNOWN)
        for city in (event["city_a"], event["city_b"]):
            assert set(city) == {"name", "admin1", "country"}
            assert (city["admin1"] is not None) == (city["country"] in {"US", "CA", "AU"}), city
        if event["date"]:
            day = date.fromisoformat(event["date"])
            assert day < date(2026, 11, 1)
            assert precision is not Precision.WEEK or day.weekday() == 0
            assert precision is not Precision.MONTH or day.day == 1
            assert precision is not Precision.YEAR or (day.month, day.day) == (1, 1)
    acts = [(e["url"], e["city_a"]["name"], e["city_b"]["name"], e["action"], e["stage"]) for e in EXPECTED]
    assert len(set(acts)) == len(acts)


@pytest.mark.parametrize("text", sorted((sample_config() / "minutes").glob("*.txt")), ids=lambda path: path.stem)
def test_minutes_are_printed_from_their_text(tmp_path: Path, text: Path) -> None:
    print_minutes(text, tmp_path / "minutes.pdf")
    assert (tmp_path / "minutes.pdf").read_bytes() == (MEETINGS / text.stem / "minutes.pdf").read_bytes()
    document = pypdfium2.PdfDocument(tmp_path / "minutes.pdf")
    layers = [page.get_textpage().get_text_range() for page in document]
    assert len(layers) == 2
    for number, layer in enumerate(layers, 1):
        assert layer.startswith("City Council of Peoria - Minutes of the Regular Meeting")
        assert f"Page {number} of 2" in layer
    assert "Roll call vote:" in layers[1]
