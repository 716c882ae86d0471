"""The documentation held to the code: words, fields, keys, commands and files that it names."""

import re
import shlex
import tomllib
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest
import typer
from pydantic import BaseModel
from typer.core import TyperGroup

from config.settings import CrawlSettings, NlpSettings, Settings
from config.sources import Source, load_sources
from config.vocabulary import Action, DateBasis, DateSource, PageKind, Precision, ReviewState, SpiderName, Stage
from nlp.mention import City, EvidenceSpan, TieMention
from store.database import VERSION_TABLE
from store.events import EventRecord, PageRef
from store.models import Base
from twinwatch.cli import app
from twinwatch.render import FLAT_COLUMNS, city_json, event_json

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
TEXTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted(DOCS.glob("*.md"))]
COMMAND = typer.main.get_command(app)

DAY = datetime(2022, 3, 9, tzinfo=UTC).date()
PARTNER = City("Krasnodar", None, "RU", 542420, resolved_by="register")
VALUES: dict[str, Any] = {
    "city_a": City("Tallahassee", "Florida", "US", 4174715),
    "city_b": PARTNER,
    "action": Action.SEVER,
    "stage": Stage.ENACTED,
    "date": DAY,
    "date_precision": Precision.DAY,
    "earliest": DAY,
    "latest": DAY,
    "date_basis": DateBasis.TEXT_ABSOLUTE,
    "actor": None,
    "vote": None,
    "evidence": "The council voted to cut the tie.",
    "confidence": 0.9,
    "rules": (),
    "background": False,
}
MENTION = TieMention(**VALUES, spans=(EvidenceSpan("trigger", 21, 24, "cut"),))
PAGE = PageRef("http://gazette.example/a", "A", "gazette", DAY)
EVENT = EventRecord(**VALUES, id="a7cb80ecab01", review=ReviewState.PENDING, pages=(PAGE,), mentions=1)


def section(file: Path, heading: str) -> str:
    """What stands between a heading and the next one."""
    parts = re.split(r"^#+ (.+)$", file.read_text("utf-8"), flags=re.MULTILINE)
    return parts[parts.index(heading) + 1]


def first_column(text: str) -> list[str]:
    """The words in `code font` that open the rows of the tables in a text."""
    return re.findall(r"^\| `([^`]+)`", text, re.MULTILINE)


@pytest.mark.parametrize(
    ("heading", "vocabulary"),
    [
        ("Actions", Action),
        ("Stages", Stage),
        ("Precisions of dates", Precision),
        ("Bases of dates", DateBasis),
        ("Review states", ReviewState),
        ("Kinds of pages", PageKind),
        ("Sources of a page's date", DateSource),
    ],
)
def test_the_codebook_has_the_vocabularies(heading: str, vocabulary: type[StrEnum]) -> None:
    assert first_column(section(DOCS / "codebook.md", heading)) == [member.value for member in vocabulary]


@pytest.mark.parametrize(
    ("heading", "values"),
    [
        ("An event as JSON", event_json(EVENT)),
        ("A party", city_json(PARTNER)),
        ("A page", event_json(EVENT)["pages"][0]),
        ("A span", event_json(MENTION, explain=True)["spans"][0]),
    ],
)
def test_the_codebook_has_the_fields(heading: str, values: dict[str, Any]) -> None:
    assert first_column(section(DOCS / "codebook.md", heading)) == list(values)


def test_the_codebook_tells_stored_fields() -> None:
    text = section(DOCS / "codebook.md", "An event as JSON")
    stored = {
        name for name in first_column(text) if re.search(rf"^\| `{name}` \|[^|]+\| \*stored\*", text, re.MULTILINE)
    }
    assert stored == set(event_json(EVENT)) - set(event_json(MENTION))


def test_the_codebook_has_the_columns() -> None:
    columns, _, _ = section(DOCS / "codebook.md", "An event as CSV").partition("\n\n`rules` and")
    assert re.findall(r"`(\w+)`", columns) == list(FLAT_COLUMNS)


def keys(model: type[BaseModel], prefix: str = "") -> dict[str, Any]:
    return {prefix + name: field.default for name, field in model.model_fields.items()}


def test_operating_has_the_settings_and_their_defaults() -> None:
    simple = {key for key in keys(Settings) if key not in {"config_dir", "data_dir", "crawl", "nlp"}}
    defaults = keys(CrawlSettings, "crawl.") | keys(NlpSettings, "nlp.")
    text = section(DOCS / "operating.md", "Settings")
    told = dict(re.findall(r"^\| `([a-z_.]+)` \| (.+?) \|", text, re.MULTILINE))
    assert set(told) == simple | set(defaults)
    for key, default in defaults.items():
        shown = str(default).lower() if isinstance(default, bool) else str(default)
        assert told[key] == (f"`{shown}`" if shown else "empty"), key


def test_adding_a_source_has_the_keys_and_spiders() -> None:
    file = DOCS / "adding-a-source.md"
    assert first_column(section(file, "The keys")) == list(Source.model_fields)
    assert re.findall(r"^### `(\w+)`", file.read_text("utf-8"), re.MULTILINE) == [spider.value for spider in SpiderName]


