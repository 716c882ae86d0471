"""Annotated documents, and when two names mean one city."""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from config.errors import TwinwatchError
from config.vocabulary import Action, Precision, Stage
from nlp.fold import fold
from nlp.gazetteer import Gazetteer
from nlp.mention import City, Document, TieMention


class GoldError(TwinwatchError):
    """Annotated documents that cannot be used."""


@dataclass(frozen=True, slots=True)
class Party:
    """One side of an event as scoring sees it; no names where only the country is known."""

    names: tuple[str, ...]
    admin1: str | None
    country: str


@dataclass(frozen=True, slots=True)
class Act:
    """An event as scoring sees it, annotated or predicted."""

    city_a: Party
    city_b: Party
    action: Action
    stage: Stage
    date: dt.date | None
    date_precision: Precision
    evidence: str = ""
    background: bool = False
    confidence: float = 0.0
    rules: tuple[str, ...] = ()
    retold: tuple[str, ...] = ()  # words of other sentences that tell the same act


SameCity = Callable[[Party, Party], bool]


class _Row(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class _GoldCity(_Row):
    name: str | None
    admin1: str | None = None
    country: str
    alt: tuple[str, ...] = ()

    def party(self) -> Party:
        return Party((self.name, *self.alt) if self.name is not None else (), self.admin1, self.country.upper())


class _GoldEvent(_Row):
    city_a: _GoldCity
    city_b: _GoldCity
    action: Action
    stage: Stage
    date: dt.date | None = None
    date_precision: Precision = Precision.UNKNOWN
    evidence: str = ""
    background: bool = False
    retold: tuple[str, ...] = ()

    def act(self) -> Act:
        return Act(
            self.city_a.party(), self.city_b.party(), self.action, self.stage, self.date, self.date_precision,
            self.evidence, self.background, retold=self.retold,
        )  # fmt: skip


class GoldDocument(_Row):
    """One annotated document. Keys beyond these are notes of the annotators."""

    id: str
    text: str
    title: str = ""
    published: dt.date | None = None
    url: str | None = None
    events: tuple[_GoldEvent, ...] = ()

    @property
    def acts(self) -> tuple[Act, ...]:
        return tuple(event.act() for event in self.events)

    def document(self) -> Document:
        return Document(self.id, self.text, self.title, self.published, self.url)


def load_gold(folder: Path) -> list[GoldDocument]:
    """The annotated documents of a folder and those below it: .json files of one, .jsonl files of one a line.

    Raises GoldError naming the file that is wrong.
    """
    if not folder.is_dir():
        raise GoldError(f"{folder}: is not a folder", NO_FOLDER)
    documents = list(_parsed(folder))
    if not documents:
        raise GoldError(f"{folder}: holds no .json or .jsonl documents", NO_FOLDER)
    return documents


NO_FOLDER = "Give the folder that holds one JSON document a file, or one a line in .jsonl files."


def _parsed(folder: Path) -> Iterator[GoldDocument]:
    seen: dict[str, str] = {}
    for path, text in _texts(folder):
        try:
            document = GoldDocument.model_validate_json(text)
        except ValidationError as error:
            first = error.errors()[0]
            key = ".".join(str(part) for part in first["loc"])
            raise GoldError(f"{path}: {key}: {first['msg']}" if key else f"{path}: {first['msg']}") from None
        if document.id in seen:
            raise GoldError(f"{path}: the id {document.id} is that of {seen[document.id]} too", "Give it another id.")
        seen[document.id] = path
        yield document


def _texts(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Where every document stands, and its JSON."""
    for path in sorted((*folder.rglob("*.json"), *folder.rglob("*.jsonl"))):
        try:
            content = path.read_bytes()
        except OSError as error:
            raise GoldError(f"{path}: cannot be read: {error.strerror}") from None
        if path.suffix == ".json":
            yield str(path), content
        else:
            for number, line in enumerate(content.split(b"\n"), start=1):
                if line.strip():
                    yield f"{path}, line {number}", line


def act_of(mention: TieMention) -> Act:
    return Act(
        _party(mention.city_a), _party(mention.city_b), mention.action, mention.stage, mention.date,
        mention.date_precision, mention.evidence, mention.background, round(mention.confidence, 3), mention.rules,
    )  # fmt: skip


def _party(city: City) -> Party:
    return Party((city.name,) if city.name is not None else (), city.admin1, city.country.upper())


def same_city_by(gazetteer: Gazetteer) -> SameCity:
    """Whether a predicted party is the annotated one.

    It is where the country is the same, GeoNames gives both names to one place, and no two states or provinces
    disagree. Where the annotation knows the country only, any city in it will do.
    """

    @cache
    def names_of(name: str, country: str) -> frozenset[str]:
        mains = {_key(place.name) for place in gazetteer.find(_plain(name)) if place.country == country}
        return frozenset(mains | {_key(name)})

    def same(gold: Party, predicted: Party) -> bool:
        if gold.country != predicted.country:
            return False
        if not gold.names:
            return True
        pairs = ((a, b) for a in gold.names for b in predicted.names)
        if not any(names_of(a, gold.country) & names_of(b, gold.country) for a, b in pairs):
            return False
        return not (gold.admin1 and predicted.admin1) or _key(gold.admin1) == _key(predicted.admin1)

    return same


def _plain(name: str) -> str:
    return fold(name).removeprefix("city of ").removeprefix("greater ")


def _key(name: str) -> str:
    return "".join(ch for ch in _plain(name) if ch.isalnum())
