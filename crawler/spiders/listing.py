"""Section and index pages: which of their links are articles."""

import re
from collections.abc import Iterable, Iterator
from urllib.parse import urljoin, urlsplit

from courlan import is_navigation_page
from scrapy.http import Response

from crawler.extraction import decode_html
from crawler.frontier import Listed, canonical, is_web_address, listed
from crawler.markup import Element, main_part
from crawler.refusals import Rejected
from crawler.spiders.index import IndexSpider

_OTHER_FILE = re.compile(
    r"\.(?:jpe?g|png|gif|svg|webp|ico|css|js|mp[34]|m4a|mov|avi|wav|zip|docx?|xlsx?|pptx?|csv|ics|xml|rss|json)$", re.I
)
_INDEX = re.compile(
    r"^(?:about|accessibility|advertise|all|archives?|author|calendar|categor(?:y|ies)|contacts?|cookies?|departments?"
    r"|directory|events|faqs?|feeds?|help|home|index|jobs|latest|legal|login|news|newsletter|newsroom|pages?|photos"
    r"|press|privacy|register|rss|search|sections?|services|sitemap|sports?|subscribe|tags?|terms|topics?|videos?|weather)"
    r"(?:[-_](?:us|policy|notice|statement|of-use|of-service|releases?|room|list))?(?:\.\w+)?$",
    re.IGNORECASE,
)
_DATE_OR_ID = re.compile(r"\d{3,}|/20\d\d/")
# Menus name things in a word or three; headlines take more.
HEADLINE_WORDS = 4


class ListingSpider(IndexSpider):
    """Visits the articles and documents that an index page links to from its main part."""

    def entries(self, response: Response) -> Iterable[Listed]:
        content_type = (response.headers.get("Content-Type") or b"").decode("latin-1")
        html = decode_html(response.body, content_type or None)
        return article_links(html, response.url, self.source.follow)


def article_links(html: str, url: str, follow: str | None = None) -> Iterator[Listed]:
    """The articles that an index page lists, in its order, all on its own host.

    follow: a regular expression that an address must match; it replaces the guess of which links are articles.
    """
    part = main_part(html)
    if part is None:
        raise Rejected("is no HTML page")
    base = next(iter(part.getroottree().xpath("//base/@href")), "")
    told: set[str] = {canonical(url)}
    for link in part.xpath(".//a[@href]"):
        address = _absolute(urljoin(url, base), link.get("href"))
        if address is None or not _same_host(address, url) or _OTHER_FILE.search(urlsplit(address).path):
            continue
        words = " ".join(link.text_content().split())
        wanted = re.search(follow, address) if follow else _is_article(address, words, link)
        if wanted and canonical(address) not in told:
            told.add(canonical(address))
            yield listed(address, words)


def _absolute(base: str, href: str) -> str | None:
    try:
        address = urljoin(base, href.strip())
    except ValueError:
        return None
    return address if is_web_address(address) else None


def _same_host(address: str, url: str) -> bool:
    hosts = {(urlsplit(one).hostname or "").removeprefix("www.") for one in (address, url)}
    return len(hosts) == 1


def _is_article(address: str, words: str, link: Element) -> bool:
    """A document; or an address that names one thing, or a headline, and not one of the site's own indexes."""
    path = urlsplit(address).path.rstrip("/")
    if path.lower().endswith(".pdf"):
        return True
    last = path.rpartition("/")[2]
    if not path or _INDEX.match(last) or is_navigation_page(address):
        return False
    names_one_thing = len(re.split(r"[-_]|%20", last)) >= 3 or bool(_DATE_OR_ID.search(path + urlsplit(address).query))
    in_heading = bool(link.xpath("ancestor::h1 | ancestor::h2 | ancestor::h3 | ancestor::h4 | .//h2 | .//h3"))
    return names_one_thing or in_heading or len(words.split()) >= HEADLINE_WORDS
