"""Annotated documents as lessons: which sentences tell which act, at which stage, of which pair, and when."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from config.vocabulary import Action, Stage
from nlp.choice import BACKGROUND
from nlp.details import Dated, date_candidates
from nlp.encoder import ACTS, STAGES, Floats, Pieces, WordPieces, anchor, dense_rows, nearest, piece_text
from nlp.gazetteer import Gazetteer
from nlp.pairs import pair_features
from nlp.parties import Pair, Parties, Party
from nlp.reader import Reader
from nlp.sites import Features, View
from twinwatch.evaluate import same_date
from twinwatch.gold import Act, GoldDocument, SameCity, load_gold
from twinwatch.gold import Party as GoldParty

ROOT = Path(__file__).parent.parent
EXAM = ROOT / "tests" / "gold" / "dev"
CORPUS = ROOT / "benchmarks" / "corpus"
TAUGHT = (ROOT / "tests" / "gold" / "train", CORPUS)
LEAST = 5  # times that a feature must be seen
SHARE = 0.25  # of a piece of evidence that runs on into another sentence, from which on that is neither right nor wrong


@dataclass(slots=True)
class Names:
    """The features that the heads know."""

    pairs: list[str]
    dates: list[str]


UNSURE = -1.0  # a sentence that neither tells an act nor does not


@dataclass(slots=True)
class Telling:
    """A sentence that tells an act, by the annotation: what the heads on top learn from."""

    sentence: int
    act: int  # in ACTS
    stages: list[tuple[int, tuple[int, int] | None]]  # in STAGES, of which pair where that is known; none for history
    parties: list[tuple[tuple[int, int], list[tuple[int, int]]]]  # pieces of the nearest mention, and of all
    pairs: list[tuple[int, int]]  # in `parties`
    pair_features: list[Features]
    pair_right: Floats
    dates: list[tuple[int, int] | None]  # pieces, where the candidate is read from words
    date_features: list[Features]
    date_right: Floats
    pair_rows: Floats = field(default_factory=lambda: np.zeros((0, 0), np.float32))
    date_rows: Floats = field(default_factory=lambda: np.zeros((0, 0), np.float32))


@dataclass(slots=True)
class Lesson:
    """One annotated document for the network."""

    pieces: Pieces
    acts: Floats  # (sentences, ACTS): 1 told, 0 not, UNSURE
    tellings: list[Telling]


@dataclass(slots=True)
class Example:
    """One annotated document, parsed."""

    gold: GoldDocument
    view: View
    parties: Parties
    complete: bool  # every sentence that tells an act is marked, not only the one that proves it


def load_examples(reader: Reader, folder: Path) -> list[Example]:
    examples = []
    for gold in load_gold(folder):
        view = View(reader.parse(gold.document()))
        examples.append(Example(gold, view, Parties(view, reader.register.pairs), complete=folder == CORPUS))
    return examples


def lessons(
    examples: Sequence[Example], vocabulary: WordPieces, same: SameCity, names: Names | None = None
) -> tuple[list[Lesson], Names]:
    """A lesson an example. The features' names are collected unless given."""
    found = [_lesson(example, vocabulary, same) for example in examples]
    tellings = [telling for lesson in found for telling in lesson.tellings]
    if names is None:
        names = Names(
            _frequent(row for telling in tellings for row in telling.pair_features),
            _frequent(row for telling in tellings for row in telling.date_features),
        )
    pair_numbers = {name: number for number, name in enumerate(names.pairs)}
    date_numbers = {name: number for number, name in enumerate(names.dates)}
    for telling in tellings:
        telling.pair_rows = dense_rows(telling.pair_features, pair_numbers)
        telling.date_rows = dense_rows(telling.date_features, date_numbers)
    return found, names


def _frequent(rows: Iterable[Features]) -> list[str]:
    counts = Counter(name for row in rows for name in row)
    return sorted(name for name, count in counts.items() if count >= LEAST)


def told_in(example: Example) -> tuple[dict[tuple[int, int], list[Act]], set[tuple[int, int]]]:
    """The acts of each (sentence, number of act) by the marked words, and the sentences that those also touch."""
    told: dict[tuple[int, int], list[Act]] = defaultdict(list)
    touched: set[tuple[int, int]] = set()
    for act in example.gold.acts:
        number = ACTS.index(BACKGROUND if act.background else act.action.value)
        for words in filter(None, (act.evidence, *act.retold)):
            shares = _shares(example.view, words)
            for sentence, share in shares.items():
                if share == max(shares.values()):
                    told[sentence, number].append(act)
                elif share > SHARE:
                    touched.add((sentence, number))
    return told, touched


