"""The tables. Closed vocabularies are strings under a CHECK; times are UTC; every constraint has a name."""

import datetime as dt
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, DateTime, Enum, ForeignKey, Index, MetaData, String, TypeDecorator, UniqueConstraint, text
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from config.vocabulary import Action, DateBasis, DateSource, PageKind, Precision, ReviewState, Stage
from crawler.page import Outcome

# Alembic can only change or drop a constraint that it can name.
NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Utc(TypeDecorator[dt.datetime]):
    """An aware time, kept as UTC; SQLite has no time zones of its own."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        return None if value is None else value.astimezone(dt.UTC)

    def process_result_value(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        return value.replace(tzinfo=dt.UTC) if value is not None and value.tzinfo is None else value


def _closed(vocabulary: type[StrEnum], name: str) -> Enum:
    return Enum(
        vocabulary,
        name=name,
        native_enum=False,
        create_constraint=True,
        length=20,
        values_callable=lambda members: [member.value for member in members],
    )


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads it off the class
        dt.datetime: Utc(),
        dict[str, Any]: JSON(),
        dict[str, int]: JSON(),
        list[str]: JSON(),
        Action: _closed(Action, "action"),
        Stage: _closed(Stage, "stage"),
        Precision: _closed(Precision, "date_precision"),
        DateBasis: _closed(DateBasis, "date_basis"),
        DateSource: _closed(DateSource, "date_source"),
        PageKind: _closed(PageKind, "kind"),
        ReviewState: _closed(ReviewState, "review"),
        Outcome: _closed(Outcome, "outcome"),
    }


class SourceRow(Base):
    """A source that is or was configured; its pages and counts outlive its entry."""

    __tablename__ = "source"

    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    spider: Mapped[str | None]
    city: Mapped[str | None]
    enabled: Mapped[bool]  # false too once its entry is gone


class RunRow(Base):
    __tablename__ = "run"

    id: Mapped[str] = mapped_column(String(24), primary_key=True)  # sorts by time
    trigger: Mapped[str]
    version: Mapped[str]
    started_at: Mapped[dt.datetime]
    finished_at: Mapped[dt.datetime | None]
    ok: Mapped[bool | None]  # None while it runs, and for ever where it was killed
    error: Mapped[str | None]


class StageRow(Base):
    __tablename__ = "run_stage"

    run_id: Mapped[str] = mapped_column(ForeignKey("run.id"), primary_key=True)
    stage: Mapped[str] = mapped_column(primary_key=True)
    counts: Mapped[dict[str, int]]
    errors: Mapped[list[str]]
    started_at: Mapped[dt.datetime]
    finished_at: Mapped[dt.datetime]


class VisitCountRow(Base):
    """How many addresses of a source had an outcome in a run. Sums over outcomes are the addresses listed."""

    __tablename__ = "visit_count"

    run_id: Mapped[str] = mapped_column(ForeignKey("run.id"), primary_key=True)
    source: Mapped[str] = mapped_column(ForeignKey("source.name"), primary_key=True)
    outcome: Mapped[Outcome] = mapped_column(primary_key=True)
    visits: Mapped[int]


class FailureRow(Base):
    """One visit that failed. The others are only counted, since most nights most addresses are unchanged."""

    __tablename__ = "visit_failure"

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[str] = mapped_column(ForeignKey("run.id"), index=True)
    source: Mapped[str] = mapped_column(ForeignKey("source.name"))
    url: Mapped[str]
    reason: Mapped[str]
    at: Mapped[dt.datetime]


class PageRow(Base):
    """One canonical address; the hash and validators are those of the last good fetch."""

    __tablename__ = "page"

    id: Mapped[int] = mapped_column(primary_key=True)
    canonical_url: Mapped[str] = mapped_column(unique=True)
    first_seen: Mapped[dt.datetime]
    last_seen: Mapped[dt.datetime]
    visits: Mapped[int]  # good ones
    body_sha256: Mapped[str] = mapped_column(String(64))
    etag: Mapped[str | None]
    last_modified: Mapped[str | None]


class VersionRow(Base):
    """One Page record. A body that comes back after a change is the version it was before."""

    __tablename__ = "page_version"
    __table_args__ = (UniqueConstraint("page_id", "body_sha256"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    page_id: Mapped[int] = mapped_column(ForeignKey("page.id"))
    url: Mapped[str]
    source: Mapped[str] = mapped_column(ForeignKey("source.name"), index=True)
    fetched_at: Mapped[dt.datetime]
    status: Mapped[int]
    body_sha256: Mapped[str] = mapped_column(String(64))
    kind: Mapped[PageKind]
    title: Mapped[str]
    text: Mapped[str]
    text_sha256: Mapped[str] = mapped_column(String(64))
    language: Mapped[str | None]
    published_at: Mapped[dt.date | None]
    date_source: Mapped[DateSource | None]
    date_precision: Mapped[Precision]
    gated: Mapped[bool]
    quality: Mapped[float]
    quality_reason: Mapped[str]
    etag: Mapped[str | None]
    last_modified: Mapped[str | None]
    archive: Mapped[str | None]


class ReadingRow(Base):
    """What one reader version made of one page version. The mentions of a page's current reading count."""

    __tablename__ = "reading"
    __table_args__ = (
        UniqueConstraint("version_id", "reader_version"),
        Index(
            "uq_reading_current",
            "page_id",
            unique=True,
            sqlite_where=text("current"),
            postgresql_where=text("current"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    page_id: Mapped[int] = mapped_column(ForeignKey("page.id"))
    version_id: Mapped[int] = mapped_column(ForeignKey("page_version.id"))
    reader_version: Mapped[str]
    at: Mapped[dt.datetime]
    note: Mapped[str]
    current: Mapped[bool]


class PairRow(Base):
    """Two parties without order: their keys ascend. A party without a name is a country alone."""

    __tablename__ = "pair"
    __table_args__ = (UniqueConstraint("a_key", "b_key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    a_key: Mapped[str]
    a_geonames_id: Mapped[int | None]
    a_name: Mapped[str | None]
    a_folded: Mapped[str | None] = mapped_column(index=True)
    a_admin1: Mapped[str | None]
    a_country: Mapped[str] = mapped_column(String(2))
    b_key: Mapped[str]
    b_geonames_id: Mapped[int | None]
    b_name: Mapped[str | None]
    b_folded: Mapped[str | None] = mapped_column(index=True)
    b_admin1: Mapped[str | None]
    b_country: Mapped[str] = mapped_column(String(2))


class MentionRow(Base):
    """A TieMention: whole as JSON, and as columns what is asked for."""

    __tablename__ = "mention"

    id: Mapped[int] = mapped_column(primary_key=True)
    reading_id: Mapped[int] = mapped_column(ForeignKey("reading.id", ondelete="CASCADE"), index=True)
    pair_id: Mapped[int] = mapped_column(ForeignKey("pair.id"), index=True)
    key: Mapped[str] = mapped_column(String(16))
    action: Mapped[Action]
    stage: Mapped[Stage]
    date: Mapped[dt.date | None]
    date_precision: Mapped[Precision]
    earliest: Mapped[dt.date | None]
    latest: Mapped[dt.date | None]
    confidence: Mapped[float]
    background: Mapped[bool]
    evidence: Mapped[str]
    mention: Mapped[dict[str, Any]]


class EventRow(Base):
    """One act in the real world. Never deleted: an event whose mentions are gone is retracted."""

    __tablename__ = "event"

    id: Mapped[str] = mapped_column(String(12), primary_key=True)
    pair_id: Mapped[int] = mapped_column(ForeignKey("pair.id"), index=True)
    reversed: Mapped[bool]  # the pair's second party is the acting one
    city_b_resolved_by: Mapped[str | None] = mapped_column(String(20))  # where no text names the other party
    action: Mapped[Action]
    stage: Mapped[Stage]
    date: Mapped[dt.date | None] = mapped_column(index=True)
    date_precision: Mapped[Precision]
    earliest: Mapped[dt.date | None]
    latest: Mapped[dt.date | None]
    date_basis: Mapped[DateBasis | None]
    actor: Mapped[str | None]
    vote: Mapped[str | None]
    evidence: Mapped[str]
    rules: Mapped[list[str]]
    confidence: Mapped[float]
    background: Mapped[bool]
    review: Mapped[ReviewState]
    search: Mapped[str]  # folded words of cities, actor and evidence
    created_at: Mapped[dt.datetime]
    updated_at: Mapped[dt.datetime]
    retracted_at: Mapped[dt.datetime | None]


class EventMentionRow(Base):
    __tablename__ = "event_mention"

    mention_id: Mapped[int] = mapped_column(ForeignKey("mention.id", ondelete="CASCADE"), primary_key=True)
    event_id: Mapped[str] = mapped_column(ForeignKey("event.id"), index=True)
