"""Which city with which: the candidate pairs of a site, and the features that the choice is made from."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from spacy.tokens import Span

from nlp.gazetteer import Place
from nlp.sites import Features, Sentence, Site, View

REACH = 8  # parties a site may choose among, nearest first
TIE_NOUNS = frozenset(
    [
        "city",
        "cities",
        "town",
        "towns",
        "twin",
        "twins",
        "sister",
        "sisters",
        "partner",
        "partners",
        "counterpart",
        "counterparts",
        "municipality",
        "port",
        "capital",
        "ties",
        "tie",
        "link",
        "links",
        "relationship",
        "relationships",
        "partnership",
        "partnerships",
        "friends",
        "friend",
        "village",
    ]
)


# a sentence without a city that speaks of cities at large tells of no pair
_IN_GENERAL = re.compile(
    r"\b(?:(?:city|local|municipal) leaders|(?:other|many|some|several|member|dozens of|more|all) (?:[\w-]+ )?(?:[\w-]+ )?(?:cities|towns|councils|communities|partnerships|municipalities)|sister cities international)\b",
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
        for party in self.named.values():
            assert party.place
            for span in party.spans:
                before = span.doc[max(0, span.start - 2) : span.start].text.lower()
                after = span.doc[span.end].lower_ if span.end < len(span.doc) else ""
                weight[party.place.id] += 1
                if before.endswith(("city of", "town of", "borough of", "mayor of")) or after in (
                    "city",
                    "town",
                    "council",
                    "mayor",
                    "borough",
                    "officials",
                    "councillors",
                ):
                    weight[party.place.id] += 2
                if span.start == span.sent.start and self.view.owner[span.start] <= 2:
                    weight[party.place.id] += 2
                if span.end_char <= span.doc._.title_end:
                    weight[party.place.id] += 1
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

    def candidates(self, site: Site) -> Iterator[Pair]:
        """Pairs that a site could speak of, nearest parties first."""
        if not site.sentence.cities and _IN_GENERAL.search(site.sentence.span.text):
            return
        here = {span._.place.country for span in site.sentence.cities}
        unnamed = [p for p in self.countries.values() if p.country not in here and _here(p, site.sentence)]
        near = sorted(self.named.values(), key=lambda party: self.distance(party, site))[:REACH]
        if self.home and self.home not in near:
            near.append(self.home)
        for i, a in enumerate(near):
            for b in near[i + 1 :]:
                yield Pair(a, b)
            for b in unnamed:
                if a.country != b.country:
                    yield Pair(a, b)

    def distance(self, party: Party, site: Site) -> int:
        """Tokens from a site to the nearest word for a party; words after its sentence count double."""
        end = site.sentence.span.end
        return min(
            (span.start - site.token) * 2 + 20 if span.start >= end else abs(span.start - site.token)
            for span in party.spans
        )


def _speaks_of_partner(view: View, span: Span) -> bool:
    """ "Russian sister city", "the Chinese port": an adjective before a word for a partner."""
    following = view.doc[span.end : min(span.end + 4, len(view.doc))]
    return any(token.lower_ in TIE_NOUNS for token in following)


def settle(parties: Parties, site: Site, pairs: Sequence[Pair], scores: Sequence[float]) -> list[float]:
    """Scores of a site's pairs made consistent with how the sentence is built.

    Cities of one country named in a list ("Chicago, Dallas and Des Moines") share what one of them does with a party
    outside the list. A partner named after another trigger of the sentence belongs to that one, where this site has
    a partner of its own.
    """
    settled = list(scores)
    groups = _lists(site.sentence)
    for group in groups:
        named = {p.key for pair in pairs for p in (pair.a, pair.b) if _here(p, site.sentence)}
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
    owners = _owners(parties, site)
    own = {key for key, owned in owners.items() if owned}
    if own and len(own) < len(owners):
        for i, pair in enumerate(pairs):
            keys = {pair.a.key, pair.b.key}
            if keys & owners.keys() and not keys & own:
                settled[i] *= 0.2
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


def _owners(parties: Parties, site: Site) -> dict[str, bool]:
    """The foreign parties named after a trigger of this sentence; True where the last trigger before them is the site's."""
    starts = [span.start for span in site.sentence.actions if span._.action] + [
        span.start for span in site.sentence.cues if span._.cue == "echo"
    ]
    mine = {span.start for span in site.triggers}
    home_countries = Counter(span._.place.country for span in site.sentence.cities)
    if len(home_countries) < 2:
        return {}
    owners: dict[str, bool] = {}
    for span in site.sentence.cities:
        before = [start for start in starts if start < span.start]
        if before and parties.home is not None and span._.place.country != parties.home.country:
            last = max(before)
            owners[str(span._.place.id)] = last in mine or any(abs(last - start) < 4 for start in mine)
    return owners