def _shares(view: View, words: str) -> dict[int, float]:
    """How much of a stretch of the text lies in each sentence."""
    start = view.doc.text.find(words)
    if start < 0:
        return {}
    end = start + len(words)
    shares = {}
    for sentence in view.sentences:
        common = min(end, sentence.span.end_char) - max(start, sentence.span.start_char)
        if common > 0:
            shares[sentence.index] = common / (end - start)
    return shares


def _lesson(example: Example, vocabulary: WordPieces, same: SameCity) -> Lesson:
    view = example.view
    pieces = piece_text(view, example.parties, vocabulary)
    told, touched = told_in(example)
    acts = np.zeros((len(view.sentences), len(ACTS)), np.float32)
    for key in touched:
        acts[key] = UNSURE
    if not example.complete:
        for number in {number for _, number in told}:
            for one in view.sentences:
                if one.tied or one.cities or one.actions or view.in_title(one.span.start):
                    acts[one.index, number] = UNSURE
    for (sentence, _), found in told.items():
        if any(act.action in (Action.SEVER, Action.SUSPEND) and act.stage == Stage.REJECTED for act in found):
            acts[sentence, ACTS.index(Action.MAINTAIN)] = UNSURE  # scoring takes either for the other
    for key in told:
        acts[key] = 1
    tellings = [
        _telling(example, pieces, sentence, number, told[sentence, number], same)
        for sentence, number in sorted(told)
        if pieces.sentences[sentence][0] < pieces.sentences[sentence][1]
    ]
    return Lesson(pieces, acts, tellings)


def _telling(
    example: Example, pieces: Pieces, sentence: int, number: int, acts: Sequence[Act], same: SameCity
) -> Telling:
    view, parties = example.view, example.parties
    site = anchor(view.sentences[sentence], ACTS[number])
    background = ACTS[number] == BACKGROUND
    pairs = list(parties.candidates(site))
    named = list({party.key: party for pair in pairs for party in (pair.a, pair.b)}.values())
    at = {party.key: place for place, party in enumerate(named)}
    spans = [[pieces.of(span) for span in party.spans] for party in named]
    near = [nearest(party.spans, site.sentence.span) for party in named]
    dates = date_candidates(view, site, background)
    numbers = [(at[pair.a.key], at[pair.b.key]) for pair in pairs]
    fitting = [[n for n, pair in zip(numbers, pairs, strict=True) if same_pair(act, pair, same)] for act in acts]
    stages = [
        (STAGES.index(act.stage.value), pair)
        for act, found in zip(acts, fitting, strict=True)
        for pair in (found or [None])
    ]
    return Telling(
        sentence,
        number,
        [] if background else stages,
        [(found[closest], found) for closest, found in zip(near, spans, strict=True)],
        numbers,
        [pair_features(parties, site, pair) for pair in pairs],
        np.array([any(same_pair(act, pair, same) for act in acts) for pair in pairs], np.float32),
        [None if one.dated.span is None else pieces.of(one.dated.span) for one in dates],
        [one.features for one in dates],
        _right_dates([one.dated for one in dates], acts),
    )


def _right_dates(dates: Sequence[Dated], acts: Sequence[Act]) -> Floats:
    """Which candidates are what was annotated; where none is, which come near enough."""
    exact = [all((one.value, one.precision) == (act.date, act.date_precision) for act in acts) for one in dates]
    fair = [all(same_date(act, one.value, one.precision) for act in acts) for one in dates]
    return np.array(exact if any(exact) else fair, np.float32)


def story_pairs(examples: Iterable[Example], gazetteer: Gazetteer) -> set[frozenset[int]]:
    """The pairs of cities in documents, by place, so that Kiev and Kyiv are one. Those of one pair are one story."""

    def place_of(party: GoldParty) -> int:
        found = [
            place
            for name in party.names
            for place in gazetteer.find(name)
            if place.country == party.country and party.admin1 in (None, place.admin1)
        ]
        best = max(found, key=lambda place: (place.main, place.population), default=None)
        return best.id if best else hash((party.names, party.country))

    return {
        frozenset((place_of(act.city_a), place_of(act.city_b)))
        for example in examples
        for act in example.gold.acts
        if act.city_a.names and act.city_b.names
    }


def same_pair(act: Act, pair: Pair, same: SameCity) -> bool:
    """Whether a candidate is the annotated pair, in whichever order."""
    a, b = _party(pair.a), _party(pair.b)
    return any(_same(act.city_a, x, same) and _same(act.city_b, y, same) for x, y in ((a, b), (b, a)))


def _same(gold: GoldParty, found: GoldParty, same: SameCity) -> bool:
    return same(gold, found) if found.names else not gold.names and gold.country == found.country


def _party(party: Party) -> GoldParty:
    place = party.place
    if place is None:
        return GoldParty((), None, party.country)
    return GoldParty((place.name,), place.stated_admin1, place.country)
