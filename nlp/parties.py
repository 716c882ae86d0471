"""Which cities a text could speak of as parties of a tie, and which pairs of them each site."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from spacy.tokens import Span

from nlp.gazetteer import Place
from nlp.sites import Sentence, Site, View

REACH = 8  # parties a site may choose among, nearest first
TIE_NOUNS = frozenset(
    (
        "city cities town towns twin twins sister sisters partner partners counterpart counterparts "
        "municipality port capital ties tie link links relationship relationships partnership partnerships "
        "friends friend village"
    ).split()
)


# a sentence without a city that speaks of cities at large tells of no pair
_IN_GENERAL = re.compile(
    r"\b(?:(?:city|local|municipal) leaders|sister cities international"
    r"|(?:other|many|some|several|member|dozens of|more|all) (?:[\w-]+ ){0,2}"
    r"(?:cities|towns|councils|communities|partnerships|municipalities))\b",
    re.IGNORECASE,
)


@dataclass(slots=True, eq=False)
class Party:
    """One possible party of a tie in this document: a place, or a country whose city is not named."""

    place: Place | None
    country: str
    spans: list[Span] = field(default_factory=list)

    @property
    def key(self) -> str:
        return str(self.place.id) if self.place else self.country


@dataclass(frozen=True, slots=True)
class Pair:
    """Two parties at a site."""

    a: Party
    b: Party


class Parties:
    """All parties of a document, and which of them is at home in it."""

    def __init__(self, view: View, register: frozenset[frozenset[int]]) -> None:
        self.view = view
        self.register = register
        self.named: dict[int, Party] = {}
        for span in view.doc.spans["cities"]:
            place = span._.place
            self.named.setdefault(place.id, Party(place, place.country)).spans.append(span)
        self.countries: dict[str, Party] = {}
        for span in view.doc.spans["regions"]:
            region = span._.regions[0]
            if region.adjective and _speaks_of_partner(view, span):
                self.countries.setdefault(region.country, Party(None, region.country)).spans.append(span)
        self._told_before: dict[int, list[str]] = {}
        self.home = self._home()
        self.together, self.seen_together = self._together()
        self.best = self._best_partners()
        self.recent = sorted(
            ((keys, index) for keys, found in self.seen_together.items() for index in found), key=lambda item: -item[1]
        )
        self.title = {party.key for party in self.named.values() if view.in_title(party.spans[0].start)}

    def _home(self) -> Party | None:
        """The city whose news this is: named in the source's entry, the dateline, the letterhead, or most often."""
        weight: Counter[int] = Counter()
        for place_id, party in self.named.items():
            for span in party.spans:
                before = span.doc[max(0, span.start - 2) : span.start].text.lower()
                after = span.doc[span.end].lower_ if span.end < len(span.doc) else ""
                weight[place_id] += 1
                if before.endswith(("city of", "town of", "borough of", "mayor of")) or after in (
                    "city",
                    "town",
                    "council",
                    "mayor",
                    "borough",
                    "officials",
                    "councillors",
                ):
                    weight[place_id] += 2
                if span.doc[span.start].is_sent_start and self.view.owner[span.start] <= 2:
                    weight[place_id] += 2
                if span.end_char <= span.doc._.title_end:
                    weight[place_id] += 1
        best = weight.most_common(1)
        return self.named[best[0][0]] if best else None

    def _together(self) -> tuple[Counter[frozenset[str]], dict[frozenset[str], list[int]]]:
        """How often two parties stand in one sentence, twice as much where it names a tie; and in which sentences."""
        counts: Counter[frozenset[str]] = Counter()
        seen: dict[frozenset[str], list[int]] = {}
        for sentence in self.view.sentences:
            keys = sorted({str(span._.place.id) for span in sentence.cities})
            for i, a in enumerate(keys):
                for b in keys[i + 1 :]:
                    counts[frozenset((a, b))] += 2 if sentence.strong_tie else 1
                    seen.setdefault(frozenset((a, b)), []).append(sentence.index)
        return counts, seen

    def _best_partners(self) -> dict[str, set[str]]:
        """For each party, the parties abroad that it stands together with most often."""
        countries = {party.key: party.country for party in self.named.values()}
        weights: dict[str, Counter[str]] = {}
        for pair, count in self.together.items():
            a, b = pair
            if countries[a] != countries[b]:
                weights.setdefault(a, Counter())[b] += count
                weights.setdefault(b, Counter())[a] += count
        return {key: {other for other, n in row.items() if n == max(row.values())} for key, row in weights.items()}

    def told_before(self, sentence: Sentence) -> list[str]:
        """Keys of the named parties by their last mention up to a sentence's end, the latest first."""
        if sentence.index not in self._told_before:
            end = sentence.span.end
            spans = [span for span in reversed(self.view.doc.spans["cities"]) if span.start < end]
            self._told_before[sentence.index] = list(dict.fromkeys(str(span._.place.id) for span in spans))
        return self._told_before[sentence.index]

    def candidates(self, site: Site) -> Iterator[Pair]:
        """Pairs that a site could speak of, nearest parties first."""
        if not site.sentence.cities and _IN_GENERAL.search(site.sentence.span.text):
            return
        here = {span._.place.country for span in site.sentence.cities}
        unnamed = [p for p in self.countries.values() if p.country not in here and here_of(p, site.sentence)]
        apart = self._told_apart(site.sentence, unnamed)
        near = sorted(self.named.values(), key=lambda party: self.distance(party, site))[:REACH]
        if self.home and self.home not in near:
            near.append(self.home)
        for i, a in enumerate(near):
            for b in near[i + 1 :]:
                if not {a.country, b.country} & apart:
                    yield Pair(a, b)
            for b in unnamed:
                if a.country != b.country:
                    yield Pair(a, b)

    def _told_apart(self, sentence: Sentence, unnamed: list[Party]) -> set[str]:
        """Countries whose cities in the rest of the text are not meant here.

        "Chicago and Dallas left their Russian sister cities": each has one of its own, which is not named.
        """
        if not _lists(sentence):
            return set()
        return {party.country for party in unnamed if plural_partner(here_of(party, sentence))}

    def distance(self, party: Party, site: Site) -> int:
        """Tokens from a site to the nearest word for a party; words after its sentence count double."""
        end = site.sentence.span.end
        return min(
            (span.start - site.token) * 2 + 20 if span.start >= end else abs(span.start - site.token)
            for span in party.spans
        )