def pair_features(parties: Parties, site: Site, pair: Pair) -> Features:
    """Features of one pair at one site."""
    sentence = site.sentence
    a, b = pair.a, pair.b
    here_a, here_b = _here(a, sentence), _here(b, sentence)
    features: Features = {"bias": 1.0}
    both = bool(here_a and here_b)
    features["here:" + ("both" if both else "one" if here_a or here_b else "none")] = 1.0
    distances = sorted((parties.distance(a, site), parties.distance(b, site)))
    features["near"] = min(distances[0], 60) / 60
    features["far"] = min(distances[1], 150) / 150
    home = parties.home
    has_home = home in (a, b)
    features[
        "home:" + ("yes" if has_home else "no") + (":both" if both else ":one" if here_a or here_b else ":none")
    ] = 1.0
    features["cross" if a.country != b.country else "domestic"] = 1.0
    if a.country == b.country and both:
        features["domestic:both"] = 1.0
    if a.place and b.place:
        together = parties.together[frozenset((a.key, b.key))]
        features["together"] = min(together, 4) / 4
        if together == 0:
            features["never-together"] = 1.0
        if frozenset((a.place.id, b.place.id)) in parties.register:
            features["register"] = 1.0
    else:
        features["country-only"] = 1.0
        named = [party for party in parties.named.values() if party.country == b.country]
        features[f"country-only:named:{min(2, len(named))}:{'many' if _plural(here_b) else 'one'}"] = 1.0
    titled = (a.key in parties.title) + (b.key in parties.title)
    features[f"title:{titled}"] = 1.0
    n_here = len({span._.place.id for span in sentence.cities})
    features[f"cities-here:{min(4, n_here)}:{'both' if both else 'one' if here_a or here_b else 'none'}"] = 1.0
    features |= _between(parties.view, here_a, here_b, site)
    features |= _rank(parties, site, pair)
    features |= _company(parties, site, pair)
    features |= _roles(site, here_a, here_b)
    features[f"crossed:{_crossed(site, here_a, here_b)}"] = 1.0
    features |= _adjectives(sentence, pair, here_a, here_b)
    if site.action:
        features[f"{site.action}:{'cross' if a.country != b.country else 'domestic'}"] = 1.0
    return features


def _here(party: Party, sentence: Sentence) -> list[Span]:
    return [span for span in party.spans if sentence.span.start <= span.start < sentence.span.end]


def _between(view: View, here_a: list[Span], here_b: list[Span], site: Site) -> Features:
    """How two names stand in one sentence: what is between them, and the trigger's place."""
    if not (here_a and here_b):
        side = here_a or here_b
        if not side:
            return {}
        return {"alone:" + ("before" if side[0].start < site.token else "after"): 1.0}
    x, y = min(((p, q) for p in here_a for q in here_b), key=lambda pq: abs(pq[0].start - pq[1].start))
    first, second = (x, y) if x.start < y.start else (y, x)
    between = view.doc[first.end : second.start]
    words = [token.lower_ for token in between]
    features: Features = {"gap": min(len(words), 30) / 30}
    features[
        "trigger:" + ("before" if site.token < first.start else "after" if site.token >= second.end else "between")
    ] = 1.0
    for word in ("with", "and", "to", "from", "of", ";", ",", "as", "'s", "’s", "its", "while", "but", ":"):
        if word in words:
            features["between:" + word] = 1.0
    others = sum(1 for span in view.doc.spans["cities"] if first.end <= span.start < second.start)
    features[f"others-between:{min(2, others)}"] = 1.0
    if others == 0 and len(words) < 3:
        features["adjacent:" + " ".join(words)] = 1.0
    return features


