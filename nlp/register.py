"""The register of known ties, resolved to GeoNames.

It helps to choose a pair, and names a partner of whom a text tells only the country.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from config.errors import ConfigError
from nlp.gazetteer import Gazetteer, Place, ready_gazetteer
from nlp.mention import City, TieMention

COLUMNS = ("city_a", "admin1_a", "country_a", "city_b", "country_b", "since")


@dataclass(frozen=True, slots=True)
class ResolvedRegister:
    """Known ties by GeoNames id."""

    pairs: frozenset[frozenset[int]]
    partners: Mapping[tuple[int, str], Place | None]  # (city, country) -> its only partner there; None where several

    def resolve(self, mention: TieMention) -> TieMention:
        """The mention with an unnamed partner filled in, marked so, where the register knows exactly one."""
        if mention.city_b.name is None and mention.city_a.geonames_id is not None:
            partner = self.partners.get((mention.city_a.geonames_id, mention.city_b.country))
            if partner is not None:
                named = City(partner.name, None, partner.country, partner.geonames_id, resolved_by="register")
                return replace(mention, city_b=named)
        return mention


def load_register(path: Path, gazetteer_path: Path) -> ResolvedRegister:
    """Read register.csv. Rows whose cities GeoNames lacks are passed over; raises ConfigError for a broken file."""
    gazetteer = ready_gazetteer(gazetteer_path)
    pairs: set[frozenset[int]] = set()
    partners: dict[tuple[int, str], Place | None] = {}
    try:
        with path.open(newline="", encoding="utf-8") as file:
            rows = csv.DictReader(file)
            if missing := set(COLUMNS) - set(rows.fieldnames or ()):
                raise ConfigError(f"{path}: column {sorted(missing)[0]} is missing", f"Columns: {', '.join(COLUMNS)}")
            for row in rows:
                a = _place(gazetteer, row["city_a"], row["country_a"], row["admin1_a"])
                b = _place(gazetteer, row["city_b"], row["country_b"], "")
                if a is None or b is None:
                    continue
                pairs.add(frozenset((a.id, b.id)))
                for city, partner in ((a, b), (b, a)):
                    key = (city.id, partner.country)
                    partners[key] = partner if partners.get(key, partner) == partner else None
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from None
    return ResolvedRegister(frozenset(pairs), partners)


def _place(gazetteer: Gazetteer, name: str, country: str, admin1: str) -> Place | None:
    found = [place for place in gazetteer.find(name) if place.country == country and admin1 in ("", place.admin1)]
    return max(found, key=lambda place: (place.main, place.population), default=None)
