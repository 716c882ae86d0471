"""The nightly cycle: crawl, extract, consolidate, report; each stage recorded with counts that balance."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version

from config.settings import Settings
from config.sources import Source
from crawler.page import Outcome
from crawler.process import crawl
from crawler.report import Progress, SourceReport, Step
from nlp.gate import may_speak_of_tie
from nlp.mention import Document
from nlp.reader import Reader
from store.consolidation import consolidate_all
from store.database import Database
from store.events import EventFilter, EventRecord, find_events
from store.memory import open_memory
from store.pages import StoredPage, save_reading, unread
from store.runs import Failure, failures, finish_run, finish_stage, start_run
from store.sources import sync_sources
from twinwatch.terminal import Bar, progress

# pages handed to the reader at once: enough to make starting its workers worth while, few enough to hold in memory
BATCH = 2000
SAMPLE = "sample"  # the trigger of a run on the bundled sample, whose sources are not the operator's


@dataclass(slots=True)
class Stage:
    """One stage: what it counted, what went wrong, how long it took."""

    name: str
    started_at: datetime
    finished_at: datetime | None = None
    counts: dict[str, int] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)

    @property
    def seconds(self) -> float:
        return ((self.finished_at or datetime.now(UTC)) - self.started_at).total_seconds()


@dataclass(slots=True)
class Cycle:
    """One nightly run and all that its report tells."""

    run_id: str
    stages: list[Stage] = field(default_factory=list)
    sources: list[SourceReport] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    new_events: list[EventRecord] = field(default_factory=list)


def run_cycle(settings: Settings, sources: Sequence[Source], trigger: str) -> Cycle:
    """Crawl, extract and consolidate once. A source that fails is told, not raised.

    Raises StoreError for a database that cannot be used, and whatever breaks a stage; the run is recorded as failed.
    """
    database = Database.open(settings.database_url)
    try:
        with database.write() as session:
            sync_sources(session, sources, complete=trigger != SAMPLE)
            cycle = Cycle(start_run(session, trigger, version("twinwatch")))
        try:
            _crawl(cycle, database, settings, sources)
            _extract(cycle, database, settings)
            known = {event.id for event in _all_events(database)}
            _consolidate(cycle, database)
            _report(cycle, database, known)
        except BaseException as error:
            with database.write() as session:
                finish_run(session, cycle.run_id, ok=False, error=_in_words(error))
            raise
        with database.write() as session:
            finish_run(session, cycle.run_id, ok=True)
    finally:
        database.close()
    return cycle


def _crawl(cycle: Cycle, database: Database, settings: Settings, sources: Sequence[Source]) -> None:
    with _stage(cycle, database, "crawl") as (stage, bar):
        memory = partial(open_memory, settings.database_url, cycle.run_id)
        cycle.sources = crawl(sources, settings.crawl, memory, may_speak_of_tie, partial(_show_crawl, bar))
        stage.counts = {"listed": sum(report.listed for report in cycle.sources)}
        for outcome in Outcome:
            stage.counts[outcome.value] = sum(report.outcomes.get(outcome, 0) for report in cycle.sources)
        stage.errors = [f"{report.source}: {report.error}" for report in cycle.sources if report.error]
        stage.errors += [
            f"{report.source}: {report.listed} addresses listed, {sum(report.outcomes.values())} accounted for"
            for report in cycle.sources
            if report.listed != sum(report.outcomes.values())
        ]
        with database.read() as session:
            cycle.failures = failures(session, cycle.run_id)


def _show_crawl(bar: Bar, event: Progress) -> None:
    match event.step:
        case Step.LISTED:
            bar.expect(1)
        case Step.VISITED:
            bar.advance()


def _extract(cycle: Cycle, database: Database, settings: Settings) -> None:
    with _stage(cycle, database, "extract") as (stage, bar):
        reader = Reader(settings)
        stage.counts = {"pages": 0, "telling": 0, "silent": 0, "mentions": 0}
        while batch := _next_batch(database, reader.version):
            bar.expect(len(batch))
            readings = reader.read_many(map(_document, batch), settings.nlp.workers)
            for stored, reading in zip(batch, readings, strict=True):
                with database.write() as session:
                    save_reading(session, stored.id, reader.version, reading.mentions, reading.note)
                stage.counts["pages"] += 1
                stage.counts["telling" if reading.mentions else "silent"] += 1
                stage.counts["mentions"] += len(reading.mentions)
                bar.advance()


def _next_batch(database: Database, reader_version: str) -> list[StoredPage]:
    with database.read() as session:
        return unread(session, reader_version, BATCH)


def _document(stored: StoredPage) -> Document:
    page = stored.page
    return Document(str(stored.id), page.text, page.title, page.published_at, page.url, stored.city, page.kind)


def _consolidate(cycle: Cycle, database: Database) -> None:
    with _stage(cycle, database, "consolidate") as (stage, _), database.write() as session:
        stage.counts = asdict(consolidate_all(session))


def _report(cycle: Cycle, database: Database, known: set[str]) -> None:
    with _stage(cycle, database, "report") as (stage, _):
        cycle.new_events = [event for event in _all_events(database) if event.id not in known]
        history = sum(event.background for event in cycle.new_events)
        stage.counts = {"news": len(cycle.new_events) - history, "history": history}


def _all_events(database: Database) -> list[EventRecord]:
    with database.read() as session:
        return find_events(session, EventFilter(include_background=True, limit=None))


@contextmanager
def _stage(cycle: Cycle, database: Database, name: str) -> Iterator[tuple[Stage, Bar]]:
    """A stage of the cycle, timed and recorded however it ends."""
    stage = Stage(name, datetime.now(UTC))
    cycle.stages.append(stage)
    try:
        with progress(name) as bar:
            yield stage, bar
    except BaseException as error:
        stage.errors.append(_in_words(error))
        raise
    finally:
        stage.finished_at = datetime.now(UTC)
        with database.write() as session:
            finish_stage(session, cycle.run_id, name, stage.counts, stage.errors, stage.started_at, stage.finished_at)


def _in_words(error: BaseException) -> str:
    return "interrupted" if isinstance(error, KeyboardInterrupt) else str(error) or type(error).__name__
