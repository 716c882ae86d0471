"""Pairs of cities without order, and the folding of names for comparison."""

import unicodedata
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from nlp.mention import City
from store.models import PairRow

# letters that carry no separable accent
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"})
_PARTS = str.maketrans({"-": " ", "–": " ", "’": "", "'": "", "ʼ": "", "ʻ": "", ".": ""})


def fold(words: str) -> str:
    """The words without case, accents, apostrophes, full stops and hyphens, one blank between them."""
    decomposed = unicodedata.normalize("NFKD", words.casefold().translate(_LETTERS))
    plain = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return " ".join(plain.translate(_PARTS).split())


def city_key(city: City) -> str:
    """What makes two cities the same: the GeoNames id, else name, admin1 and country; the country where unnamed."""
    if city.name is None:
        return city.country
    if city.geonames_id is not None:
        return f"{city.country}:{city.geonames_id}"
    return f"{city.country}:{fold(city.admin1 or '')}:{fold(city.name)}"


@dataclass(frozen=True, slots=True, order=True)
class PairKey:
    """Two city keys in ascending order."""

    a: str
    b: str

    @classmethod
    def of(cls, one: City, other: City) -> "PairKey":
        return cls(*sorted((city_key(one), city_key(other))))

    @property
    def open(self) -> bool:
        """A party is a country alone."""
        return ":" not in self.a or ":" not in self.b

    @property
    def widened(self) -> tuple["PairKey", ...]:
        """The open pairs that this named one fits: either party by its country alone. None for an open pair."""
        if self.open:
            return ()
        countries = self.a.partition(":")[0], self.b.partition(":")[0]
        return PairKey(*sorted((self.a, countries[1]))), PairKey(*sorted((countries[0], self.b)))


def ensure_pair(session: Session, one: City, other: City) -> PairRow:
    """The pair's row, made where it is new."""
    key = PairKey.of(one, other)
    row = session.scalar(select(PairRow).where(PairRow.a_key == key.a, PairRow.b_key == key.b))
    if row is None:
        a, b = (one, other) if city_key(one) == key.a else (other, one)
        row = PairRow(
            a_key=key.a,
            a_geonames_id=a.geonames_id,
            a_name=a.name,
            a_folded=fold(a.name) if a.name else None,
            a_admin1=a.admin1,
            a_country=a.country,
            b_key=key.b,
            b_geonames_id=b.geonames_id,
            b_name=b.name,
            b_folded=fold(b.name) if b.name else None,
            b_admin1=b.admin1,
            b_country=b.country,
        )
        session.add(row)
        session.flush()
    return row


def cities_of(pair: PairRow, reverse: bool = False) -> tuple[City, City]:
    """The pair's parties, the second one first where `reverse` says so."""
    a = City(pair.a_name, pair.a_admin1, pair.a_country, pair.a_geonames_id)
    b = City(pair.b_name, pair.b_admin1, pair.b_country, pair.b_geonames_id)
    return (b, a) if reverse else (a, b)
