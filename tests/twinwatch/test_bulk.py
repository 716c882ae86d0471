import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from nlp.mention import Document, Reading, TieMention
from twinwatch.bulk import extract_lines
from twinwatch.texts import InputError


@dataclass
class EchoReader:
    """Finds the same mention in every text but that which says "nothing"."""

    mention: TieMention

    def read_many(self, documents: Iterable[Document], workers: int = 1) -> Iterator[Reading]:
        for document in documents:
            yield Reading(document.id, () if document.text == "nothing" else (self.mention,))


def test_lines_come_out_in_order_and_broken_ones_are_told(tmp_path: Path, severed: TieMention) -> None:
    source, target = tmp_path / "docs.jsonl", tmp_path / "events.jsonl"
    source.write_text('{"id": "b", "text": "x"}\n{broken\n{"id": "a", "text": "nothing"}\n')
    result = extract_lines(EchoReader(severed), source, target, workers=1)
    lines = [json.loads(line) for line in target.read_text().splitlines()]
    assert [(line["id"], len(line["events"])) for line in lines] == [("b", 1), ("a", 0)]
    assert (result.documents, result.events, [broken.number for broken in result.broken]) == (2, 1, [2])


def test_background_events_are_flagged_not_left_out(tmp_path: Path, suspended: TieMention) -> None:
    source, target = tmp_path / "docs.jsonl", tmp_path / "events.jsonl"
    source.write_text('{"id": "a", "text": "x"}\n')
    extract_lines(EchoReader(suspended), source, target, workers=1)
    (event,) = json.loads(target.read_text())["events"]
    assert event["background"] is True


def test_a_missing_input_leaves_the_output_as_it_was(tmp_path: Path, severed: TieMention) -> None:
    target = tmp_path / "events.jsonl"
    target.write_text("old\n")
    with pytest.raises(InputError):
        extract_lines(EchoReader(severed), tmp_path / "nowhere.jsonl", target, workers=1)
    assert target.read_text() == "old\n"
