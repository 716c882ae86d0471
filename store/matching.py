"""Which stored event each draft continues, so that ids last. Pure."""

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from store.clustering import TOLERANCE_DAYS, Interval
from store.drafts import EventDraft
from store.models import EventRow
from store.pairs import PairKey


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """An event as it stands, with the keys and ids of the mentions that it was last built from."""

    row: EventRow
    pair: PairKey
    keys: frozenset[str]
    mention_ids: frozenset[int]


def match(drafts: Sequence[EventDraft], stored: Sequence[StoredEvent]) -> dict[int, StoredEvent]:
    """For drafts, by their index, the event that each continues: one for one, the closest first."""
    by_pair: defaultdict[PairKey, list[StoredEvent]] = defaultdict(list)
    by_open_pair: defaultdict[PairKey, list[StoredEvent]] = defaultdict(list)
    for event in stored:
        by_pair[event.pair].append(event)
        for pair in event.pair.widened:
            by_open_pair[pair].append(event)
    ranked = [
        (closeness, event.row.id, index, event)
        for index, draft in enumerate(drafts)
        for near in (by_pair[draft.pair], by_open_pair[draft.pair], *(by_pair[pair] for pair in draft.pair.widened))
        for event in near
        if (closeness := _closeness(draft, event))
    ]
    kept: dict[int, StoredEvent] = {}
    used: set[str] = set()
    for _, event_id, index, event in sorted(ranked, key=lambda item: ([-part for part in item[0]], item[1:3])):
        if index not in kept and event_id not in used:
            kept[index] = event
            used.add(event_id)
    return kept


def _closeness(draft: EventDraft, event: StoredEvent) -> tuple[int, ...] | None:
    """How much speaks for a draft and an event being one; None where nothing does."""
    if (draft.action, draft.stage) != (event.row.action, event.row.stage):
        return None
    shared = len(draft.keys & event.keys)
    dates, known = _interval(draft), _interval(event.row)
    overlap = dates.meets(known) if dates and known else dates is known
    if not shared and not overlap:
        return None
    alive = event.row.retracted_at is None
    return (
        int(draft.pair == event.pair),
        int(alive),
        shared,
        int(draft.background == event.row.background),
        int(overlap),
        int(draft.date == event.row.date),
    )


def _interval(event: EventDraft | EventRow) -> Interval | None:
    if event.earliest is None or event.latest is None:
        return None
    return Interval(event.earliest, event.latest, TOLERANCE_DAYS.get(event.date_precision, 0))


def birth_id(draft: EventDraft, taken: set[str]) -> str:
    """An id that no event has or had: 12 hexadecimal digits of a hash of what the event first was."""
    born = f"{draft.pair.a}|{draft.pair.b}|{draft.action}|{draft.stage}|{draft.date}"
    attempt = 0
    while (found := hashlib.sha256(f"{born}|{attempt}".encode()).hexdigest()[:12]) in taken:
        attempt += 1
    return found
