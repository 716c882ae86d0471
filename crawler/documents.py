"""Bytes of a PDF -> its text layer in paragraphs."""

import re
from collections import Counter
from dataclasses import dataclass

from pypdfium2 import PdfDocument, PdfiumError

from crawler.refusals import Rejected

MAX_PAGES = 300  # a council packet's minutes stand in front; its exhibits run to thousands
MAX_CHARACTERS = 2_000_000

_PAGE_NUMBER = re.compile(r"^(?:page\s+)?\d{1,4}(?:\s*(?:of|/)\s*\d{1,4})?$", re.IGNORECASE)
_STARTS_ANEW = re.compile(r"^(?:[•▪◦·*–—-]\s|\(?[0-9]{1,3}[.)]\s|\(?[A-Za-z][.)]\s|[IVX]{1,5}\.\s)")
_SENTENCE_END = re.compile(r"[.!?:;][\"'”’)]*$")
# What pdfium makes of a hyphen at a line's end, swallowing the break; be it of "sister-city" or of "sus-pend".
_LINE_END_HYPHEN = re.compile("[\u0002\ufffe](?:\r?\n)?")


@dataclass(frozen=True, slots=True)
class PdfText:
    """The words of a PDF."""

    text: str  # paragraphs parted by a blank line; empty for a scan without a text layer
    title: str  # of its metadata; often empty


def pdf_text(body: bytes) -> PdfText:
    """The text layer of the first MAX_PAGES pages. Raises Rejected for what is no readable PDF."""
    try:
        document = PdfDocument(body)  # type: ignore[no-untyped-call]
    except PdfiumError as error:
        raise Rejected("unreadable pdf") from error
    try:
        pages: list[list[str]] = []
        characters = 0
        for number in range(min(len(document), MAX_PAGES)):
            words = _LINE_END_HYPHEN.sub("-\n", document[number].get_textpage().get_text_bounded())
            pages.append([" ".join(line.split()) for line in words.splitlines()])
            characters += len(words)
            if characters > MAX_CHARACTERS:
                break
        title = str(document.get_metadata_value("Title")).strip()  # type: ignore[no-untyped-call]
    except PdfiumError as error:
        raise Rejected("unreadable pdf") from error
    finally:
        document.close()  # type: ignore[no-untyped-call]
    return PdfText(join_lines(_without_running_heads(pages)), title)


def _without_running_heads(pages: list[list[str]]) -> list[str]:
    """All lines, less page numbers and what stands at the top or foot of most pages."""
    edges = Counter(line for page in pages for line in set(_edge(page)))
    running = {line for line, count in edges.items() if len(pages) >= 3 and count * 2 > len(pages)}
    return [line for page in pages for line in page if line not in running and not _PAGE_NUMBER.match(line)]


def _edge(page: list[str]) -> list[str]:
    filled = [line for line in page if line]
    return filled[:2] + filled[-2:]


def join_lines(lines: list[str]) -> str:
    """Hard-wrapped lines as paragraphs.

    A line ends one when it is blank, or short and ends a sentence or heads a section, or the next starts an item.
    """
    width = max((len(line) for line in lines), default=0)
    words = Counter(re.findall(r"\w+", " ".join(lines).casefold()))
    paragraphs: list[str] = []
    open_line = ""  # the last line of the open paragraph; empty where none is open
    for line in lines:
        if not line:
            open_line = ""
            continue
        if open_line and not _ends_paragraph(open_line, line, width):
            paragraphs[-1] = _join(paragraphs[-1], line, words)
        else:
            paragraphs.append(line)
        open_line = line
    return "\n\n".join(paragraphs)


def _ends_paragraph(line: str, following: str, width: int) -> bool:
    if _STARTS_ANEW.match(following):
        return True
    short = len(line) < 0.75 * width
    if line.isupper() != following.isupper() and short:
        return True
    return short and (bool(_SENTENCE_END.search(line)) or following[:1].isupper()) and not line.endswith((",", "-"))


def _join(paragraph: str, line: str, words: Counter[str]) -> str:
    """A hyphen at a line's end goes when it breaks a word ("sus-pend"), and stays when it parts two ("sister-city").

    It parts two words if the document has the second by itself elsewhere, and nowhere the whole.
    """
    if not re.search(r"\w-$", paragraph):
        return f"{paragraph} {line}"
    head, tail = re.search(r"([^\W\d]+)-$", paragraph), re.match(r"[^\W\d]+", line)
    if not head or not tail or not tail[0].islower():
        return paragraph + line
    whole, second = words[(head[1] + tail[0]).casefold()], words[tail[0].casefold()]
    # The second stands once at this very line break.
    return (paragraph if second > 1 and not whole else paragraph[:-1]) + line
