"""The command line from outside: what it prints, where, and with which exit code."""

# ruff: noqa: E501 - one case a line, messages as they are printed

import csv
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.twinwatch.conftest import Cli

STORY = (
    "DURHAM, N.C. The Durham City Council voted 6-1 on Tuesday to suspend the city's sister city relationship with "
    "Kostroma, Russia. Durham and Kostroma have been sister cities since 1989."
)


def test_help_and_version(cli: Cli) -> None:
    assert "extract" in cli("--help").stdout
    assert re.fullmatch(r"twinwatch \d+\.\d+\.\d+\n", cli("--version").stdout)


@pytest.mark.parametrize(
    ("args", "code", "stderr"),
    [
        (["extract"], 2, "twinwatch: extract: give one FILE, or --input DOCS.JSONL\n  See twinwatch extract --help.\n"),
        (["extract", "a.txt", "--input", "b"], 2, "twinwatch: extract: give one FILE, or --input DOCS.JSONL\n  See twinwatch extract --help.\n"),
        (["extract", "--input", "docs.jsonl"], 2, "twinwatch: extract: --input and --output go together\n  See twinwatch extract --help.\n"),
        (["extract", "--input", "docs.jsonl", "--output", "b", "--title", "T"], 2, "twinwatch: extract: --published and --title are for one FILE\n  Each line of DOCS.JSONL has its own.\n"),
        (["extract", "a.txt", "--published", "soon"], 2, "twinwatch: --published: 'soon' is not a date\n  Write year-month-day, as in 2022-03-18.\n"),
        (["extract", "nowhere.txt"], 1, 'twinwatch: nowhere.txt: cannot be read: No such file or directory\n  Name a text file, or "-".\n'),
        (["extract", "-"], 1, "twinwatch: standard input: holds no text\n"),
        (["evaluate", "nowhere"], 1, "twinwatch: nowhere: is not a folder\n  Give the folder that holds one JSON document a file, or one a line in .jsonl files.\n"),
        (["events", "--since", "2022-13-01"], 2, "twinwatch: --since: '2022-13-01' is not a date\n  Write year-month-day, as in 2022-03-18.\n"),
    ],
)  # fmt: skip
def test_a_mistake_is_one_line_and_a_hint(cli: Cli, args: list[str], code: int, stderr: str) -> None:
    done = cli(*args)
    assert (done.returncode, done.stdout, done.stderr) == (code, "", stderr)


def test_usage_errors_are_typers_own(cli: Cli) -> None:
    done = cli("events", "--action", "explode")
    assert done.returncode == 2
    assert "'establish'" in done.stderr


def test_a_mistake_in_the_settings(cli: Cli) -> None:
    done = cli("doctor", TWINWATCH_NLP__WORKERS="none")
    assert done.returncode == 2
    assert done.stderr.startswith("twinwatch: TWINWATCH_NLP__WORKERS: nlp.workers: Input should be a valid integer")
    assert "Traceback" not in done.stderr


@pytest.mark.usefixtures("data_dir")
def test_extract_prints_a_line_an_event(cli: Cli) -> None:
    done = cli("extract", "-", "--published", "2022-03-18", stdin=STORY)
    assert done.returncode == 0, done.stderr
    (line,) = done.stdout.splitlines()
    assert line.startswith("2022-03-15  Durham, North Carolina, US — Kostroma, RU  suspend enacted")
    assert done.stderr == "1 told as history; --background shows it.\n"


@pytest.mark.usefixtures("data_dir")
def test_extract_as_json(cli: Cli) -> None:
    events = json.loads(cli("extract", "-", "--published", "2022-03-18", "--format", "json", stdin=STORY).stdout)
    assert [(event["action"], event["stage"], event["date"]) for event in events] == [
        ("suspend", "enacted", "2022-03-15")
    ]
    everything = ("extract", "-", "--published", "2022-03-18", "--format", "json", "--background", "--explain")
    events = json.loads(cli(*everything, stdin=STORY).stdout)
    assert sorted((event["action"], event["background"]) for event in events) == [
        ("establish", True),
        ("suspend", False),
    ]
    for event in events:
        assert event["rules"]
        assert all(STORY[span["start"] : span["end"]] == span["text"] for span in event["spans"])


