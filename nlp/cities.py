"""The component `twinwatch_cities`: place mentions -> GeoNames cities, with the rest of the page as context.

doc.spans["cities"]: one span a mention, `span._.place` the linked place.
doc.spans["regions"]: countries and states, `span._.regions` what they may stand for.
doc._.unlinked: [(words, reason)], the mentions that were given up and why.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any

from spacy.language import Language
from spacy.tokens import Doc, Span

from nlp.fold import fold
from nlp.gazetteer import Place, ready_gazetteer
from nlp.places import Places, Region, load_places

Span.set_extension("place", default=None, force=True)
Span.set_extension("regions", default=(), force=True)
Doc.set_extension("unlinked", default=[], force=True)
Doc.set_extension("source_city", default=None, force=True)  # "Des Moines, Iowa, US", as a source states it
Doc.set_extension("title_end", default=0, force=True)  # characters of the headline at the text's start

NOT_A_PLACE = "not a place"
SMALL_ALIAS = 20_000  # people; below this a name that GeoNames lists only as another one is not trusted alone
SMALL_NOUN = 8_000  # people; below this a noun's place needs more than a capital letter
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
    name: str  # folded
    sentence: int  # first token of its sentence
    doubt: str  # why it may be none; empty: its form and surroundings say "place". One in doubt needs a sure namesake
    parent: tuple[Region, ...] = ()  # the region that stands right beside it ("Moscow, Idaho", "Sweden's Luleå")


@Language.factory("twinwatch_cities", assigns=["doc.spans"], requires=["token.tag", "doc.ents"])
def make_cities(nlp: Language, name: str, gazetteer: str, places: str) -> "Cities":
    """Factory. gazetteer: path of the compiled gazetteer, built where missing; places: path of places.toml."""
    lemmatizer: Any = nlp.get_pipe("lemmatizer")
    index = lemmatizer.lookups.get_table("lemma_index")  # WordNet's words by part of speech; its nouns hold names too
    plain = frozenset().union(*(index[part] for part in ("verb", "adj", "adv")))
    return Cities(Path(gazetteer), Path(places), plain, frozenset(index["noun"]))


class Cities:
    """Finds and links cities. See the module's docstring for what it leaves on the Doc."""

    def __init__(self, gazetteer: Path, places: Path, plain: frozenset[str], nouns: frozenset[str]) -> None:
        self.gazetteer = ready_gazetteer(gazetteer)
        self.places = load_places(places)
        self.plain = plain  # verbs, adjectives and adverbs of English
        self.nouns = nouns

    def __call__(self, doc: Doc) -> Doc:
        regions = list(self._regions(doc))
        sentence_of = list(accumulate((token.i if token.is_sent_start else 0 for token in doc), max))
        surnames = _surnames(doc, self.places.titles)
        taken = {(span.start, span.end) for span in regions if not self._city_too(span)}
        candidates = list(self._candidates(doc, taken, surnames, sentence_of))
        _add_parents(doc, candidates, regions)
        _doubt_neighbours(doc, candidates)
        sure = {candidate.name for candidate in candidates if not candidate.doubt or candidate.parent}
        context = _context(doc, regions, self._home(doc), self.places, sentence_of)
        trusted, unlinked = [], []
        for candidate in candidates:
            if candidate.doubt and not candidate.parent and candidate.name not in sure:
                unlinked.append((doc[candidate.start : candidate.end].text, candidate.doubt))
            else:
                trusted.append(candidate)
        cities = []
        linked: dict[str, Place] = {}
        # what is certain is linked first and teaches the others where the page's cities lie
        certain = {id(candidate): _certainty(candidate, context) for candidate in trusted}
        for candidate in sorted(trusted, key=lambda one: (-certain[id(one)], one.start)):
            place = _link(candidate, context, linked)
            span = Span(doc, candidate.start, candidate.end, label="CITY")
            if place is None:
                unlinked.append((span.text, "no namesake where the text says it lies"))
                continue
            if candidate.name not in linked:
                linked[candidate.name] = place
                context.cities[place.country] += 1
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

    def _candidates(
        self, doc: Doc, taken: set[tuple[int, int]], surnames: set[str], sentence_of: list[int]
    ) -> Iterator[Candidate]:
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
                if known[text] and not _described(doc, start, end, found, known):
                    position = end
                    doubt = self._doubt(doc, start, end, known[text], surnames)
                    if doubt != NOT_A_PLACE:
                        yield Candidate(start, end, known[text], fold(text), sentence_of[start], doubt)
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
        called = any(ent.label_ in ("GPE", "LOC") for ent in span.ents)
        inside = _inside_sentence(doc, start, end)
        if (
            not any(place.main for place in places)
            and max(place.population for place in places) < SMALL_ALIAS
            and not (placed and called)
        ):
            return "an unusual name of a small place"
        if folded in words.never_cities:
            return "a common word" if doc[start].pos_ == "PROPN" and len(folded) > 3 else NOT_A_PLACE
        if len(folded) < 3:
            return NOT_A_PLACE
        if len(span) > 1 or (folded not in self.plain and folded not in self.nouns):
            return ""
        named = doc[start].pos_ == "PROPN" or called or _masthead(doc, start, end)
        if folded in words.doubtful_cities:
            return "" if (placed or _masthead(doc, start, end)) and named else "a common word"
        known = max(place.population if place.main else place.population // 5 for place in places)
        if folded in self.plain and known < SMALL and not (placed and named and not span.text.isupper()):
            return "" if inside and called and named else "a common word"
        if known < SMALL_NOUN and not (named and (placed or inside or called or _masthead(doc, start, end))):
            return "a common word"
        return "" if named or placed or (known >= SMALL and folded not in self.plain) else "not used as a name"

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


def _marked(doc: Doc, start: int) -> bool:
    """Whether the words before a name make it a city: "the city of"."""
    return start >= 2 and doc[start - 1].lower_ == "of" and doc[start - 2].lower_ in HEADS


def _surnames(doc: Doc, titles: frozenset[str]) -> set[str]:
    """Last words of persons' names: those that spaCy sees, and what follows a title ("Councilman Demetrius Oakes")."""
    found = {
        fold(ent[-1].text) for ent in doc.ents if ent.label_ == "PERSON" and len(ent) > 1 and ent[-1].text[0].isupper()
    }
    for token in doc[:-1]:
        if token.text in titles:
            names = []
            for other in doc[token.i + 1 : token.i + 5]:
                if not (other.text[0].isupper() and (other.is_alpha or "." in other.text or "-" in other.text)):
                    break
                names.append(other)
            if len(names) > 1 or (names and token.text not in ("Mayor", "President")):
                found.add(fold(names[-1].text))
    return found


def _in_person(span: Span) -> bool:
    """The name is a part of a person's: spaCy says so and there is more of it, on its line, than the place's name."""
    ents = [ent for ent in span.doc.ents if ent.start <= span.start and ent.end >= span.end]
    if not ents or ents[0].label_ != "PERSON" or not all(token.is_alpha or token.text in ".'’-" for token in ents[0]):
        return False
    beyond = [
        token
        for token in ents[0]
        if token.text[0].isupper()
        and not span.start <= token.i < span.end
        and not token.is_stop
        and token.lower_ not in HEADS
        and token.lower_ not in BODIES
    ]
    return bool(beyond)


BODIES = frozenset("council shire city hall board local society committee assembly herald news chamber rural".split())


def _described(
    doc: Doc, start: int, end: int, found: list[tuple[int, str]], known: Mapping[str, tuple[Place, ...]]
) -> bool:
    """A name with its kind beside it, "City of Aurora" or "Bristol City", where the name alone is a city's main one."""
    if end - start > 2 and doc[start].lower_ in HEADS and doc[start + 1].lower_ == "of":
        return not known[doc[start:end].text][0].main
    whole = max(place.population for place in known[doc[start:end].text])
    shorter = [place for other, text in found if other == end - 1 for place in known[text] if place.main]
    return doc[end - 1].lower_ in HEADS and any(place.population > 10 * whole for place in shorter)


def _masthead(doc: Doc, start: int, end: int) -> bool:
    """Capitals before a body's name, a full stop or a dash: "KENDAL TOWN COUNCIL", "OMAHA -"."""
    if not doc[start:end].text.isupper() or end >= len(doc):
        return False
    after = doc[end]
    return after.lower_ in HEADS or after.lower_ in BODIES or after.text[0] in ".:-–—,(|\n" or after.is_space


def _inside_sentence(doc: Doc, start: int, end: int) -> bool:
    """A capital letter that only a name has: in mid-sentence, no article before and no other name beside it."""
    if start == 0 or doc[start].is_sent_start or doc[start].idx < doc._.title_end:
        return False
    before = doc[start - 1]
    after = doc[end] if end < len(doc) else None
    return (
        not before.is_punct
        and not before.is_space
        and before.pos_ not in ("DET", "ADJ")
        and not before.text[0].isupper()
        and not (after is not None and after.text[0].isupper())
    )


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
        if (
            first.end == second.start
            and not second.parent
            and doc[first.start].idx >= doc._.title_end
            and not (first.doubt and doc[first.start].is_stop)
            and doc[second.start].lower_ not in BODIES
            and doc[second.start].lower_ not in HEADS
        ):
            first.doubt = first.doubt or "part of another name"
            second.doubt = second.doubt or "part of another name"


@dataclass(slots=True)
class Context:
    """What the whole page says about where its cities lie."""

    countries: Counter[str]  # mentions of countries and their states
    states: Counter[str]
    marks: Mapping[str, float]  # words that pages of a country use
    home: Place | None
    aliases: Mapping[str, tuple[str, str]]
    near: dict[int, Counter[str]]  # countries and states mentioned in a sentence, by its first token
    cities: Counter[str] = field(default_factory=Counter)  # cities linked so far, by country


def _context(doc: Doc, regions: list[Span], home: Place | None, places: Places, sentence_of: list[int]) -> Context:
    countries: Counter[str] = Counter()
    states: Counter[str] = Counter()
    near: dict[int, Counter[str]] = defaultdict(Counter)
    for span in regions:
        for region in span._.regions:
            countries[region.country] += 1
            near[sentence_of[span.start]][region.country] += 1
            if region.admin1:
                states[region.admin1] += 1
                near[sentence_of[span.start]][region.admin1] += 1
    words = {token.lower_ for token in doc}
    marks: dict[str, float] = defaultdict(float)
    for word in words & places.marks.keys():
        for country in places.marks[word]:
            marks[country] += 1 / len(places.marks[word])
    return Context(countries, states, marks, home, places.aliases, near)


def _certainty(candidate: Candidate, context: Context) -> float:
    """How much likelier the first namesake is than one in another country or state."""
    if candidate.parent:
        return 9.0
    scores = sorted(
        ((_score(place, candidate, context), (place.country, place.stated_admin1 or "")) for place in candidate.places),
        reverse=True,
    )
    return next((scores[0][0] - score for score, where in scores if where != scores[0][1]), 9.0)


def _link(candidate: Candidate, context: Context, linked: dict[str, Place]) -> Place | None:
    """The most likely namesake; None where an explicit parent fits none of them."""
    if candidate.parent:
        fitting = [place for place in candidate.places if any(_lies_in(place, region) for region in candidate.parent)]
        if fitting:
            return max(fitting, key=lambda place: _score(place, candidate, context))
        if any(region.admin1 for region in candidate.parent):
            return None
    known = linked.get(candidate.name)
    if known is not None:
        return known
    return max(candidate.places, key=lambda place: _score(place, candidate, context))


def _lies_in(place: Place, region: Region) -> bool:
    return place.country == region.country and region.admin1 in (None, place.admin1)


def _score(place: Place, candidate: Candidate, context: Context) -> float:
    """Log-odds of a namesake. The weights follow a conditional logit fitted to the cities of annotated documents."""
    return sum(WEIGHTS[name] * value for name, value in _evidence(place, candidate, context).items())


WEIGHTS = {
    "people": 2.2, "main": 1.1, "name": 1.1, "alias": 3.0, "countries": 0.6, "marks": 1.1, "cities": 0.65,
    "states": 1.2, "near": 0.4, "near-state": 0.3, "home": 9.0, "home-country": 0.5,
}  # fmt: skip


def _evidence(place: Place, candidate: Candidate, context: Context) -> dict[str, float]:
    """What speaks for a namesake."""
    state = place.stated_admin1
    near = context.near.get(candidate.sentence, Counter())
    home = context.home
    return {
        "people": math.log10(place.population + 300),
        "main": float(place.main),
        "name": float(fold(place.name) == candidate.name),
        "alias": float(context.aliases.get(candidate.name) == (place.name, place.country)),
        "countries": min(2, context.countries[place.country]),
        "marks": min(4.5, context.marks.get(place.country, 0)),
        "cities": min(3, context.cities[place.country]),
        "states": min(2, context.states[state]) if state else 0.0,
        "near": min(1, near[place.country]),
        "near-state": min(1, near[state]) if state else 0.0,
        "home": float(home is not None and home.id == place.id),
        "home-country": float(home is not None and home.country == place.country),
    }
