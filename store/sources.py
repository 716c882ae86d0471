"""The configured sources, and how each fared when it was last crawled."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from config.sources import Source
from crawler.page import Outcome
from store.models import SourceRow, VisitCountRow


@dataclass(frozen=True, slots=True)
class SourceRecord:
    """A source and the figures of the last run that visited it."""

    name: str
    spider: str | None  # None where it was crawled without ever being configured
    city: str | None
    enabled: bool
    last_run: str | None = None
    counts: dict[Outcome, int] = field(default_factory=dict)


def sync_sources(session: Session, sources: Sequence[Source], complete: bool = True) -> None:
    """Make the table agree with the configuration.

    complete: these are all sources there are; one that is no longer among them is kept, disabled.
    """
    stored = {row.name: row for row in session.scalars(select(SourceRow))}
    for source in sources:
        row = stored.pop(source.name, None)
        if row is None:
            row = SourceRow(name=source.name)
            session.add(row)
        row.spider, row.city, row.enabled = source.spider.value, source.city, source.enabled
    for gone in stored.values() if complete else ():
        gone.enabled = False


def list_sources(session: Session) -> list[SourceRecord]:
    """All sources by name."""
    last = (
        select(VisitCountRow.source, func.max(VisitCountRow.run_id).label("run_id"))
        .group_by(VisitCountRow.source)
        .subquery()
    )
    query = select(VisitCountRow).join(
        last, (last.c.source == VisitCountRow.source) & (last.c.run_id == VisitCountRow.run_id)
    )
    runs: dict[str, str] = {}
    counts: defaultdict[str, dict[Outcome, int]] = defaultdict(dict)
    for row in session.scalars(query):
        runs[row.source] = row.run_id
        counts[row.source][row.outcome] = row.visits
    return [
        SourceRecord(row.name, row.spider, row.city, row.enabled, runs.get(row.name), counts[row.name])
        for row in session.scalars(select(SourceRow).order_by(SourceRow.name))
    ]
