# ruff: noqa: E501 - one case a line, messages as they are printed

import json
from datetime import date
from pathlib import Path

import pytest

from nlp.mention import Document
from twinwatch.texts import BrokenLine, InputError, read_lines, read_text


@pytest.mark.parametrize(
    ("content", "published", "text", "expected"),
    [
        ("The council met.", None, "The council met.", None),
        ("The council met.", date(2022, 3, 1), "The council met.", date(2022, 3, 1)),
        (" date 2022-03-18 The council met.", None, "The council met.", date(2022, 3, 18)),
        ("date 2022-03-18\nThe council met.\n", None, "The council met.\n", date(2022, 3, 18)),
        (" date 2022-03-18 The council met.", date(2022, 3, 1), "The council met.", date(2022, 3, 1)),
        ("The date 2022-03-18 was set.", None, "The date 2022-03-18 was set.", None),
        ("\ufeffThe council met.", None, "The council met.", None),
    ],
)
def test_a_text_and_its_date(
    tmp_path: Path, content: str, published: date | None, text: str, expected: date | None
) -> None:
    file = tmp_path / "a.txt"
    file.write_text(content, "utf-8")
    document = read_text(str(file), published)
    assert (document.text, document.published) == (text, expected)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "holds no text"),
        (b" \n\t\n", "holds no text"),
        (b" date 2022-03-18 \n", "holds no text"),
        (b"%PDF-1.7\0\1\2", "is not text"),
        (b"M\xfcnster", "is not UTF-8 text (byte 1)"),
        (b"date 2022-02-30 The council met.", "begins with the date 2022-02-30, which no calendar has"),
    ],
)
def test_what_is_no_text_is_told(tmp_path: Path, content: bytes, problem: str) -> None:
    file = tmp_path / "a.txt"
    file.write_bytes(content)
    with pytest.raises(InputError) as raised:
        read_text(str(file))
    assert str(raised.value) == f"{file}: {problem}"


@pytest.mark.parametrize(("name", "problem"), [("nowhere.txt", "No such file or directory"), (".", "Is a directory")])
def test_a_file_that_cannot_be_read(tmp_path: Path, name: str, problem: str) -> None:
    with pytest.raises(InputError, match=f"cannot be read: {problem}"):
        read_text(str(tmp_path / name))


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ('{"id": "a", "title": "T", "published": "2022-03-18", "text": "x"}', Document("a", "x", "T", date(2022, 3, 18))),
        ('{"id": 7, "text": "x", "url": "http://a.example/", "published": null}', Document("7", "x", url="http://a.example/")),
        ('{"id": "a", "text": "x", "events": [], "title": null}', Document("a", "x")),
        ("{", BrokenLine(1, "Invalid JSON: EOF while parsing an object at column 1")),
        ('{"id": "a"}', BrokenLine(1, "text is missing")),
        ('{"id": "a", "text": " "}', BrokenLine(1, "text is empty")),
        ('{"id": "a", "text": "x", "published": "soon"}', BrokenLine(1, "published: Input should be a valid date or datetime, input is too short")),
        ("[]", BrokenLine(1, "Input should be an object")),
    ],
)  # fmt: skip
def test_a_line_of_documents(tmp_path: Path, line: str, expected: Document | BrokenLine) -> None:
    file = tmp_path / "docs.jsonl"
    file.write_text(line)
    assert list(read_lines(file)) == [expected]


def test_lines_are_numbered_as_an_editor_does(tmp_path: Path) -> None:
    file = tmp_path / "docs.jsonl"
    file.write_text("\n" + json.dumps({"id": "a", "text": "x"}) + "\n\nno\n")
    first, second = read_lines(file)
    assert isinstance(first, Document)
    assert isinstance(second, BrokenLine)
    assert second.number == 4
