"""What a crawl tells: progress while it runs, one report for each source at its end."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from crawler.page import Outcome


class Step(StrEnum):
    """What a progress event tells."""

    STARTED = "started"
    LISTED = "listed"
    VISITED = "visited"
    FINISHED = "finished"


@dataclass(frozen=True, slots=True)
class Progress:
    """One thing that happened to one source."""

    source: str
    step: Step
    at: datetime  # UTC
    url: str = ""
    outcome: Outcome | None = None  # with visited
    reason: str = ""  # why a visit failed; with finished: why the source as a whole did


@dataclass(frozen=True, slots=True)
class SourceReport:
    """What became of one source. Always: listed == sum(outcomes.values())."""

    source: str
    started_at: datetime  # UTC
    finished_at: datetime  # UTC
    outcomes: dict[Outcome, int]
    reasons: dict[str, int]  # failed visits by reason
    listed: int
    error: str | None = None  # the source as a whole failed, in words that a person can act on


@dataclass(slots=True)
class Tally:
    """The running count of one source, kept by the process that asked for the crawl, so that it outlives the child."""

    source: str
    started_at: datetime
    listed: int = 0
    outcomes: Counter[Outcome] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    finished_at: datetime | None = None
    error: str | None = None

    def note(self, event: Progress) -> None:
        match event.step:
            case Step.STARTED:
                self.started_at = event.at
            case Step.LISTED:
                self.listed += 1
            case Step.VISITED if event.outcome:
                self.outcomes[event.outcome] += 1
                if event.outcome is Outcome.FAILED:
                    self.reasons[event.reason] += 1
            case Step.FINISHED:
                self.finished_at, self.error = event.at, event.reason or None

    def report(self, now: datetime, otherwise: str) -> SourceReport:
        """The report; `otherwise` is the error of a source that never came to its end."""
        outcomes, reasons = Counter(self.outcomes), Counter(self.reasons)
        if lost := self.listed - outcomes.total():
            outcomes[Outcome.FAILED] += lost
            reasons["crawl ended early"] += lost
        return SourceReport(
            source=self.source,
            started_at=self.started_at,
            finished_at=self.finished_at or now,
            outcomes=dict(outcomes),
            reasons=dict(reasons),
            listed=self.listed,
            error=self.error if self.finished_at else otherwise,
        )
