"""The encoder: a small transformer that reads a document once and gives each of its words a vector.

Acts, stages and pairs are judged from the vectors of their words by small heads. Names of cities and persons are
replaced before, and dates told by their age, so that no story is learned by heart. `python -m benchmarks.train_encoder`
makes the weights: encoder.onnx (ids of word pieces -> a vector a piece), heads.npz and tokenizer.json.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

import numpy as np
import onnxruntime  # type: ignore[import-untyped]
from numpy.typing import NDArray
from spacy.tokens import Span
from tokenizers import Tokenizer

from config.errors import ConfigError
from config.vocabulary import Action, Stage
from nlp.dates import When
from nlp.pairs import Pair, Parties, Party, pair_features
from nlp.sites import Site, View

FOLDER = Path(__file__).parent / "encoder"
ACTS = ("none", "background", *(action.value for action in Action))
STAGES = (Stage.ENACTED, Stage.PROPOSED, Stage.URGED, Stage.REJECTED)
WINDOW, CONTEXT = 160, 24  # word pieces read at once, and those before them read again
LONGEST = 500  # pieces of a window; the transformer knows 512 places
START, STOP = 101, 102  # the pieces [CLS] and [SEP]
CITY_WORDS = (
    "springfield",
    "riverside",
    "hamilton",
    "lancaster",
    "georgetown",
    "newcastle",
    "windsor",
    "plymouth",
    "salem",
    "dover",
    "bristol",
    "chester",
    "florence",
    "lincoln",
    "burlington",
    "oxford",
)
PERSON_WORDS = ("smith", "jones", "brown", "taylor", "clark", "walker", "hall", "wright")
AGES = ((-1, "soon"), (10, "this week"), (60, "recently"), (200, "months ago"), (600, "last year"), (2500, "years ago"))
Floats = NDArray[np.float32]
Probabilities = dict[str, float]


@dataclass(frozen=True, slots=True)
class Rendered:
    """A document as the encoder reads it."""

    words: list[str]
    position: list[int]  # the word that each token of the Doc became
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
    return Rendered(words, position, [*starts, len(words)])


def _replacements(view: View) -> dict[int, list[str]]:
    """By token: the words that stand for it; none for the later tokens of a name."""
    replaced: dict[int, list[str]] = {}

    def put(span: Span, words: list[str]) -> None:
        replaced.update((i, []) for i in range(span.start, span.end))
        replaced[span.start] = words

    persons: dict[str, int] = {}
    for ent in view.doc.ents:
        if ent.label_ == "PERSON":
            put(ent, [f"<person {persons.setdefault(ent[-1].lower_, len(persons))}>"])
    if base := view.doc._.base:
        for span in view.doc.spans["dates"]:
            put(span, _age(span._.when, base))
    cities: dict[int, int] = {}
    for span in view.doc.spans["cities"]:
        put(span, [f"<city {cities.setdefault(span._.place.id, len(cities))}>"])
    return replaced


def _age(when: When, base: date) -> list[str]:
    days = (base - when.latest).days
    words = next((words for limit, words in AGES if days <= limit), "decades ago").split()
    return [when.bound, *words] if when.bound else words


def fill(words: Iterable[str], cities: Sequence[str] = CITY_WORDS, persons: Sequence[str] = PERSON_WORDS) -> list[str]:
    """Plain words in the places of names."""

    def plain(word: str) -> str:
        if word.startswith("<city "):
            return cities[int(word[6:-1]) % len(cities)]
        if word.startswith("<person "):
            return persons[int(word[8:-1]) % len(persons)]
        return word

    return [plain(word) for word in words]


def pieces_of(tokenizer: Tokenizer, words: Sequence[str]) -> list[list[int]]:
    """Ids of each word's pieces."""
    encoding = tokenizer.encode(words, is_pretokenized=True, add_special_tokens=False)
    pieces: list[list[int]] = [[] for _ in words]
    for word, piece in zip(encoding.word_ids, encoding.ids, strict=True):
        if word is not None:
            pieces[word].append(piece)
    return pieces