def _rank(parties: Parties, site: Site, pair: Pair) -> Features:
    """How recently each was mentioned before the site, against the other parties."""
    features: Features = {}
    before = [span for span in parties.view.doc.spans["cities"] if span.start < site.sentence.span.end]
    order: list[str] = []
    for span in reversed(before):
        key = str(span._.place.id)
        if key not in order:
            order.append(key)
    ranks = sorted(order.index(party.key) if party.key in order else 9 for party in (pair.a, pair.b) if party.place)
    for name, rank in zip(("best", "worst"), ranks, strict=False):
        features[f"rank-{name}:{min(rank, 4)}"] = 1.0
    home = parties.home
    if home in (pair.a, pair.b):
        other = pair.b if pair.a is home else pair.a
        foreign = [key for key in order if key != home.key]
        if other.key in foreign:
            features[f"partner-rank:{min(foreign.index(other.key), 3)}"] = 1.0
    return features


def _plural(spans: list[Span]) -> bool:
    """ "Russian sister cities": several partners are meant, not one that the text names elsewhere."""
    return any(
        token.tag_ == "NNS"
        for span in spans
        for token in span.doc[span.end : span.end + 4]
        if token.lower_ in TIE_NOUNS
    )


def _company(parties: Parties, site: Site, pair: Pair) -> Features:
    """Whether the two belong together in the rest of the text, and how long ago they were last told together."""
    a, b = pair.a.key, pair.b.key
    mutual = (b in parties.best.get(a, ())) + (a in parties.best.get(b, ()))
    features: Features = {f"mutual:{mutual}": 1.0}
    if frozenset((a, b)) in parties.seen_together:
        gaps = [site.sentence.index - index for index in parties.seen_together[frozenset((a, b))]]
        past = [gap for gap in gaps if gap >= 0]
        features[f"last-together:{min(min(past), 4) if past else 'later'}"] = 1.0
    last_pair = next((keys for keys, index in parties.recent if index <= site.sentence.index), None)
    if last_pair is not None:
        features["last-pair" if last_pair == frozenset((a, b)) else "not-last-pair"] = 1.0
    foreign = [party for party in parties.named.values() if parties.home and party.country != parties.home.country]
    if len(foreign) == 1 and parties.home in (pair.a, pair.b) and foreign[0] in (pair.a, pair.b):
        features["only-foreign"] = 1.0
    return features


def _crossed(site: Site, here_a: list[Span], here_b: list[Span]) -> int:
    """How many other triggers stand between a site and its parties' names: "keep theirs with A and urged B to"."""
    others = {span.start for span in site.sentence.actions if span not in site.triggers}
    others |= {span.start for span in site.sentence.cues if span._.cue == "echo" and span not in site.triggers}
    names = [min(here, key=lambda span: abs(span.start - site.token)).start for here in (here_a, here_b) if here]
    low, high = min([site.token, *names]), max([site.token, *names])
    return min(2, sum(low < other < high for other in others))


def _roles(site: Site, here_a: list[Span], here_b: list[Span]) -> Features:
    """How each name hangs on the trigger in the parse."""
    trigger = site.sentence.span.doc[site.token]
    roles = []
    for here in (here_a, here_b):
        if not here:
            continue
        token = min(here, key=lambda span: abs(span.start - site.token)).root
        steps, role = 0, token.dep_
        while token.head is not token and steps < 6 and token.head.i not in (trigger.i, trigger.head.i):
            token, steps = token.head, steps + 1
            if token.dep_ in ("nsubj", "nsubjpass", "dobj", "pobj", "prep", "appos", "conj", "poss"):
                role = token.dep_ + ("/" + token.lower_ if token.dep_ == "prep" else "")
        roles.append(role)
    return {"roles:" + "+".join(sorted(roles)): 1.0} | {"role:" + role: 1.0 for role in roles}


def _adjectives(sentence: Sentence, pair: Pair, here_a: list[Span], here_b: list[Span]) -> Features:
    """ "The Swedish city" speaks for a party that lies there and is not named here."""
    countries = {region.country for span in sentence.regions for region in span._.regions}
    features: Features = {}
    for party, here in ((pair.a, here_a), (pair.b, here_b)):
        if not here and party.country in countries:
            features["spoken-for"] = 1.0
    return features
