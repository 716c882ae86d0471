"""The component `twinwatch_cities`: place mentions -> GeoNames cities, with the rest of the page as context.

doc.spans["cities"]: one span a mention, `span._.place` the linked place.
doc.spans["regions"]: countries and states, `span._.regions` what they may stand for.
doc._.unlinked: [(words, reason)], the mentions that were given up and why.
"""

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from spacy.language import Language
from spacy.tokens import Doc, Span

from nlp.fold import fold
from nlp.gazetteer import STATED_ADMIN1, Place, ready_gazetteer
from nlp.places import Region, load_places

Span.set_extension("place", default=None, force=True)
Span.set_extension("regions", default=(), force=True)
Doc.set_extension("unlinked", default=[], force=True)
Doc.set_extension("source_city", default=None, force=True)  # "Des Moines, Iowa, US", as a source states it
Doc.set_extension("title_end", default=0, force=True)  # characters of the headline at the text's start

NOT_A_PLACE = "not a place"
SMALL_ALIAS = 20_000  # people; below this a name that GeoNames lists only as another one is not trusted alone
SMALL = 50_000  # people; below this a single word that English uses otherwise is taken for that word
MAX_NAME_TOKENS = 9  # "Saint-Jean-de-Braye" has seven
JOINERS = frozenset(
    (
        "of on de la le les du des der den am an im bei sur sous upon under del della do da dos das los las "
        "el y e es i nad in the and en van by à aan zum zur ob 's - ’s"
    ).split()
)
HEADS = frozenset(
    (
        "city town village borough township municipality metropolis port capital district county commune "
        "municipal hamlet parish resort suburb ward prefecture"
    ).split()
)


@dataclass(slots=True)
class Candidate:
    """A stretch that the gazetteer knows, before it is linked."""

    start: int  # tokens
    end: int
    places: tuple[Place, ...]
    doubt: str  # why it may be none; empty: its form and surroundings say "place". One in doubt needs a sure namesake
    parent: tuple[Region, ...] = ()  # the region that stands right beside it ("Moscow, Idaho", "Sweden's Luleå")


@Language.factory("twinwatch_cities", assigns=["doc.spans"], requires=["token.tag", "doc.ents"])
def make_cities(nlp: Language, name: str, gazetteer: str, places: str) -> "Cities":
    """Factory. gazetteer: path of the compiled gazetteer, built where missing; places: path of places.toml."""
    lemmatizer: Any = nlp.get_pipe("lemmatizer")
    index = lemmatizer.lookups.get_table("lemma_index")  # WordNet's words by part of speech
    return Cities(Path(gazetteer), Path(places), frozenset().union(*index.values()))


