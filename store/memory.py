"""The crawler's memory, kept in the database."""

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from crawler.memory import Known
from crawler.page import Outcome, Page, Visit
from store.database import Database, StoreError
from store.models import FailureRow, PageRow, ReadingRow, RunRow, SourceRow, VersionRow, VisitCountRow

_GOOD = frozenset({Outcome.NEW, Outcome.CHANGED, Outcome.UNCHANGED})
# what a version copies from its Page as it stands
_COPIED = tuple(
    column.key for column in VersionRow.__table__.columns if column.key not in {"id", "page_id", "canonical_url"}
)


class StoreMemory:
    """Fulfils crawler.memory.Memory for one run."""

    def __init__(self, database: Database, run_id: str) -> None:
        self._database = database
        self._run_id = run_id
        self._sources: set[str] = set()

    def known(self, canonical_url: str) -> Known | None:
        with self._database.read() as session:
            row = _page(session, canonical_url)
            if row is None:
                return None
            return Known(row.canonical_url, row.first_seen, row.visits, row.body_sha256, row.etag, row.last_modified)

    def keep(self, visit: Visit) -> None:
        """One transaction: the count, and with it the failure, or the page and its version."""
        with self._database.write() as session:
            if visit.source not in self._sources:
                _ensure_source(session, visit.source)
            _count(session, self._run_id, visit)
            if visit.outcome is Outcome.FAILED:
                session.add(
                    FailureRow(
                        run_id=self._run_id, source=visit.source, url=visit.url, reason=visit.reason, at=visit.at
                    )
                )
            elif visit.outcome in _GOOD:
                _keep_page(session, visit)
        self._sources.add(visit.source)

    def close(self) -> None:
        self._database.close()


def open_memory(url: str, run_id: str) -> StoreMemory:
    """The memory for a run that was started; a crawl in a process of its own is handed this function.

    Raises StoreError where the database cannot be opened or has no such run.
    """
    database = Database.open(url)
    with database.read() as session:
        run = session.get(RunRow, run_id)
    if run is None:
        database.close()
        raise StoreError(f"run {run_id}: not in the database", "A crawl needs a run that was started.")
    return StoreMemory(database, run_id)


def _page(session: Session, canonical_url: str) -> PageRow | None:
    return session.scalar(select(PageRow).where(PageRow.canonical_url == canonical_url))


def _ensure_source(session: Session, name: str) -> None:
    if session.get(SourceRow, name) is None:
        session.add(SourceRow(name=name, spider=None, city=None, enabled=True))
        session.flush()


def _count(session: Session, run_id: str, visit: Visit) -> None:
    row = session.get(VisitCountRow, (run_id, visit.source, visit.outcome))
    if row is None:
        session.add(VisitCountRow(run_id=run_id, source=visit.source, outcome=visit.outcome, visits=1))
    else:
        row.visits += 1


def _keep_page(session: Session, visit: Visit) -> None:
    row = _page(session, visit.canonical_url)
    if row is None:
        if visit.page is None:  # an address is only remembered with a body
            return
        row = PageRow(canonical_url=visit.canonical_url, first_seen=visit.at, visits=0)
        session.add(row)
    row.last_seen = visit.at
    row.visits += 1
    if visit.page is not None:
        row.body_sha256, row.etag, row.last_modified = (
            visit.page.body_sha256,
            visit.page.etag,
            visit.page.last_modified,
        )
        session.flush()
        _keep_version(session, row.id, visit.page)


def _keep_version(session: Session, page_id: int, page: Page) -> None:
    same = (VersionRow.page_id == page_id, VersionRow.body_sha256 == page.body_sha256)
    version_id = session.scalar(select(VersionRow.id).where(*same))
    if version_id is None:
        session.add(VersionRow(page_id=page_id, **{name: getattr(page, name) for name in _COPIED}))
    else:
        _read_again(session, page_id, version_id)


def _read_again(session: Session, page_id: int, version_id: int) -> None:
    """A page that went back to an earlier body says again what that body said."""
    newest = select(ReadingRow.id).where(ReadingRow.version_id == version_id).order_by(ReadingRow.id.desc()).limit(1)
    reading_id = session.scalar(newest)
    if reading_id is not None:
        session.execute(update(ReadingRow).where(ReadingRow.page_id == page_id).values(current=False))
        session.execute(update(ReadingRow).where(ReadingRow.id == reading_id).values(current=True))