def _speaks_of_partner(view: View, span: Span) -> bool:
    """An adjective stands before a word for a partner: "Russian sister city", "the Chinese port"."""
    following = view.doc[span.end : min(span.end + 4, len(view.doc))]
    return any(token.lower_ in TIE_NOUNS for token in following)


def settle(site: Site, pairs: Sequence[Pair], scores: Sequence[float]) -> list[float]:
    """Scores of a site's pairs made consistent with how the sentence is built.

    Cities of one country named in a list ("Chicago, Dallas and Des Moines") share what one of them does with a party
    outside the list. A partner named after another trigger of the sentence belongs to that one, where this site has
    a partner of its own.
    """
    settled = list(scores)
    groups = _lists(site.sentence)
    for group in groups:
        named = {p.key for pair in pairs for p in (pair.a, pair.b) if here_of(p, site.sentence)}
        for outside in named - group:
            sharing = [
                i
                for i, pair in enumerate(pairs)
                if outside in (pair.a.key, pair.b.key) and group & {pair.a.key, pair.b.key}
            ]
            if sharing:
                best = max(settled[i] for i in sharing)
                for i in sharing:
                    settled[i] = best
    owners = _owners(site)
    own = {key for key, owned in owners.items() if owned}
    if own and len(own) < len(owners):
        for i, pair in enumerate(pairs):
            keys = {pair.a.key, pair.b.key}
            if keys & owners.keys() and not keys & own:
                settled[i] *= 0.1
    return settled


def _lists(sentence: Sentence) -> list[set[str]]:
    """Cities of one country that stand side by side, parted by nothing but commas, "and" and their states."""
    groups: list[set[str]] = []
    for first, second in pairwise(sentence.cities):
        between = first.doc[first.end : second.start]
        regions = {i for span in sentence.regions for i in range(span.start, span.end)}
        if first._.place.country != second._.place.country or len(between) > 6:
            continue
        if all(
            token.i in regions or token.lower_ in (",", "and", "&", "or", "as", "well") for token in between
        ) and len(between):
            a, b = str(first._.place.id), str(second._.place.id)
            joined = next((group for group in groups if a in group), None)
            if joined is None:
                groups.append({a, b})
            else:
                joined.add(b)
    return groups


def _owners(site: Site) -> dict[str, bool]:
    """Parties abroad named after a trigger of the sentence; True where the site's is the last one before them."""
    starts = [span.start for span in site.sentence.actions]
    starts += [span.start for span in site.sentence.cues if span._.cue == "echo"]
    mine = {
        span.start for span in (*site.triggers, *site.sentence.cues) if span in site.triggers or span._.cue == "echo"
    }
    cities = site.sentence.cities
    owners: dict[str, bool] = {}
    for span in cities:
        before = [start for start in starts if start < span.start]
        if before and span._.place.country != cities[0]._.place.country:
            last = max(before)
            owners[str(span._.place.id)] = last in mine or any(abs(last - start) < 4 for start in mine)
    return owners


def here_of(party: Party, sentence: Sentence) -> list[Span]:
    """The mentions of a party in one sentence."""
    return [span for span in party.spans if sentence.span.start <= span.start < sentence.span.end]


def plural_partner(spans: list[Span]) -> bool:
    """Whether several partners are meant: "Russian sister cities", not one that the text names elsewhere."""
    return any(
        token.tag_ == "NNS"
        for span in spans
        for token in span.doc[span.end : span.end + 4]
        if token.lower_ in TIE_NOUNS
    )