@pytest.mark.usefixtures("data_dir")
def test_many_texts_one_of_them_broken(cli: Cli, tmp_path: Path) -> None:
    story = json.dumps({"id": "a", "published": "2022-03-18", "text": STORY})
    (tmp_path / "docs.jsonl").write_text(f'{story}\nbroken\n{{"id": "b", "text": "The pool opens on Monday."}}\n')
    done = cli("extract", "--input", "docs.jsonl", "--output", "events.jsonl")
    assert done.returncode == 1
    assert done.stdout == ""
    assert "docs.jsonl, line 2: Invalid JSON" in done.stderr
    assert "docs.jsonl: 1 line was left out, all others are done" in done.stderr
    lines = [json.loads(line) for line in (tmp_path / "events.jsonl").read_text().splitlines()]
    assert [line["id"] for line in lines] == ["a", "b"]
    assert {event["background"] for event in lines[0]["events"]} == {True, False}
    assert lines[1]["events"] == []


@pytest.mark.usefixtures("data_dir")
def test_evaluate_a_small_folder(cli: Cli, tmp_path: Path) -> None:
    def event(action: str, date: str, **values: Any) -> dict[str, Any]:
        parties = {
            "city_a": {"name": "Durham", "admin1": "North Carolina", "country": "US"},
            "city_b": {"name": "Kostroma", "admin1": None, "country": "RU"},
        }
        return parties | {"action": action, "stage": "enacted", "date": date, "date_precision": "day"} | values

    events = [event("suspend", "2022-03-15"), event("establish", "1989-01-01", date_precision="year", background=True)]
    gold = {"id": "a", "title": "Durham", "published": "2022-03-18", "text": STORY, "events": events}
    (tmp_path / "gold").mkdir()
    (tmp_path / "gold" / "a.json").write_text(json.dumps(gold))
    figures = json.loads(cli("evaluate", "gold", "--format", "json").stdout)
    assert (figures["stage"], figures["background_recall"]) == (
        {"precision": 1.0, "recall": 1.0, "f1": 1.0, "tp": 1, "fp": 0, "fn": 0, "f1_95": [1.0, 1.0]}, 1.0,
    )  # fmt: skip
    assert (figures["dates_right"], sum(one["events"] for one in figures["calibration"])) == (1.0, 1)
    table = cli("evaluate", "gold", "--errors", "5").stdout
    assert "1 documents, 0 of them negative, 0 negatives flagged; background recall 1.000 (1 of 1)" in table
    assert "stage       1.000   1.000  1.000      1         0       0" in table


@pytest.mark.usefixtures("data_dir")
def test_a_new_database_has_no_events(cli: Cli) -> None:
    assert cli("db", "upgrade").stdout.startswith("empty -> ")
    assert cli("db", "upgrade").stdout.startswith("already at ")
    assert (cli("events").stdout, cli("events").stderr) == ("", "No events fit.\n")
    assert json.loads(cli("events", "--format", "json").stdout) == []
    assert list(csv.DictReader(io.StringIO(cli("events", "--format", "csv").stdout))) == []
    assert cli("runs").stdout == "No run so far. Start one: twinwatch run\n"


def test_no_source_is_no_run(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "sources.toml").write_text("")
    done = cli("run", TWINWATCH_CONFIG=str(tmp_path / "config"))
    assert done.returncode == 2
    assert done.stderr.endswith(
        "no source is enabled\n  docs/adding-a-source.md shows how to add one. To see a night without any: twinwatch run --sample\n"
    )
