"""What entry pages list."""

from datetime import date

import pytest

from crawler.frontier import canonical
from crawler.refusals import Rejected
from crawler.spiders.feed import feed_entries
from crawler.spiders.listing import article_links
from tests.crawler.world import feed

BASE = "http://town.example/news/"


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("http://a.example/x?utm_source=f&id=3#top", "http://a.example/x?id=3"),
        ("https://A.example:443/b/", "https://a.example/b/"),
        ("http://127.0.0.1:8000/x.html", "http://127.0.0.1:8000/x.html"),
        ("http://a.example/x?fbclid=1", "http://a.example/x"),
    ],
)
def test_canonical_addresses(url: str, name: str) -> None:
    assert canonical(url) == name


@pytest.mark.parametrize(
    ("link", "taken"),
    [
        ("<a href='/news/council-ends-tie'>Council ends tie</a>", True),
        ("<a href='story.html?id=4711'>Read</a>", True),
        ("<a href='/2026/03/tie'>Tie</a>", True),
        ("<a href='/tie'>The council ends an old tie</a>", True),
        ("<h3><a href='/tie'>Tie</a></h3>", True),
        ("<a href='/files/m.PDF'>Minutes</a>", True),
        ("<a href='https://www.town.example/a-b-c'>Same town</a>", True),
        ("<a href='/news/'>This very page and all its news</a>", False),
        ("<a href='/news/page/2'>Older news of our good town</a>", False),
        ("<a href='/category/council-and-mayor/'>All about council and mayor</a>", False),
        ("<a href='/contact-us'>Write to us at any time</a>", False),
        ("<a href='/privacy-policy'>What we do with data</a>", False),
        ("<a href='/parks'>Parks</a>", False),
        ("<a href='/photo-of-the-day.jpg'>Photo of the day</a>", False),
        ("<a href='https://other.example/a-b-c'>Elsewhere</a>", False),
        ("<a href='mailto:clerk@town.example'>Write to the clerk today</a>", False),
        ("<a href='http://[broken'>What is this thing here</a>", False),
        ("<nav><a href='/a-long-menu-entry'>A long menu entry</a></nav>", False),
        ("<footer><a href='/a-long-foot-note'>A long foot note</a></footer>", False),
    ],
)
def test_which_links_are_articles(link: str, taken: bool) -> None:
    html = f"<html><body>{link}<p>News of the town.</p></body></html>"
    assert bool(list(article_links(html, BASE))) is taken


def test_follow_replaces_the_guess_on_the_same_host() -> None:
    html = "<main><a href='/n/1'>1</a><a href='/n/2'>2</a><a href='/a-b-c-d'>x</a><a href='http://b.example/n/3'>3</a></main>"
    assert [entry.url for entry in article_links(html, BASE, r"/n/\d")] == [
        "http://town.example/n/1",
        "http://town.example/n/2",
    ]


def test_each_link_once_in_order_under_its_words() -> None:
    html = "<a href='/a-b-c?utm_source=x'>First  of all</a><a href='/a-b-c'>again</a><a href='/d-e-f'>Then</a>"
    entries = list(article_links(html, BASE))
    assert [(entry.canonical_url, entry.title) for entry in entries] == [
        ("http://town.example/a-b-c", "First of all"),
        ("http://town.example/d-e-f", "Then"),
    ]


ATOM = (
    "<feed xmlns='http://www.w3.org/2005/Atom'><title>t</title><entry><title>Tie</title><link href='/tie'/>"
    "<published>2026-03-01T23:30:00-06:00</published><updated>2026-03-09T00:00:00Z</updated></entry></feed>"
)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (feed("http://a.example", ["tie"]), [("http://a.example/tie", date(2026, 3, 1), None)]),
        (feed("http://a.example", ["tie"], ""), [("http://a.example/tie", None, None)]),
        (feed("http://a.example", ["tie"], "<pubDate>soon</pubDate>"), [("http://a.example/tie", None, None)]),
        (ATOM, [("http://town.example/tie", date(2026, 3, 1), date(2026, 3, 9))]),
        (feed("ftp://a.example", ["tie"]), []),
        (
            feed("http://a.example", ["tie"]).replace("</channel></rss>", "& <b>"),
            [("http://a.example/tie", date(2026, 3, 1), None)],
        ),
    ],
)
def test_feeds(body: str, expected: list[tuple[str, date | None, date | None]]) -> None:
    entries = feed_entries(body.encode(), "http://town.example/feed", "application/xml")
    assert [(entry.url, entry.published, entry.updated) for entry in entries] == expected


@pytest.mark.parametrize("body", ["<html><body>No feed</body></html>", "", "{}", "/etc/hostname"])
def test_what_is_no_feed_is_refused(body: str) -> None:
    with pytest.raises(Rejected, match="is not a feed"):
        list(feed_entries(body.encode(), BASE, "text/html"))
