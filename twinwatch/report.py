"""A run in words, for the person who reads it in the morning."""

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from crawler.page import Outcome
from twinwatch.tables import print_events, print_rows
from twinwatch.terminal import console

if TYPE_CHECKING:
    from store.runs import RunRecord
    from twinwatch.run import Cycle, Stage

SHOWN_FAILURES = 20
SHOWN_EVENTS = 100


def print_cycle(cycle: "Cycle") -> None:
    stages = {stage.name: stage for stage in cycle.stages}
    _print_pages(cycle, stages["crawl"])
    _print_trouble(cycle)
    _print_reading(stages["extract"], stages["consolidate"])
    _print_new_events(cycle)
    durations = ", ".join(f"{stage.name} {stage.seconds:.1f} s" for stage in cycle.stages)
    print(f"\nRun {cycle.run_id} completed: {durations}.")


def _print_pages(cycle: "Cycle", crawl: "Stage") -> None:
    _heading("Pages")
    rows = [
        (report.source, str(report.listed), *(str(report.outcomes.get(outcome, 0)) for outcome in Outcome))
        for report in cycle.sources
    ]
    rows.append(("total", *(str(crawl.counts[key]) for key in ("listed", *Outcome))))
    print_rows(("source", "listed", *Outcome), rows, right=range(1, 7))
    parts = [crawl.counts[outcome] for outcome in Outcome]
    agree = "=" if crawl.counts["listed"] == sum(parts) else "but"
    sums = " + ".join(f"{number} {outcome}" for number, outcome in zip(parts, Outcome, strict=True))
    print(f"Check: {crawl.counts['listed']} listed {agree} {sums}.")


def _print_trouble(cycle: "Cycle") -> None:
    if broken := [report for report in cycle.sources if report.error]:
        _heading("Sources in error")
        for report in broken:
            print(f"  {report.source}: {report.error}")
    if cycle.failures:
        reasons = Counter(failure.reason for failure in cycle.failures)
        _heading("Failed pages: " + ", ".join(f"{number} {reason}" for reason, number in reasons.most_common()))
        for failure in cycle.failures[:SHOWN_FAILURES]:
            print(f"  {failure.source}: {failure.url}: {failure.reason}")
        if (more := len(cycle.failures) - SHOWN_FAILURES) > 0:
            print(f"  ... and {more} more")


def _print_reading(extract: "Stage", consolidate: "Stage") -> None:
    _heading("Reading")
    read, counts = extract.counts, consolidate.counts
    print(
        f"{read['pages']} pages read: {read['telling']} tell of a tie ({read['mentions']} mentions), "
        f"{read['silent']} do not."
    )
    print("Events: " + ", ".join(f"{number} {name}" for name, number in counts.items()) + ".")


def _print_new_events(cycle: "Cycle") -> None:
    news = [event for event in cycle.new_events if not event.background]
    if not cycle.new_events:
        print("\nNothing new.")
        return
    _heading(f"New events: {len(news)}")
    if news:
        print_events(news[:SHOWN_EVENTS])
    if (more := len(news) - SHOWN_EVENTS) > 0:
        print(f"... and {more} more: twinwatch events")
    if history := len(cycle.new_events) - len(news):
        print(f"Besides, {history} told as history: twinwatch events --background")


def print_runs(runs: "Sequence[RunRecord]") -> None:
    """The last runs, one row each, and what went wrong in them."""
    if not runs:
        print("No run so far. Start one: twinwatch run")
        return
    rows = []
    for run in runs:
        counts = {stage.stage: stage.counts for stage in run.stages}
        state = {True: "completed", False: "failed", None: "not finished"}[run.ok]
        seconds = f"{(run.finished_at - run.started_at).total_seconds():.0f} s" if run.finished_at else ""
        crawl = counts.get("crawl", {})
        figures = (crawl.get("listed"), crawl.get("new"), crawl.get("changed"), crawl.get("failed"))
        events = counts.get("consolidate", {}).get("new")
        cells = ["" if figure is None else str(figure) for figure in (*figures, events)]
        rows.append((run.id, run.trigger, state, seconds, *cells))
    head = ("run", "trigger", "state", "took", "pages", "new", "changed", "failed", "new events")
    print_rows(head, rows, right=range(3, 9))
    for run in runs:
        errors = [f"{stage.stage}: {error}" for stage in run.stages for error in stage.errors]
        told = [run.error] if run.error and not errors else []
        for error in (*told, *errors):
            print(f"{run.id}: {error}")


def _heading(words: str) -> None:
    print()
    console().print(words, style="bold", markup=False, soft_wrap=True)
