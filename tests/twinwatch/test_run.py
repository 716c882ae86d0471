"""The nightly cycle on the sample world: real HTTP, a real database, twice."""

import json
import re
import sqlite3
from pathlib import Path

import pytest

from tests.twinwatch.conftest import Cli

TABLES = ("page", "page_version", "reading", "mention", "event")


def counts(database: Path) -> dict[str, int]:
    with sqlite3.connect(database) as db:
        return {table: db.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in TABLES}  # noqa: S608


def outcome_sum(report: str) -> tuple[int, dict[str, int]]:
    line = re.search(r"^Check: (\d+) listed = (.*)\.$", report, re.MULTILINE)
    assert line, report
    return int(line[1]), {name: int(number) for number, name in re.findall(r"(\d+) (\w+)", line[2])}


@pytest.mark.usefixtures("data_dir")
def test_two_runs_on_the_sample(cli: Cli, data_dir: Path) -> None:
    first = cli("run", "--sample")
    assert first.returncode == 0, first.stderr
    listed, outcomes = outcome_sum(first.stdout)
    assert listed == sum(outcomes.values())
    assert outcomes["new"] >= 30
    assert outcomes["failed"] >= 1  # the dead link
    assert "http 404" in first.stdout
    assert "That was the sample world." in first.stdout
    stored = counts(data_dir / "twinwatch.db")
    assert stored["event"] >= 14
    events = json.loads(cli("events", "--background", "--format", "json").stdout)

    second = cli("run", "--sample")
    assert second.returncode == 0, second.stderr
    listed, outcomes = outcome_sum(second.stdout)
    assert listed == sum(outcomes.values())
    assert (outcomes["new"], outcomes["changed"]) == (0, 0)
    assert "Nothing new." in second.stdout
    assert counts(data_dir / "twinwatch.db") == stored
    assert json.loads(cli("events", "--background", "--format", "json").stdout) == events

    runs = cli("runs").stdout.splitlines()
    assert len([line for line in runs if " completed " in line]) == 2


@pytest.mark.usefixtures("data_dir")
def test_a_source_in_error_does_not_fail_the_run(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "sources.toml").write_text(
        '[[source]]\nname = "gone"\nspider = "feed"\nurls = ["http://127.0.0.1:9/rss.xml"]\nallow_private = true\n'
    )
    done = cli("run", TWINWATCH_CONFIG=str(tmp_path / "config"), TWINWATCH_CRAWL__DELAY_SECONDS="0")
    assert done.returncode == 0, done.stderr
    assert "Sources in error" in done.stdout
    assert "gone: " in done.stdout
    assert "http://127.0.0.1:9/rss.xml" in done.stdout


@pytest.mark.usefixtures("data_dir")
def test_a_database_that_is_none_fails_the_run_in_words(cli: Cli, data_dir: Path) -> None:
    (data_dir / "twinwatch.db").write_bytes(b"no database" * 500)
    done = cli("run", "--sample")
    assert done.returncode == 1
    assert done.stderr.startswith(f"twinwatch: {data_dir}/twinwatch.db: file is not a database")
