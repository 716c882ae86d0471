"""Page versions that wait to be read, and what was read out of them."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime

from sqlalchemy import and_, delete, select, update
from sqlalchemy.orm import Session

from crawler.page import Page
from nlp.mention import TieMention, mention_to_json
from store.models import MentionRow, PageRow, ReadingRow, SourceRow, VersionRow
from store.pairs import ensure_pair, fold


@dataclass(frozen=True, slots=True)
class StoredPage:
    """A page version and whose page it is."""

    id: int  # of the version
    page: Page
    city: str | None


def unread(session: Session, reader_version: str, limit: int) -> list[StoredPage]:
    """The latest versions with text that this reader version has not read, first kept first."""
    query = (
        select(VersionRow, PageRow.canonical_url, SourceRow.city)
        .join(PageRow, and_(PageRow.id == VersionRow.page_id, PageRow.body_sha256 == VersionRow.body_sha256))
        .join(SourceRow, SourceRow.name == VersionRow.source)
        .outerjoin(
            ReadingRow, and_(ReadingRow.version_id == VersionRow.id, ReadingRow.reader_version == reader_version)
        )
        .where(~VersionRow.gated, VersionRow.text != "", ReadingRow.id.is_(None))
        .order_by(VersionRow.id)
        .limit(limit)
    )
    return [
        StoredPage(version.id, _page(version, canonical_url), city)
        for version, canonical_url, city in session.execute(query)
    ]


def save_reading(
    session: Session, version_id: int, reader_version: str, mentions: Sequence[TieMention], note: str = ""
) -> None:
    """Keep what a reader version made of a page version, in place of what it made of it before.

    It becomes the page's current reading, unless the page has a newer version that was read already.
    """
    version = session.get_one(VersionRow, version_id)
    same = (ReadingRow.version_id == version_id, ReadingRow.reader_version == reader_version)
    for earlier in session.scalars(select(ReadingRow.id).where(*same)):
        session.execute(delete(MentionRow).where(MentionRow.reading_id == earlier))
        session.execute(delete(ReadingRow).where(ReadingRow.id == earlier))
    current = _is_latest(session, version)
    if current:
        session.execute(update(ReadingRow).where(ReadingRow.page_id == version.page_id).values(current=False))
    reading = ReadingRow(
        page_id=version.page_id,
        version_id=version_id,
        reader_version=reader_version,
        at=datetime.now(UTC),
        note=note,
        current=current,
    )
    session.add(reading)
    session.flush()
    session.add_all(_mention_row(session, mention, reading) for mention in mentions)
    session.flush()


def _is_latest(session: Session, version: VersionRow) -> bool:
    page = session.get_one(PageRow, version.page_id)
    if version.body_sha256 == page.body_sha256:
        return True
    query = select(ReadingRow.version_id).where(ReadingRow.page_id == page.id, ReadingRow.current)
    current = session.scalar(query)
    return current is None or current == version.id


def _mention_row(session: Session, mention: TieMention, reading: ReadingRow) -> MentionRow:
    return MentionRow(
        reading_id=reading.id,
        pair_id=ensure_pair(session, mention.city_a, mention.city_b).id,
        key=_mention_key(mention, reading.page_id),
        action=mention.action,
        stage=mention.stage,
        date=mention.date,
        date_precision=mention.date_precision,
        earliest=mention.earliest,
        latest=mention.latest,
        confidence=mention.confidence,
        background=mention.background,
        evidence=mention.evidence,
        mention=mention_to_json(mention),
    )


def _mention_key(mention: TieMention, page_id: int) -> str:
    """The same for the same words of the same page, so that an event survives a better date or a found partner."""
    told = f"{page_id}|{mention.action}|{mention.stage}|{fold(mention.evidence)}"
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def _page(version: VersionRow, canonical_url: str) -> Page:
    stored = {field.name: getattr(version, field.name) for field in fields(Page) if field.name != "canonical_url"}
    return Page(canonical_url=canonical_url, **stored)
