"""One answer of a server -> Page."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from email.utils import parsedate_to_datetime
from hashlib import sha256
from unicodedata import normalize

from config.sources import Source
from config.vocabulary import DateSource, PageKind, Precision, SpiderName
from crawler.dates import AHEAD, EARLIEST, Published, published, url_day
from crawler.documents import pdf_text
from crawler.extraction import decode_html, language_of, listing_text, main_text
from crawler.frontier import Listed
from crawler.markup import parse_html, title_of
from crawler.page import Page
from crawler.refusals import Rejected

# Could these raw bytes speak of a tie? Handed in, so that the crawler needs no NLP.
Gate = Callable[[bytes], bool]


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a server answered."""

    url: str  # that answered, after redirects
    status: int
    headers: Mapping[str, str]  # names in lower case
    body: bytes  # decompressed
    at: datetime  # UTC

    @property
    def is_pdf(self) -> bool:
        return self.body[:1024].lstrip().startswith(b"%PDF-")

    @property
    def is_text(self) -> bool:
        kind = self.headers.get("content-type", "").partition(";")[0].strip().lower()
        return kind in {"", "text/html", "text/plain", "text/xml", "application/xhtml+xml", "application/xml"}


def read_page(fetched: Fetched, listed: Listed, source: Source, gate: Gate) -> Page:
    """The page that was fetched. Raises Rejected for what cannot be read as one."""
    page = Page(
        url=fetched.url,
        canonical_url=listed.canonical_url,
        source=source.name,
        fetched_at=fetched.at,
        status=fetched.status,
        body_sha256=sha256(fetched.body).hexdigest(),
        kind=_kind(source, fetched.is_pdf),
        etag=fetched.headers.get("etag"),
        last_modified=fetched.headers.get("last-modified"),
    )
    if fetched.is_pdf:
        return _read_pdf(page, fetched, listed, gate)
    if not fetched.is_text:
        raise Rejected(f"not a page: {fetched.headers['content-type'].partition(';')[0].strip()}")
    # A watched page is read whatever it says: that it no longer speaks of a tie may be the news.
    if page.kind is not PageKind.WATCH and not gate(fetched.body):
        return replace(page, gated=True)
    return _read_html(page, fetched, listed)


def _kind(source: Source, is_pdf: bool) -> PageKind:
    if source.spider is SpiderName.WATCH:
        return PageKind.WATCH
    return PageKind.MINUTES if is_pdf and source.kind is PageKind.ARTICLE else source.kind


def _read_html(page: Page, fetched: Fetched, listed: Listed) -> Page:
    html = decode_html(fetched.body, fetched.headers.get("content-type"))
    tree = parse_html(html)
    title = (title_of(tree) if tree is not None else "") or listed.title
    watched = page.kind is PageKind.WATCH
    text = listing_text(html) if watched else main_text(html, title)
    if not text:
        raise Rejected("no text")
    day = published(tree, html, fetched.url, listed, fetched.at.date(), from_prose=not watched)
    return _with_text(page, title, text, day)


def _read_pdf(page: Page, fetched: Fetched, listed: Listed, gate: Gate) -> Page:
    document = pdf_text(fetched.body)
    if not document.text:
        raise Rejected("pdf without text layer")
    # Its bytes are compressed, so the gate is asked about the words.
    if page.kind is not PageKind.WATCH and not gate(document.text.encode()):
        return replace(page, gated=True)
    title = listed.title or document.title or document.text.partition("\n")[0][:200]
    return _with_text(page, title, document.text, _pdf_date(fetched, listed))


def _pdf_date(fetched: Fetched, listed: Listed) -> Published | None:
    """Feed, address, else when the file was put on the server, which for a document says more than for an article."""
    latest = fetched.at.date() + AHEAD
    told = [Published(listed.published, DateSource.FEED, Precision.DAY)] if listed.published else []
    told += url_day(fetched.url)
    if stored := _last_modified(fetched.headers.get("last-modified")):
        told.append(Published(stored, DateSource.HTTP, Precision.DAY))
    return next((one for one in told if EARLIEST <= one.day <= latest), None)


def _last_modified(header: str | None) -> date | None:
    try:
        return parsedate_to_datetime(header).date() if header else None
    except ValueError:
        return None


def _with_text(page: Page, title: str, text: str, day: Published | None) -> Page:
    return replace(
        page,
        title=title,
        text=text,
        text_sha256=text_hash(text),
        language=language_of(text),
        published_at=day.day if day else None,
        date_source=day.source if day else None,
        date_precision=day.precision if day else Precision.UNKNOWN,
    )


def text_hash(text: str) -> str:
    """Equal for texts that differ only in white space and Unicode form."""
    return sha256(" ".join(normalize("NFC", text).split()).encode()).hexdigest()
