"""From mentions to drafts of events. Pure: the same mentions give the same drafts in whatever order they come."""

import datetime as dt
import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from config.vocabulary import Action, DateBasis, Precision, Stage
from nlp.mention import City
from store.clustering import PRECISIONS, Cluster, CurrentMention, cluster, interval_of, precision_of, sort_key
from store.pairs import PairKey

MAX_CONFIDENCE = 0.99  # no number of witnesses makes a machine's reading certain


@dataclass(frozen=True, slots=True)
class EventDraft:
    """One act as its mentions tell it, before it has an id."""

    city_a: City  # the acting city where the texts tell
    city_b: City
    action: Action
    stage: Stage
    date: dt.date | None
    date_precision: Precision
    earliest: dt.date | None
    latest: dt.date | None
    date_basis: DateBasis | None
    actor: str | None
    vote: str | None
    evidence: str
    rules: tuple[str, ...]
    confidence: float
    background: bool
    mentions: tuple[CurrentMention, ...]

    @property
    def pair(self) -> PairKey:
        return PairKey.of(self.city_a, self.city_b)

    @property
    def keys(self) -> frozenset[str]:
        return frozenset(item.key for item in self.mentions)


def consolidate(mentions: Sequence[CurrentMention]) -> list[EventDraft]:
    """The acts that the mentions tell of. Pure, and independent of their order."""
    return [_draft(found) for found in cluster(mentions)]


def _draft(found: Cluster) -> EventDraft:
    items = sorted(found.members, key=sort_key)
    # news before history; a partner named before one filled in by the register, and that before none
    best_first = sorted(items, key=_worth)
    best = best_first[0].mention
    dated = min(best_first, key=lambda item: PRECISIONS.index(precision_of(item.mention))).mention
    interval = interval_of(dated)
    return EventDraft(
        city_a=best.city_a,
        city_b=best.city_b,
        action=found.action,
        stage=found.stage,
        date=dated.date,
        date_precision=precision_of(dated),
        earliest=interval.start if interval else None,
        latest=interval.end if interval else None,
        date_basis=dated.date_basis if interval else None,
        actor=_stated(item.mention.actor for item in best_first),
        vote=_stated(item.mention.vote for item in best_first),
        evidence=best.evidence,
        rules=best.rules,
        confidence=_combined(items),
        background=found.background,
        mentions=tuple(items),
    )


def _worth(item: CurrentMention) -> tuple[bool, bool, bool, float]:
    mention = item.mention
    return mention.background, item.pair.open, mention.city_b.resolved_by is not None, -mention.confidence


def _stated(values: Iterable[str | None]) -> str | None:
    return next((value for value in values if value), None)


def _combined(items: Sequence[CurrentMention]) -> float:
    """Noisy-or over distinct texts: the chance that not every witness is wrong. A reprint is no second witness."""
    by_text: dict[str, float] = defaultdict(float)
    for item in items:
        by_text[item.text_sha256] = max(by_text[item.text_sha256], item.mention.confidence)
    all_wrong = math.prod(1 - confidence for confidence in sorted(by_text.values()))
    return round(min(MAX_CONFIDENCE, 1 - all_wrong), 4)