def test_the_examples_of_sources_load(tmp_path: Path) -> None:
    """Every spider and every key is among them."""
    text = (DOCS / "adding-a-source.md").read_text("utf-8")
    blocks = re.findall(r"(?:^    .+\n|^\n)+", text, re.MULTILINE)
    entries = "\n".join(line.strip() for block in blocks if "[[source]]" in block for line in block.splitlines())
    (tmp_path / "docs.toml").write_text(entries, "utf-8")
    assert {source.spider for source in load_sources(tmp_path / "docs.toml")} == set(SpiderName)
    assert {key for entry in tomllib.loads(entries)["source"] for key in entry} == set(Source.model_fields)


def test_the_examples_in_the_shipped_sources_load(tmp_path: Path) -> None:
    """With their # signs taken away; an operator's own entries may stand among them."""
    shipped = (ROOT / "config" / "sources.toml").read_text("utf-8")
    (tmp_path / "sources.toml").write_text(
        re.sub(r"^# (?=\[\[source\]\]|\w+ = )", "", shipped, flags=re.MULTILINE), "utf-8"
    )
    assert load_sources(tmp_path / "sources.toml")


def without_output(file: Path) -> str:
    return re.sub(r"<!-- begin: .*?<!-- end: \w+ -->", "", file.read_text("utf-8"), flags=re.DOTALL)


def commands() -> list[tuple[str, str]]:
    """(file, command line) of every `twinwatch ...` in code font or an indented block; printed output is left out."""
    pieces = [
        (file.name, piece)
        for file in TEXTS
        for piece in re.findall(r"`([^`\n]+)`|^(?:    | *\$ )(.+)$", without_output(file), re.MULTILINE)
    ]
    return [
        (name, match[1].strip())
        for name, piece in pieces
        if (match := re.search(r"(?:^|[ /])twinwatch( [a-z-].*)", "".join(piece)))
    ]


@pytest.mark.parametrize(("file", "line"), commands())
def test_commands_in_the_docs_exist(file: str, line: str) -> None:
    command = COMMAND
    words = shlex.split(re.split(r"\s{2,}|[>|#]", line)[0])
    while words and isinstance(command, TyperGroup) and words[0] in command.commands:
        command = command.commands[words.pop(0)]
    assert command is not COMMAND or words[:1] in (["--help"], ["--version"]), f"{file}: twinwatch {line}"
    flags = {flag for parameter in command.params for flag in parameter.opts} | {"--help"}
    assert {word for word in words if word.startswith("--")} <= flags, f"{file}: twinwatch {line}"


def test_the_readme_names_every_command() -> None:
    assert isinstance(COMMAND, TyperGroup)
    text = (ROOT / "README.md").read_text("utf-8")
    assert [name for name in COMMAND.commands if f"twinwatch {name}" not in text] == []


def test_the_makefile_has_the_targets_that_are_named() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    texts = [*TEXTS, ROOT / ".github" / "workflows" / "ci.yml", ROOT / ".pre-commit-config.yaml"]
    named = {
        target
        for file in texts
        for target in re.findall(r"(?:`|^ +|run: )make ([a-z]+)", file.read_text("utf-8"), re.MULTILINE)
    }
    assert named
    assert named <= targets


def paths(text: str) -> set[str]:
    """What looks like a path of this project in code font or in the drawing."""
    top = "config|crawler|nlp|store|twinwatch|tests|benchmarks|docs"
    return set(re.findall(rf"(?<![\w/.])(?:{top})/[\w./-]*\w(?:\.\w+)?|(?<![\w/.])(?:{top})/(?=[`\s])", text))


@pytest.mark.parametrize("file", TEXTS, ids=lambda file: file.name)
def test_files_that_are_named_exist(file: Path) -> None:
    text = re.sub(r"https?://\S+", "", file.read_text("utf-8"))
    links = {str((file.parent / link).resolve().relative_to(ROOT)) for link in re.findall(r"\]\(([\w./-]+)\)", text)}
    made = {"data/"}
    assert {name for name in paths(text) | links if not (ROOT / name).exists()} - made == set()


def test_architecture_has_the_tables() -> None:
    tables = {*Base.metadata.tables, VERSION_TABLE}
    assert set(first_column(section(DOCS / "architecture.md", "The database"))) == tables


def test_architecture_names_what_the_code_has() -> None:
    """Functions and classes named in the drawing and the text are somewhere in the code."""
    text = (DOCS / "architecture.md").read_text("utf-8")
    code = "\n".join(path.read_text("utf-8") for part in ("config", "crawler", "nlp", "store", "twinwatch")
                     for path in (ROOT / part).rglob("*.py"))  # fmt: skip
    defined = set(re.findall(r"^ *(?:async )?(?:def|class) (\w+)", code, re.MULTILINE))
    drawing = section(DOCS / "architecture.md", "One page, from the web to an event")
    named = set(re.findall(r"`([A-Z]\w+|\w+_\w+)`", text)) | set(
        re.findall(r"\b([a-z_]+_[a-z_]+|[A-Z][a-z]+[A-Z]\w+)\b", drawing)
    )
    known = defined | set(CrawlSettings.model_fields)
    components = {"twinwatch_lines", "twinwatch_cities", "twinwatch_ties", "twinwatch_actions", "twinwatch_dates"}
    assert components <= set(re.findall(r'"(twinwatch_\w+)"', code))
    assert named - known - components - {*Base.metadata.tables, VERSION_TABLE} == set()
