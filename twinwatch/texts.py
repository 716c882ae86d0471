"""Texts that a person hands in: one file, standard input, or many as JSON lines."""

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from config.errors import TwinwatchError
from nlp.mention import Document

# the marker that a text may begin with, as clippings saved with their date do
_LEADING_DATE = re.compile(r"\s*date (\d{4}-\d{2}-\d{2})\b[ \t]*\n?")


class InputError(TwinwatchError):
    """A text that cannot be read."""


class TextLine(BaseModel):
    """One line of docs.jsonl. Keys beyond these are let be, so that annotated documents can be fed in as they are."""

    model_config = ConfigDict(extra="ignore", coerce_numbers_to_str=True)

    id: str
    text: str
    title: str | None = None
    published: date | None = None
    url: str | None = None

    def document(self) -> Document:
        return Document(id=self.id, text=self.text, title=self.title or "", published=self.published, url=self.url)


@dataclass(frozen=True, slots=True)
class BrokenLine:
    """A line of docs.jsonl that is no document."""

    number: int  # from 1
    problem: str


def read_text(name: str, published: date | None = None, title: str = "") -> Document:
    """The text of a file, or of standard input for "-". Raises InputError where there is none.

    A leading "date 2022-03-18" is dropped; it is the publication date where none is given.
    """
    label = "standard input" if name == "-" else name
    text = _decode(_bytes(name), label)
    if marker := _LEADING_DATE.match(text):
        try:
            stated = date.fromisoformat(marker[1])
        except ValueError:
            raise InputError(f"{label}: begins with the date {marker[1]}, which no calendar has") from None
        text, published = text[marker.end() :], published or stated
    if not text.strip():
        raise InputError(f"{label}: holds no text")
    return Document(id=label, text=text, title=title, published=published)


def read_lines(path: Path) -> Iterator[Document | BrokenLine]:
    """The documents of a docs.jsonl, in order, one line in memory at a time. Raises InputError for no such file."""
    try:
        with path.open("rb") as lines:
            for number, line in enumerate(lines, 1):
                if line.strip():
                    yield _parse_line(line, number)
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from None


def _bytes(name: str) -> bytes:
    if name == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(name).read_bytes()
    except OSError as error:
        raise InputError(f"{name}: cannot be read: {error.strerror}", 'Name a text file, or "-".') from None


def _decode(data: bytes, label: str) -> str:
    hint = "Save it as plain text in UTF-8; of a PDF or Word file, copy the text."
    if b"\0" in data[:8192]:
        raise InputError(f"{label}: is not text", hint)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{label}: is not UTF-8 text (byte {error.start})", hint) from None


def _parse_line(line: bytes, number: int) -> Document | BrokenLine:
    try:
        document = TextLine.model_validate_json(line).document()
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        message = re.sub(r" at line 1 column (\d+)$", r" at column \1", first["msg"])
        if first["type"] == "missing":
            return BrokenLine(number, f"{key} is missing")
        return BrokenLine(number, f"{key}: {message}" if key else message)
    if not document.text.strip():
        return BrokenLine(number, "text is empty")
    return document
