"""Bringing the events into line with the current mentions."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from config.vocabulary import ReviewState
from nlp.mention import mention_from_json
from store.clustering import CurrentMention
from store.drafts import EventDraft, consolidate
from store.matching import StoredEvent, birth_id, match
from store.models import EventMentionRow, EventRow, MentionRow, PairRow, ReadingRow, VersionRow
from store.pairs import PairKey, city_key, ensure_pair, fold


@dataclass(frozen=True, slots=True)
class ConsolidationCounts:
    """What became of the events."""

    new: int = 0
    updated: int = 0
    unchanged: int = 0
    retracted: int = 0


def consolidate_all(session: Session) -> ConsolidationCounts:
    """Bring the events into line with the current mentions.

    An event keeps its id while it shares a mention's words with what is told now, or its dates overlap with that; an
    event without mentions is retracted, and stands again when they come back. A reviewed event keeps its values.
    """
    now = datetime.now(UTC)
    drafts = consolidate(current_mentions(session))
    stored = _stored_events(session)
    kept = match(drafts, stored)
    _unlink(session, drafts, stored, kept)
    pairs = {PairKey(row.a_key, row.b_key): row for row in session.scalars(select(PairRow))}
    taken = {event.row.id for event in stored}
    counts: Counter[str] = Counter()
    links: list[EventMentionRow] = []
    for index, draft in enumerate(drafts):
        pair = pairs.get(draft.pair) or ensure_pair(session, draft.city_a, draft.city_b)
        values = _values(draft, pair)
        if event := kept.get(index):
            counts["updated" if _bring_up(event, draft, values, now) else "unchanged"] += 1
            links += _links(event.row.id, draft, event.mention_ids)
        else:
            event_id = birth_id(draft, taken)
            taken.add(event_id)
            session.add(EventRow(id=event_id, review=ReviewState.PENDING, created_at=now, updated_at=now, **values))
            links += _links(event_id, draft)
            counts["new"] += 1
    matched = {event.row.id for event in kept.values()}
    counts["retracted"] = sum(_retract(event.row, now) for event in stored if event.row.id not in matched)
    session.flush()
    session.add_all(links)
    session.flush()
    return ConsolidationCounts(**counts)


def current_mentions(session: Session) -> list[CurrentMention]:
    """The mentions of every page's current reading."""
    query = (
        select(MentionRow.id, MentionRow.key, VersionRow.text_sha256, VersionRow.body_sha256, MentionRow.mention)
        .join(ReadingRow, ReadingRow.id == MentionRow.reading_id)
        .join(VersionRow, VersionRow.id == ReadingRow.version_id)
        .where(ReadingRow.current)
        .order_by(MentionRow.id)
    )
    return [
        CurrentMention(mention_id, key, text or body, mention_from_json(values))
        for mention_id, key, text, body, values in session.execute(query)
    ]


def _stored_events(session: Session) -> list[StoredEvent]:
    links: defaultdict[str, list[tuple[int, str]]] = defaultdict(list)
    query = select(EventMentionRow.event_id, MentionRow.id, MentionRow.key).join(MentionRow)
    for event_id, mention_id, key in session.execute(query):
        links[event_id].append((mention_id, key))
    rows = session.execute(select(EventRow, PairRow).join(PairRow, PairRow.id == EventRow.pair_id))
    return [
        StoredEvent(
            row,
            PairKey(pair.a_key, pair.b_key),
            frozenset(key for _, key in links[row.id]),
            frozenset(mention_id for mention_id, _ in links[row.id]),
        )
        for row, pair in rows
    ]


def _unlink(
    session: Session,
    drafts: Sequence[EventDraft],
    stored: Sequence[StoredEvent],
    kept: Mapping[int, StoredEvent],
) -> None:
    """Take away the links that no longer hold. A retracted event keeps those by which it can stand again."""
    owned = {item.id for draft in drafts for item in draft.mentions}
    own = {event.row.id: {item.id for item in drafts[index].mentions} for index, event in kept.items()}
    stale: list[int] = []
    for event in stored:
        mine = own.get(event.row.id)
        stale += event.mention_ids & (owned if mine is None else event.mention_ids - mine)
    for start in range(0, len(stale), 500):  # databases bound the number of parameters
        chunk = stale[start : start + 500]
        session.execute(delete(EventMentionRow).where(EventMentionRow.mention_id.in_(chunk)))


def _links(event_id: str, draft: EventDraft, linked: frozenset[int] = frozenset()) -> list[EventMentionRow]:
    return [EventMentionRow(mention_id=item.id, event_id=event_id) for item in draft.mentions if item.id not in linked]


def _bring_up(event: StoredEvent, draft: EventDraft, values: Mapping[str, Any], now: datetime) -> bool:
    """Whether anything about the event is other than before."""
    changed = event.keys != draft.keys
    if event.row.review is ReviewState.PENDING:
        for name, value in values.items():
            if getattr(event.row, name) != value:
                setattr(event.row, name, value)
                changed = True
    if changed:
        event.row.updated_at = now
    return changed


def _retract(row: EventRow, now: datetime) -> bool:
    if row.retracted_at is not None or row.review is not ReviewState.PENDING:
        return False
    row.retracted_at = row.updated_at = now
    return True


def _values(draft: EventDraft, pair: PairRow) -> dict[str, Any]:
    cities = (draft.city_a, draft.city_b)
    words = [city.name or city.country for city in cities] + [draft.actor or "", draft.evidence]
    return {
        "pair_id": pair.id,
        "reversed": city_key(draft.city_a) != pair.a_key,
        "city_b_resolved_by": draft.city_b.resolved_by,
        "action": draft.action,
        "stage": draft.stage,
        "date": draft.date,
        "date_precision": draft.date_precision,
        "earliest": draft.earliest,
        "latest": draft.latest,
        "date_basis": draft.date_basis,
        "actor": draft.actor,
        "vote": draft.vote,
        "evidence": draft.evidence,
        "rules": list(draft.rules),
        "confidence": draft.confidence,
        "background": draft.background,
        "search": fold(" ".join(words)),
        "retracted_at": None,
    }
