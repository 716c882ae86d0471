"""The crawl as the application calls it: sources in, one report for each out."""

import logging
import multiprocessing
import signal
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from time import monotonic

from config.settings import CrawlSettings
from config.sources import Source
from crawler.child import TIME_IS_UP, MemoryFactory, Task, work
from crawler.reading import Gate
from crawler.report import Progress, SourceReport, Tally

# After max_minutes the child ends itself, settling what is left; this long after, it is killed.
GRACE_SECONDS = 30.0

__all__ = ["Gate", "MemoryFactory", "Progress", "SourceReport", "crawl"]


def crawl(
    sources: Sequence[Source],
    options: CrawlSettings,
    memory: MemoryFactory,
    gate: Gate,
    progress: Callable[[Progress], None] | None = None,
) -> list[SourceReport]:
    """Crawl the enabled sources in one child process; a report for each, in their order.

    memory and gate travel to the child, so they must be picklable; memory is opened there. A source that fails, and a
    child that dies, are told in the reports, never raised.
    """
    enabled = tuple(source for source in sources if source.enabled)
    if not enabled:
        return []
    started = datetime.now(UTC)
    tallies = {source.name: Tally(source.name, started) for source in enabled}

    def note(event: Progress) -> None:
        tallies[event.source].note(event)
        if progress:
            progress(event)

    log_level = logging.getLogger().getEffectiveLevel()
    ending = _run_child(Task(enabled, options, memory, gate, log_level), note)
    now = datetime.now(UTC)
    return [tally.report(now, ending) for tally in tallies.values()]


def _run_child(task: Task, note: Callable[[Progress], None]) -> str:
    """Run the child to its end, or end it when its time is over. Gives the error of the sources it did not finish."""
    context = multiprocessing.get_context("spawn")
    receiving, sending = context.Pipe(duplex=False)
    child = context.Process(target=work, args=(task, sending), name="twinwatch-crawl", daemon=True)
    child.start()
    sending.close()  # so that the child's end of the pipe is the only one, and its death is seen
    try:
        in_time = _listen(receiving, monotonic() + task.options.max_minutes * 60 + GRACE_SECONDS, note)
        child.join(GRACE_SECONDS)
    finally:
        if child.is_alive():
            child.kill()
            child.join()
        receiving.close()
    return _how_it_ended(child) if in_time else TIME_IS_UP


def _listen(receiving: Connection, deadline: float, note: Callable[[Progress], None]) -> bool:
    """Note what the child tells until it closes its end; False when the deadline came first."""
    while receiving.poll(max(0.0, deadline - monotonic())):
        try:
            event = receiving.recv()
        except EOFError:
            return True
        note(event)
    return False


def _how_it_ended(child: BaseProcess) -> str:
    code = child.exitcode or 0
    if code == 0:
        return "its spider could not be started; the log tells why"
    how = f"was killed ({signal.Signals(-code).name})" if code < 0 else f"failed with exit code {code}"
    return f"the crawl process {how} before this source was finished; the log tells more; the next run asks again"