def windows(
    pieces: Sequence[Sequence[int]], starts: Sequence[int], limit: int = WINDOW, skip: frozenset[int] = frozenset()
) -> Iterator[tuple[list[int], list[int]]]:
    """Stretches of whole sentences, each with the sentences before it as context.

    Gives the ids of the pieces and the word that each belongs to (-1 for context). `skip`: sentences to leave out.
    """
    kept = [k for k in range(len(starts) - 1) if k not in skip and starts[k] < starts[k + 1]]
    sizes = {k: sum(len(pieces[i]) for i in range(starts[k], starts[k + 1])) for k in kept}
    groups: list[list[int]] = []
    room = 0
    for k in kept:
        if sizes[k] > room or not groups:
            groups.append([])
            room = limit
        groups[-1].append(k)
        room -= sizes[k]
    for group in groups:
        before: list[int] = []
        room = CONTEXT
        for k in reversed(kept[: kept.index(group[0])]):
            room -= sizes[k]
            if room < 0:
                break
            before.insert(0, k)
        ids, owners = [START], [-1]
        for k in (*before, *group):
            for word in range(starts[k], starts[k + 1]):
                ids += pieces[word]
                owners += [word if k in group else -1] * len(pieces[word])
        yield [*ids[:LONGEST], STOP], [*owners[:LONGEST], -1]


def site_words(rendered: Rendered, site: Site) -> list[int]:
    """The words of a site's triggers; of the sentence's root where it has none."""
    tokens = [i for span in site.triggers for i in range(span.start, span.end)] or [site.token]
    return sorted({rendered.position[i] for i in tokens})


def mention_words(rendered: Rendered, site: Site, party: Party) -> tuple[int, list[int]]:
    """The word for a party that is nearest to a site, as Parties.distance counts, and all words for it."""
    end, at = site.sentence.span.end, site.token
    nearest = min(party.spans, key=lambda s: (s.start - at) * 2 + 20 if s.start >= end else abs(s.start - at))
    return rendered.position[nearest.start], sorted({rendered.position[span.start] for span in party.spans})


def row_of(features: Mapping[str, float], columns: Mapping[str, int]) -> Floats:
    """Features as numbers in the order that the heads know; others are passed over."""
    values = np.zeros(len(columns), dtype=np.float32)
    for name, value in features.items():
        if name in columns:
            values[columns[name]] = value
    return values


