"""Runs and their stages."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from crawler.page import Outcome
from store.models import FailureRow, RunRow, StageRow, VisitCountRow


@dataclass(frozen=True, slots=True)
class StageRecord:
    """One stage of a run."""

    stage: str
    counts: dict[str, int]
    errors: tuple[str, ...]
    started_at: datetime
    finished_at: datetime


@dataclass(frozen=True, slots=True)
class RunRecord:
    """One nightly run. `ok` is None while it runs, and stays so where it was killed."""

    id: str
    trigger: str
    version: str
    started_at: datetime
    finished_at: datetime | None
    ok: bool | None
    error: str | None
    stages: tuple[StageRecord, ...]


@dataclass(frozen=True, slots=True)
class Failure:
    """An address that could not be fetched, and why."""

    source: str
    url: str
    reason: str
    at: datetime


def start_run(session: Session, trigger: str, version: str) -> str:
    """The new run's id: its start in UTC and four hexadecimal digits, so that ids sort by time."""
    now = datetime.now(UTC)
    run_id = f"{now:%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"
    session.add(
        RunRow(id=run_id, trigger=trigger, version=version, started_at=now, finished_at=None, ok=None, error=None)
    )
    session.flush()
    return run_id


def finish_stage(
    session: Session,
    run_id: str,
    stage: str,
    counts: Mapping[str, int],
    errors: Sequence[str],
    started_at: datetime,
    finished_at: datetime,
) -> None:
    """Write a stage's figures; a stage that was done again in the same run replaces its earlier ones."""
    session.merge(
        StageRow(
            run_id=run_id,
            stage=stage,
            counts=dict(counts),
            errors=list(errors),
            started_at=started_at,
            finished_at=finished_at,
        )
    )
    session.flush()


def finish_run(session: Session, run_id: str, ok: bool, error: str | None = None) -> None:
    run = session.get_one(RunRow, run_id)
    run.finished_at, run.ok, run.error = datetime.now(UTC), ok, error


def list_runs(session: Session, limit: int) -> list[RunRecord]:
    """The latest runs, newest first; the stages of each in the order they ended."""
    runs = session.scalars(select(RunRow).order_by(RunRow.started_at.desc(), RunRow.id.desc()).limit(limit)).all()
    query = select(StageRow).where(StageRow.run_id.in_([run.id for run in runs])).order_by(StageRow.finished_at)
    stages: dict[str, list[StageRecord]] = {run.id: [] for run in runs}
    for row in session.scalars(query):
        stages[row.run_id].append(
            StageRecord(row.stage, row.counts, tuple(row.errors), row.started_at, row.finished_at)
        )
    return [
        RunRecord(
            run.id,
            run.trigger,
            run.version,
            run.started_at,
            run.finished_at,
            run.ok,
            run.error,
            tuple(stages[run.id]),
        )
        for run in runs
    ]


def visit_counts(session: Session, run_id: str) -> dict[str, dict[Outcome, int]]:
    """By source and outcome, how many addresses a run listed."""
    counts: dict[str, dict[Outcome, int]] = {}
    for row in session.scalars(select(VisitCountRow).where(VisitCountRow.run_id == run_id)):
        counts.setdefault(row.source, {})[row.outcome] = row.visits
    return counts


def failures(session: Session, run_id: str) -> list[Failure]:
    """The visits of a run that failed, in their order."""
    rows = session.scalars(select(FailureRow).where(FailureRow.run_id == run_id).order_by(FailureRow.id))
    return [Failure(row.source, row.url, row.reason, row.at) for row in rows]
