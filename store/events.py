"""Asking for events."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeVarTuple

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from config.vocabulary import Action, DateBasis, Precision, ReviewState, Stage
from nlp.mention import City
from store.models import EventMentionRow, EventRow, MentionRow, PageRow, PairRow, ReadingRow, VersionRow
from store.pairs import cities_of, fold

Row = TypeVarTuple("Row")


@dataclass(frozen=True, slots=True)
class EventFilter:
    """What to ask for; what is None does not matter."""

    city: str | None = None  # either party's name, whole or its first words, in any case and accents
    country: str | None = None  # either party's, ISO 3166-1 alpha-2
    action: Action | None = None
    stage: Stage | None = None
    since: dt.date | None = None  # the event may have happened on or after it
    until: dt.date | None = None  # the event may have happened on or before it
    min_confidence: float | None = None
    review: ReviewState | None = None
    source: str | None = None  # has a mention on a page of this source
    include_background: bool = False  # also what was only told as history
    text: str | None = None  # words of evidence, actor or cities, as they stand together
    limit: int | None = None
    offset: int = 0


@dataclass(frozen=True, slots=True)
class PageRef:
    """A page that tells of an event."""

    url: str
    title: str
    source: str
    published_at: dt.date | None


@dataclass(frozen=True, slots=True)
class EventRecord:
    """An event as it stands, with the pages that tell of it."""

    id: str
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
    confidence: float
    background: bool
    review: ReviewState
    rules: tuple[str, ...]
    pages: tuple[PageRef, ...]  # in order of publication
    mentions: int


def find_events(session: Session, wanted: EventFilter) -> list[EventRecord]:
    """The events that stand and fit, newest first, those of unknown date last."""
    query = (
        _filtered(select(EventRow, PairRow), wanted)
        .order_by(EventRow.date.desc().nulls_last(), EventRow.id)
        .limit(wanted.limit)
        .offset(wanted.offset)
    )
    found = session.execute(query).all()
    pages, mentions = _witnesses(session, [event.id for event, _ in found])
    return [_record(event, pair, pages[event.id], mentions[event.id]) for event, pair in found]


def count_events(session: Session, wanted: EventFilter) -> int:
    """How many events stand and fit, whatever the limit."""
    return session.scalars(_filtered(select(func.count(EventRow.id)), wanted)).one()


def _filtered(query: Select[*Row], wanted: EventFilter) -> Select[*Row]:
    conditions: list[ColumnElement[bool]] = [EventRow.retracted_at.is_(None)]
    if wanted.city is not None:
        conditions.append(or_(_named(PairRow.a_folded, wanted.city), _named(PairRow.b_folded, wanted.city)))
    if wanted.country is not None:
        country = wanted.country.upper()
        conditions.append(or_(PairRow.a_country == country, PairRow.b_country == country))
    if wanted.action is not None:
        conditions.append(EventRow.action == wanted.action)
    if wanted.stage is not None:
        conditions.append(EventRow.stage == wanted.stage)
    if wanted.since is not None:
        conditions.append(EventRow.latest >= wanted.since)
    if wanted.until is not None:
        conditions.append(EventRow.earliest <= wanted.until)
    if wanted.min_confidence is not None:
        conditions.append(EventRow.confidence >= wanted.min_confidence)
    if wanted.review is not None:
        conditions.append(EventRow.review == wanted.review)
    if wanted.source is not None:
        conditions.append(_told_by(wanted.source))
    if not wanted.include_background:
        conditions.append(~EventRow.background)
    if wanted.text is not None:
        conditions.append(EventRow.search.contains(fold(wanted.text), autoescape=True))
    return query.join(PairRow, PairRow.id == EventRow.pair_id).where(and_(*conditions))


def _named(folded: InstrumentedAttribute[str | None], city: str) -> ColumnElement[bool]:
    name = fold(city)
    return or_(folded == name, folded.startswith(f"{name} ", autoescape=True))


def _told_by(source: str) -> ColumnElement[bool]:
    return exists().where(
        EventMentionRow.event_id == EventRow.id,
        MentionRow.id == EventMentionRow.mention_id,
        ReadingRow.id == MentionRow.reading_id,
        VersionRow.id == ReadingRow.version_id,
        VersionRow.source == source,
    )


def _witnesses(session: Session, events: Sequence[str]) -> tuple[dict[str, list[PageRef]], dict[str, int]]:
    """By event, the pages and the number of mentions."""
    pages: defaultdict[str, dict[str, PageRef]] = defaultdict(dict)
    mentions: defaultdict[str, int] = defaultdict(int)
    for start in range(0, len(events), 500):  # databases bound the number of parameters
        query = (
            select(
                EventMentionRow.event_id,
                PageRow.canonical_url,
                VersionRow.title,
                VersionRow.source,
                VersionRow.published_at,
            )
            .join(MentionRow, MentionRow.id == EventMentionRow.mention_id)
            .join(ReadingRow, ReadingRow.id == MentionRow.reading_id)
            .join(VersionRow, VersionRow.id == ReadingRow.version_id)
            .join(PageRow, PageRow.id == VersionRow.page_id)
            .where(EventMentionRow.event_id.in_(events[start : start + 500]))
            .order_by(VersionRow.published_at.asc().nulls_last(), PageRow.canonical_url)
        )
        for event_id, url, title, source, published_at in session.execute(query):
            pages[event_id].setdefault(url, PageRef(url, title, source, published_at))
            mentions[event_id] += 1
    return defaultdict(list, {event_id: list(refs.values()) for event_id, refs in pages.items()}), mentions


def _record(event: EventRow, pair: PairRow, pages: Sequence[PageRef], mentions: int) -> EventRecord:
    city_a, city_b = cities_of(pair, event.reversed)
    if event.city_b_resolved_by:
        city_b = replace(city_b, resolved_by=event.city_b_resolved_by)
    return EventRecord(
        id=event.id,
        city_a=city_a,
        city_b=city_b,
        action=event.action,
        stage=event.stage,
        date=event.date,
        date_precision=event.date_precision,
        earliest=event.earliest,
        latest=event.latest,
        date_basis=event.date_basis,
        actor=event.actor,
        vote=event.vote,
        evidence=event.evidence,
        confidence=event.confidence,
        background=event.background,
        review=event.review,
        rules=tuple(event.rules),
        pages=tuple(pages),
        mentions=mentions,
    )
