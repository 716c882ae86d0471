"""Runs, their stages, and the sources with their last figures."""

from datetime import UTC, datetime, timedelta, tzinfo

import pytest

from config.sources import Source
from config.vocabulary import SpiderName
from crawler.page import Outcome
from store.database import Database
from store.memory import StoreMemory
from store.runs import RunRecord, StageRecord, finish_run, finish_stage, list_runs, start_run
from store.sources import SourceRecord, list_sources, sync_sources
from tests.store.samples import NOON, a_page, a_visit

CRAWL = StageRecord("crawl", {"new": 3, "failed": 1}, ("herald: timeout",), NOON, NOON + timedelta(minutes=4))
READ = StageRecord("extract", {"read": 3}, (), NOON + timedelta(minutes=4), NOON + timedelta(minutes=5))


class Clock(datetime):
    current: "Clock"

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> "Clock":
        return cls.current


Clock.current = Clock(2026, 3, 2, 2, 30, tzinfo=UTC)


def test_a_run_from_start_to_end(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("store.runs.datetime", Clock)
    with db.write() as session:
        run_id = start_run(session, "schedule", "0.1.0")
        for stage in (READ, CRAWL):
            finish_stage(session, run_id, stage.stage, stage.counts, stage.errors, stage.started_at, stage.finished_at)
        finish_run(session, run_id, ok=False, error="disk full")
    with db.read() as session:
        assert list_runs(session, 10) == [
            RunRecord(
                run_id, "schedule", "0.1.0", Clock.current, Clock.current, False, "disk full", stages=(CRAWL, READ)
            )
        ]
    assert run_id.startswith("20260302-023000-")


def test_a_run_that_goes_on_has_no_verdict(db: Database, run_id: str) -> None:
    with db.read() as session:
        (run,) = list_runs(session, 10)
    assert (run.id, run.finished_at, run.ok, run.stages) == (run_id, None, None, ())


def test_a_stage_done_again_replaces_its_figures(db: Database, run_id: str) -> None:
    with db.write() as session:
        for counts in ({"new": 1}, {"new": 2}):
            finish_stage(session, run_id, "crawl", counts, [], NOON, NOON)
    with db.read() as session:
        assert [stage.counts for stage in list_runs(session, 1)[0].stages] == [{"new": 2}]


def test_runs_come_newest_first(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("store.runs.datetime", Clock)
    started = []
    for night in range(3):
        monkeypatch.setattr(Clock, "current", Clock(2026, 3, 2 + night, 2, 30, tzinfo=UTC))
        with db.write() as session:
            started.append(start_run(session, "schedule", "0.1.0"))
    assert sorted(started) == started
    with db.read() as session:
        assert [run.id for run in list_runs(session, 2)] == [started[2], started[1]]


def a_source(name: str, city: str | None = None, enabled: bool = True) -> Source:
    return Source(name=name, spider=SpiderName.FEED, urls=("https://gazette.example/rss",), city=city, enabled=enabled)


def test_sources_follow_the_configuration(db: Database) -> None:
    with db.write() as session:
        sync_sources(session, [a_source("gazette"), a_source("herald", enabled=False)])
    with db.write() as session:
        sync_sources(session, [a_source("gazette", city="Dallas, Texas, US"), a_source("ledger")])
    with db.read() as session:
        assert list_sources(session) == [
            SourceRecord("gazette", "feed", "Dallas, Texas, US", enabled=True),
            SourceRecord("herald", "feed", None, enabled=False),
            SourceRecord("ledger", "feed", None, enabled=True),
        ]


def test_sources_show_the_run_that_last_visited_them(db: Database, run_id: str, memory: StoreMemory) -> None:
    memory.keep(a_visit(a_page("one")))
    memory.keep(a_visit(a_page("two"), Outcome.FAILED, bare=True))
    with db.read() as session:
        assert list_sources(session) == [
            SourceRecord("gazette", None, None, True, run_id, {Outcome.NEW: 1, Outcome.FAILED: 1})
        ]
