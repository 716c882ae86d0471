"""The encoder: a small transformer that reads a document once and gives each of its words a vector.

Sites and pairs are judged from the vectors of their words by small heads. Names of cities and persons are replaced
before and dates told by their age, so that no story is learned by heart.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from spacy.tokens import Span

from nlp.dates import When
from nlp.sites import Site, View

CITY_WORDS = tuple(["springfield", "riverside", "hamilton", "lancaster", "georgetown", "newcastle", "windsor", "plymouth", "salem", "dover", "bristol", "chester", "florence", "lincoln", "burlington", "oxford"])  # fmt: skip
PERSON_WORDS = tuple(["smith", "jones", "brown", "taylor", "clark", "walker", "hall", "wright"])
AGES = ((-1, "soon"), (10, "this week"), (60, "recently"), (200, "months ago"), (600, "last year"), (2500, "years ago"))


@dataclass(frozen=True, slots=True)
class Rendered:
    """A document as the encoder reads it: words, where each token of the Doc went, and where sentences begin."""

    words: list[str]
    position: list[int]  # word of each token
    starts: list[int]  # first word of each sentence, and the number of words at the end


def render(view: View) -> Rendered:
    """Words of a document; `<city 3>` and `<person 1>` stand for names, numbered as they first occur."""
    replaced = _replacements(view)
    words: list[str] = []
    position: list[int] = []
    starts: list[int] = []
    for sentence in view.sentences:
        starts.append(len(words))
        for token in sentence.span:
            if token.i in replaced:
                words += replaced[token.i]
            elif not token.is_space:
                words.append(token.lower_)
            position.append(max(0, len(words) - 1))
    starts.append(len(words))
    return Rendered(words, position, starts)


def _replacements(view: View) -> dict[int, list[str]]:
    """By token: the words that stand for it; none for the later tokens of a name."""
    replaced: dict[int, list[str]] = {}

    def put(span: Span, words: list[str]) -> None:
        for i in range(span.start, span.end):
            replaced[i] = []
        replaced[span.start] = words

    persons: dict[str, int] = {}
    for ent in view.doc.ents:
        if ent.label_ == "PERSON":
            number = persons.setdefault(ent[-1].lower_, len(persons))
            put(ent, [f"<person {number}>"])
    base = view.doc._.base
    for span in view.doc.spans["dates"]:
        if base and (words := _age(span._.when, base)):
            put(span, words)
    cities: dict[int, int] = {}
    for span in view.doc.spans["cities"]:
        number = cities.setdefault(span._.place.id, len(cities))
        put(span, [f"<city {number}>"])
    return replaced


def _age(when: When, base: date) -> list[str]:
    days = (base - when.latest).days
    words = next((words for limit, words in AGES if days <= limit), "decades ago").split()
    return [when.bound, *words] if when.bound else words


def fill(words: Sequence[str], cities: Sequence[str] = CITY_WORDS, persons: Sequence[str] = PERSON_WORDS) -> list[str]:
    """Plain words in the places of names."""

    def plain(word: str) -> str:
        if word.startswith("<city "):
            return cities[int(word[6:-1]) % len(cities)]
        if word.startswith("<person "):
            return persons[int(word[8:-1]) % len(persons)]
        return word

    return [plain(word) for word in words]


def site_words(rendered: Rendered, site: Site) -> list[int]:
    """The words of a site's triggers; of the sentence's root where it has none."""
    tokens = [i for span in site.triggers for i in range(span.start, span.end)] or [site.token]
    return sorted({rendered.position[i] for i in tokens})
