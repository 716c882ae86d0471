"""Countries, states and what is no city: config/places.toml, ready for look-up."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from config.files import read_toml
from nlp.fold import fold


@dataclass(frozen=True, slots=True)
class Region:
    """A country, or a state or province of one. admin1 is the full name of the state, else None."""

    country: str  # ISO 3166-1 alpha-2
    admin1: str | None = None
    adjective: bool = False  # "Russian", not "Russia"


@dataclass(frozen=True, slots=True)
class Places:
    """The word lists of places.toml. Keys of `regions` are written as in the text; `folded` ones by nlp.fold."""

    regions: Mapping[str, tuple[Region, ...]]
    longest_region: int  # tokens
    never_cities: frozenset[str]
    doubtful_cities: frozenset[str]
    prepositions: frozenset[str]
    aliases: Mapping[str, tuple[str, str]]  # folded name -> GeoNames name, country
    not_after: frozenset[str]
    titles: frozenset[str]
    things_before: frozenset[str]
    marks: Mapping[str, frozenset[str]]  # word in lower case -> countries whose pages use it


def load_places(path: Path) -> Places:
    """Read places.toml. Raises ConfigError for a missing or broken file."""
    table = read_toml(path)
    regions: dict[str, list[Region]] = {}

    def add(name: str, region: Region) -> None:
        regions.setdefault(name, []).append(region)

    for adjective, section in ((False, "country_names"), (True, "country_adjectives")):
        for country, names in table[section].items():
            for name in names:
                add(name, Region(country, adjective=adjective))
    for country, states in table["states"].items():
        for state, abbreviations in states.items():
            for name in (state, *abbreviations):
                add(name, Region(country, state))
    marks: dict[str, set[str]] = {}
    for country, words in table["country_marks"].items():
        for word in words:
            marks.setdefault(word, set()).add(country)
    return Places(
        regions={name: tuple(found) for name, found in regions.items()},
        longest_region=max(len(name.split()) for name in regions) + 2,
        never_cities=frozenset(table["not_cities"]["never"]),
        doubtful_cities=frozenset(table["not_cities"]["doubtful"]),
        prepositions=frozenset(table["not_cities"]["prepositions"]),
        aliases={fold(alias): (name, country) for alias, (name, country) in table["aliases"].items()},
        not_after=frozenset(table["not_after"]["words"]),
        titles=frozenset(table["not_before"]["titles"]),
        things_before=frozenset(table["not_before"]["things"]),
        marks={word: frozenset(countries) for word, countries in marks.items()},
    )