class Cities:
    """Finds and links cities. See the module's docstring for what it leaves on the Doc."""

    def __init__(self, gazetteer: Path, places: Path, english: frozenset[str]) -> None:
        self.gazetteer = ready_gazetteer(gazetteer)
        self.places = load_places(places)
        self.english = english

    def __call__(self, doc: Doc) -> Doc:
        regions = list(self._regions(doc))
        surnames = _surnames(doc)
        taken = {(span.start, span.end) for span in regions if not self._city_too(span)}
        candidates = list(self._candidates(doc, taken, surnames))
        _add_parents(doc, candidates, regions)
        _doubt_neighbours(doc, candidates)
        sure = {fold(doc[c.start : c.end].text) for c in candidates if not c.doubt or c.parent}
        cities = []
        context = _context(doc, regions, self._home(doc), self.places.aliases)
        linked: dict[str, Place] = {}
        unlinked = []
        for candidate in sorted(candidates, key=lambda c: (not c.parent, c.start)):  # explicit parents teach the others
            span = Span(doc, candidate.start, candidate.end, label="CITY")
            if candidate.doubt and not candidate.parent and fold(span.text) not in sure:
                unlinked.append((span.text, candidate.doubt))
                continue
            place = _link(candidate, span, context, linked)
            if place is None:
                unlinked.append((span.text, "no namesake where the text says it lies"))
                continue
            linked.setdefault(fold(span.text), place)
            span._.place = place
            cities.append(span)
        doc._.unlinked = unlinked
        in_city = {token.i for span in cities for token in span}
        doc.spans["cities"] = sorted(cities, key=lambda span: span.start)
        doc.spans["regions"] = [span for span in regions if not in_city.intersection(range(span.start, span.end))]
        return doc

    def _regions(self, doc: Doc) -> Iterator[Span]:
        """Longest matches of country and state names."""
        position = 0
        while position < len(doc):
            if doc[position].text[0].isupper():
                for length in range(min(self.places.longest_region, len(doc) - position), 0, -1):
                    text = doc[position : position + length].text
                    found = self.places.regions.get(text) or self.places.regions.get(_plain_caps(text))
                    if found and not _bare_code(doc, position, text):
                        span = Span(doc, position, position + length, label="REGION")
                        span._.regions = found
                        yield span
                        position += length - 1
                        break
            position += 1

    def _city_too(self, span: Span) -> bool:
        """A state's name that is a large city's as well: New York, Washington, Victoria."""
        if not all(region.admin1 for region in span._.regions) or len(span.text) < 4 or span.text[-1] == ".":
            return False
        return any(place.population > 80_000 for place in self.gazetteer.find(span.text))

    def _candidates(self, doc: Doc, taken: set[tuple[int, int]], surnames: set[str]) -> Iterator[Candidate]:
        """The longest stretch from each capital letter that the gazetteer knows."""
        inside = {token: end for start, end in taken for token in range(start, end)}
        stretches = {
            start: [(end, text) for end, text in _stretches(doc, start) if end > inside.get(start, 0)]
            for start in range(len(doc))
        }
        known = self.gazetteer.find_many(text for found in stretches.values() for _, text in found)
        position = 0
        for start, found in stretches.items():
            if start < position:
                continue
            for end, text in reversed(found):
                if known[text]:
                    position = end
                    doubt = self._doubt(doc, start, end, known[text], surnames)
                    if doubt != NOT_A_PLACE:
                        yield Candidate(start, end, known[text], doubt)
                    break

    def _doubt(self, doc: Doc, start: int, end: int, places: tuple[Place, ...], surnames: set[str]) -> str:
        """Why a stretch may be no place; NOT_A_PLACE where it surely is none, empty where it surely is one."""
        span = doc[start:end]
        words = self.places
        if _marked(doc, start):
            return ""
        if doc[start].lower_ == "the" and not places[0].main:
            return NOT_A_PLACE
        if any(doc[max(0, start - n) : start].text in words.things_before for n in (1, 2, 3)):
            return "part of another name"
        headline = span.end_char <= doc._.title_end
        if not headline and end < len(doc) and doc[end].text in words.not_after:
            return "part of another name"
        if not headline and start and doc[start - 1].text in words.titles:
            return "a person's name"
        folded = fold(span.text)
        placed = start > 0 and doc[start - 1].lower_ in words.prepositions and doc[start].text[0].isupper()
        if _in_person(span) or (not placed and len(span) == 1 and folded in surnames):
            return "a person's name"
        if (
            not places[0].main
            and max(place.population for place in places) < SMALL_ALIAS
            and not any(p.main for p in places)
        ):
            return "an unusual name of a small place"
        if folded in words.never_cities:
            return "a common word" if doc[start].pos_ == "PROPN" and len(folded) > 3 else NOT_A_PLACE
        if len(folded) < 3:
            return NOT_A_PLACE
        if len(span) > 1 or folded not in self.english:
            return ""
        if folded in words.doubtful_cities:
            return "" if placed and doc[start].pos_ == "PROPN" else "a common word"
        known = max((place.population for place in places if place.main), default=places[0].population // 20)
        if known < SMALL and not (placed and doc[start].pos_ == "PROPN" and not span.text.isupper()):
            return "a common word"
        return "" if doc[start].pos_ == "PROPN" or span.ents or placed else "not used as a name"

    def _home(self, doc: Doc) -> Place | None:
        """The city whose page this is, as the source's entry states it: "Des Moines, Iowa, US"."""
        if not doc._.source_city:
            return None
        name, *parents = [part.strip() for part in doc._.source_city.split(",")]
        for place in self.gazetteer.find(name):
            if all(parent in (place.admin1, place.country) for parent in parents):
                return place
        return None


def _plain_caps(text: str) -> str:
    return text.title() if text.isupper() and len(text) > 4 else text


def _bare_code(doc: Doc, position: int, text: str) -> bool:
    """Two capital letters are a state only after a comma: "Norman, OK", not "OK"."""
    if len(text) > 3 or not text.isupper() or text in ("US", "UK", "USA", "UAE", "PRC"):
        return False
    return not (position and doc[position - 1].text == ",")


def _stretches(doc: Doc, start: int) -> Iterator[tuple[int, str]]:
    """Ends and words of every stretch from a capital letter on that could be one name."""
    first = doc[start].text
    if not (first[0].isupper() or (first[0] in "'’ʻ" and first[1:2].isupper())):
        return
    for end in range(start + 1, min(start + MAX_NAME_TOKENS, len(doc)) + 1):
        token = doc[end - 1]
        if token.text[0].isupper() or token.text in ("'", "’", "ʻ") or doc[end - 2 : end - 1].text == "-":
            yield end, doc[start:end].text
        elif token.lower_ not in JOINERS:
            return


def _marked(doc: Doc, start: int) -> str | None:
    """The words before a name that make it a city: "the city of", "twinned with"."""
    if start >= 2 and doc[start - 1].lower_ == "of" and doc[start - 2].lower_ in HEADS:
        return "city of"
    return None


def _surnames(doc: Doc) -> set[str]:
    return {
        fold(ent[-1].text) for ent in doc.ents if ent.label_ == "PERSON" and len(ent) > 1 and ent[-1].text[0].isupper()
    }


def _in_person(span: Span) -> bool:
    """The name is a part of a person's: spaCy says so and there is more of it than the place's name."""
    ents = [ent for ent in span.doc.ents if ent.start <= span.start and ent.end >= span.end]
    if not ents or ents[0].label_ != "PERSON":
        return False
    beyond = [token for token in ents[0] if token.text[0].isupper() and not span.start <= token.i < span.end]
    return bool(beyond)


def _add_parents(doc: Doc, candidates: list[Candidate], regions: list[Span]) -> None:
    """Note the region beside each candidate: ", Iowa", "(Japan)", ", in Iceland", "Sweden's", "the Russian city of"."""
    starts = {span.start: span for span in regions}
    ends = {span.end: span for span in regions}
    for candidate in candidates:
        at = candidate.end
        while (
            at < len(doc)
            and at - candidate.end < 4
            and doc[at].lower_ in (",", "(", "in", "the", "of", "southern", "northern", "eastern", "western", "central")
        ):
            at += 1
        if at > candidate.end and at in starts and not any(r.adjective for r in starts[at]._.regions):
            candidate.parent = starts[at]._.regions
            continue
        at = candidate.start
        while at > 0 and candidate.start - at < 5 and doc[at - 1].lower_ in ("of", "the", "'s", "’s", *HEADS):
            at -= 1
        if at < candidate.start and at in ends:
            candidate.parent = ends[at]._.regions


def _doubt_neighbours(doc: Doc, candidates: list[Candidate]) -> None:
    """Two names with nothing between them are one name of something else: "Paris Hilton"."""
    for first, second in pairwise(candidates):
        if first.end == second.start and not second.parent and doc[first.start].idx >= doc._.title_end:
            first.doubt = first.doubt or "part of another name"
            second.doubt = second.doubt or "part of another name"


@dataclass(slots=True)
class Context:
    """What the whole page says about where its cities lie."""

    countries: Counter[str]
    states: Counter[str]
    home: Place | None
    aliases: Mapping[str, tuple[str, str]]


def _context(doc: Doc, regions: list[Span], home: Place | None, aliases: Mapping[str, tuple[str, str]]) -> Context:
    countries: Counter[str] = Counter()
    states: Counter[str] = Counter()
    for span in regions:
        for region in span._.regions:
            countries[region.country] += 1
            if region.admin1:
                states[region.admin1] += 1
    if "£" in doc.text:
        countries["GB"] += 1
    return Context(countries, states, home, aliases)


def _link(candidate: Candidate, span: Span, context: Context, linked: dict[str, Place]) -> Place | None:
    """The most likely namesake; None where an explicit parent fits none of them."""
    if candidate.parent:
        fitting = [place for place in candidate.places if any(_lies_in(place, region) for region in candidate.parent)]
        if fitting:
            return max(fitting, key=lambda place: _score(place, span, context))
        if any(region.admin1 for region in candidate.parent):
            return None
    known = linked.get(fold(span.text))
    if known is not None:
        return known
    return max(candidate.places, key=lambda place: _score(place, span, context))


def _lies_in(place: Place, region: Region) -> bool:
    return place.country == region.country and region.admin1 in (None, place.admin1)


def _score(place: Place, span: Span, context: Context) -> float:
    """Log-odds-like weight of a namesake."""
    score = 1.2 * math.log10(place.population + 300)
    score += 1.5 if place.main else 0.0
    score += 0.5 if place.name == span.text else 0.0
    score += 3.0 if context.aliases.get(fold(span.text)) == (place.name, place.country) else 0.0
    score += min(1.8, 0.9 * context.countries[place.country])
    if place.country in STATED_ADMIN1:
        score += min(3.0, 1.5 * context.states[place.admin1])
    if context.home is not None:
        score += 6.0 if context.home.id == place.id else 0.5 if context.home.country == place.country else 0.0
    return score
