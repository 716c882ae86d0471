"""Where a publication date is found, and where none must be."""

from datetime import date

import pytest

from config.vocabulary import DateSource, Precision
from crawler.dates import published, read_date
from crawler.frontier import Listed, listed
from crawler.markup import parse_html

FETCHED = date(2026, 11, 20)
ANY = "http://town.example/story"
DAY, MONTH, YEAR = Precision.DAY, Precision.MONTH, Precision.YEAR


def html(body: str = "", head: str = "") -> str:
    return f"<html><head><title>T</title>{head}</head><body>{body}</body></html>"


def found(page: str, url: str = ANY, entry: Listed | None = None, *, prose: bool = True) -> tuple[object, ...] | None:
    told = published(parse_html(page), page, url, entry or listed(url), FETCHED, from_prose=prose)
    return (told.day.isoformat(), told.source, told.precision) if told else None


def json_ld(text: str) -> str:
    return html(head=f'<script type="application/ld+json">{text}</script>')


META = html(head='<meta property="article:published_time" content="2026-03-04T23:30:00-06:00">')
ARTICLE = '{"@type": "NewsArticle", "datePublished": "2026-03-05T08:00:00Z", "dateModified": "2026-04-01"}'


@pytest.mark.parametrize(
    ("page", "url", "expected"),
    [
        (json_ld(ARTICLE), ANY, ("2026-03-05", DateSource.JSON_LD, DAY)),
        (json_ld(f'{{"@graph": [{{"@type": "WebSite"}}, {ARTICLE}]}}'), ANY, ("2026-03-05", DateSource.JSON_LD, DAY)),
        (json_ld('{"@type": "WebPage", "datePublished": "2026-03"}'), ANY, ("2026-03-01", DateSource.JSON_LD, MONTH)),
        (json_ld(f'{{"@type": "WebPage", "mentions": {ARTICLE}}}'), ANY, None),
        (json_ld("{broken"), ANY, None),
        (META, ANY, ("2026-03-04", DateSource.META, DAY)),
        (META, "http://town.example/2020/01/02/x", ("2026-03-04", DateSource.META, DAY)),
        (html(head='<meta name="DC.date" content="4 March 2026">'), ANY, ("2026-03-04", DateSource.META, DAY)),
        (
            html('<span itemprop="datePublished" content="2026-03-04"></span>'),
            ANY,
            ("2026-03-04", DateSource.META, DAY),
        ),
        (html(head='<meta property="article:modified_time" content="2026-03-04">'), ANY, None),
        (html(), "http://town.example/2026/03/04/tie", ("2026-03-04", DateSource.URL, DAY)),
        (html(), "http://town.example/news-20260304.html", ("2026-03-04", DateSource.URL, DAY)),
        (html(), "http://town.example/2026/03/tie", ("2026-03-01", DateSource.URL, MONTH)),
        (html("<p>March 4, 2026</p>"), "http://town.example/2026/03/tie", ("2026-03-04", DateSource.TEXT, DAY)),
        (html(), "http://town.example/story/20269999", None),
        (html("<main><time datetime='2026-03-04'>yesterday</time></main>"), ANY, ("2026-03-04", DateSource.TEXT, DAY)),
        (html("<p class='post-date'>Wed, 4 March 2026</p>"), ANY, ("2026-03-04", DateSource.TEXT, DAY)),
        (html("<p>Published: March 4, 2026</p><p>Text.</p>"), ANY, ("2026-03-04", DateSource.TEXT, DAY)),
        (html("<p>Updated <time datetime='2026-03-04'>4 March</time></p>"), ANY, None),
        (html("<a href='/b'><time datetime='2026-03-04'>4 March</time> Another story</a>"), ANY, None),
        (html("<aside><time datetime='2026-03-04'>4 March</time></aside>"), ANY, None),
        (html("<p>The tie was founded on 4 March 1998, the mayor said.</p>"), ANY, None),
        (html("<p class='date'>03/04/2026</p>"), ANY, None),
        (html("<footer>Copyright 2026</footer>"), ANY, None),
        (html("<p class='event-date'>4 March 2026</p>"), ANY, None),
        (html("<p class='date'>4 March 2027</p>"), ANY, None),
        (html(head='<meta name="date" content="1970-01-01">'), ANY, None),
        (html(), ANY, None),
    ],
)
def test_where_the_date_is_found(page: str, url: str, expected: tuple[object, ...] | None) -> None:
    assert found(page, url) == expected


def test_a_feed_is_trusted_most_and_its_updates_least() -> None:
    told = listed(ANY, published=date(2026, 3, 1), updated=date(2026, 5, 1))
    assert found(META, entry=told) == ("2026-03-01", DateSource.FEED, DAY)
    updated = listed(ANY, updated=date(2026, 5, 1))
    assert found(META, entry=updated) == ("2026-03-04", DateSource.META, DAY)
    assert found(html(), entry=updated) == ("2026-05-01", DateSource.FEED, DAY)


def test_the_future_is_never_believed_wherever_it_stands() -> None:
    assert found(META, entry=listed(ANY, published=date(2026, 12, 24))) == ("2026-03-04", DateSource.META, DAY)
    assert found(html(), entry=listed(ANY, published=date(2026, 11, 21))) == ("2026-11-21", DateSource.FEED, DAY)


def test_the_prose_of_a_standing_page_tells_no_date() -> None:
    assert found(html("<time datetime='2026-03-04'>Signed</time>"), "http://a.example/2026/03/04/", prose=False) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-03-04T23:30:00-06:00", (date(2026, 3, 4), DAY)),
        ("2026/03/04", (date(2026, 3, 4), DAY)),
        ("20260304", (date(2026, 3, 4), DAY)),
        ("2026-03", (date(2026, 3, 1), MONTH)),
        ("2026", (date(2026, 1, 1), YEAR)),
        ("Wed, 04 Mar 2026 23:30:00 -0600", (date(2026, 3, 4), DAY)),
        ("March 4th, 2026 at 4 pm", (date(2026, 3, 4), DAY)),
        ("4. März 2026", (date(2026, 3, 4), DAY)),
        ("13/04/2026", (date(2026, 4, 13), DAY)),
        ("03/04/2026", None),
        ("2026-13-01", None),
        ("soon", None),
        ("", None),
    ],
)
def test_dates_as_sites_write_them(text: str, expected: tuple[date, Precision] | None) -> None:
    assert read_date(text) == expected
