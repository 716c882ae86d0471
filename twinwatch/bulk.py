"""Reading many texts from one JSON-lines file into another."""

import json
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from nlp.mention import Document, Reading
from twinwatch.files import written_whole
from twinwatch.render import event_json
from twinwatch.terminal import progress
from twinwatch.texts import BrokenLine, read_lines


class TextReader(Protocol):
    """What reads documents, in order; nlp.reader.Reader does."""

    def read_many(self, documents: Iterable[Document], workers: int = 1) -> Iterator[Reading]: ...


@dataclass(frozen=True, slots=True)
class Bulk:
    """What became of a file of texts."""

    documents: int
    events: int
    broken: tuple[BrokenLine, ...]
    seconds: float


def extract_lines(reader: TextReader, source: Path, target: Path, workers: int) -> Bulk:
    """Write {"id", "events"} for each text of `source`, in its order; broken lines are left out and told.

    Raises InputError or OutputError; `target` is then as it was.
    """
    broken: list[BrokenLine] = []
    started = time.monotonic()
    documents = events = 0
    with written_whole(target) as output, progress("reading texts", _count_lines(source)) as bar:
        for reading in reader.read_many(_sound(source, broken), workers):
            line = {"id": reading.document_id, "events": [event_json(mention) for mention in reading.mentions]}
            output.write(json.dumps(line, ensure_ascii=False) + "\n")
            documents += 1
            events += len(reading.mentions)
            bar.advance()
    return Bulk(documents, events, tuple(broken), time.monotonic() - started)


def _sound(source: Path, broken: list[BrokenLine]) -> Iterator[Document]:
    for item in read_lines(source):
        if isinstance(item, BrokenLine):
            broken.append(item)
        else:
            yield item


def _count_lines(source: Path) -> int:
    """How many lines a regular file has; 0 for a pipe, which can be read but once, or no file."""
    if not source.is_file():
        return 0
    with source.open("rb") as lines:
        return sum(1 for _ in lines)