@dataclass(frozen=True, slots=True)
class Heads:
    """The linear layers on top, and the features that they know by name."""

    arrays: dict[str, Floats]
    site_columns: dict[str, int]
    pair_columns: dict[str, int]

    @classmethod
    def load(cls, path: Path) -> "Heads":
        with np.load(path) as arrays:
            columns = [{str(name): i for i, name in enumerate(arrays[kind])} for kind in ("sites", "pairs")]
            weights = {name: arrays[name].astype(np.float32) for name in arrays.files if "." in name}
        return cls(weights, *columns)


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the encoder makes of one document."""

    view: View
    rendered: Rendered
    vectors: Floats  # [words, size]
    heads: "Heads"

    def act(self, site: Site, features: Mapping[str, float]) -> Probabilities:
        """Over ACTS: the actions, "none" and "background". `features`: the site's, as `site_features` gives them."""
        return dict(zip(ACTS, _softmax(self._linear("act", self._inputs(site, features))), strict=True))

    def stage(self, site: Site, action: Action, features: Mapping[str, float]) -> Probabilities:
        """Over STAGES, given the action."""
        by_action = self.heads.arrays["stage.action"][ACTS.index(action)]
        logits = self._linear("stage", self._inputs(site, features)) + by_action
        return dict(zip(STAGES, _softmax(logits), strict=True))

    def pairs(self, parties: Parties, site: Site, pairs: Sequence[Pair]) -> list[float]:
        """For each pair, that the site speaks of it. Several may be right."""
        if not pairs:
            return []
        trigger = self._linear("site", self._trigger(site))
        sides = {id(p): self._linear("party", self._party(site, p)) for pair in pairs for p in (pair.a, pair.b)}
        dense = np.stack([row_of(pair_features(parties, site, pair), self.heads.pair_columns) for pair in pairs])
        both = np.stack([sides[id(pair.a)] + sides[id(pair.b)] for pair in pairs])
        hidden = np.maximum(trigger + both + self._linear("dense", dense), 0)
        scores = self._linear("out", hidden)[:, 0] + self._linear("wide", dense)[:, 0]
        return [float(value) for value in 1 / (1 + np.exp(-scores))]

    def _inputs(self, site: Site, features: Mapping[str, float]) -> Floats:
        """The mean of the trigger's vectors, that of the sentence's, and what the lexicon and the parse tell."""
        start, end = self.rendered.starts[site.sentence.index : site.sentence.index + 2]
        sentence = self.vectors[start : max(end, start + 1)].mean(0)
        return np.concatenate([self._trigger(site), sentence, row_of(features, self.heads.site_columns)])

    def _trigger(self, site: Site) -> Floats:
        mean: Floats = self.vectors[site_words(self.rendered, site)].mean(0)
        return mean

    def _party(self, site: Site, party: Party) -> Floats:
        nearest, all_of_them = mention_words(self.rendered, site, party)
        return np.concatenate([self.vectors[nearest], self.vectors[all_of_them].mean(0)])

    def _linear(self, name: str, values: Floats) -> Floats:
        result: Floats = values @ self.heads.arrays[f"{name}.weight"].T + self.heads.arrays[f"{name}.bias"]
        return result


def _softmax(scores: Floats) -> list[float]:
    odds = np.exp(scores - scores.max())
    return [float(value) for value in odds / odds.sum()]


class SentenceEncoder:
    """The trained encoder of a folder. Loads its weights (about 0.1 s) on first use; one thread."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self.folder = folder

    def read(self, view: View, sites: Sequence[Site]) -> Judgement:
        """Encode the sentences around the sites of a document. Raises ConfigError where the weights are missing."""
        rendered = render(view)
        near = {site.sentence.index + step for site in sites for step in (-1, 0, 1)}
        skip = frozenset(k for k in range(len(view.sentences)) if k not in near)
        return Judgement(view, rendered, self._vectors(rendered, skip), self.heads)

    def _vectors(self, rendered: Rendered, skip: frozenset[int]) -> Floats:
        size = self.heads.arrays["site.weight"].shape[1]
        sums = np.zeros((len(rendered.words), size), dtype=np.float32)
        counts = np.zeros(len(rendered.words), dtype=np.float32)
        for ids, owners in windows(pieces_of(self.tokenizer, fill(rendered.words)), rendered.starts, skip=skip):
            (found,) = self.session.run(None, {"ids": np.array([ids], dtype=np.int64)})
            own = np.array(owners)
            np.add.at(sums, own[own >= 0], found[0][own >= 0])
            np.add.at(counts, own[own >= 0], 1)
        return (sums / np.maximum(counts, 1)[:, None]).astype(np.float32)

    @cached_property
    def session(self) -> onnxruntime.InferenceSession:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        return onnxruntime.InferenceSession(str(self._file("encoder.onnx")), options, ["CPUExecutionProvider"])

    @cached_property
    def tokenizer(self) -> Tokenizer:
        return Tokenizer.from_file(str(self._file("tokenizer.json")))

    @cached_property
    def heads(self) -> Heads:
        return Heads.load(self._file("heads.npz"))

    def _file(self, name: str) -> Path:
        path = self.folder / name
        if not path.exists():
            raise ConfigError(
                f"{path}: the encoder's weights are missing", "python -m benchmarks.train_encoder --write makes them."
            )
        return path
