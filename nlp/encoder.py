"""A small transformer that reads a whole text, and what it says of sentences, stages and pairs.

The weights are all-MiniLM-L6-v2 (Apache 2.0), trained further by `python -m benchmarks.train`. Each word piece carries,
besides its word, tags of what the components found there (a city and which one, a tie, a trigger, a cue, a date).
Nothing here needs torch: onnxruntime runs the transformer, numpy the few layers on top of it.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from spacy.tokens import Span

from config.errors import TwinwatchError
from config.lexicon import CUES, TIE_STRENGTHS
from config.vocabulary import Action, Stage
from nlp.choice import BACKGROUND
from nlp.details import DateCandidate
from nlp.pairs import pair_features
from nlp.parties import Pair, Parties, Party
from nlp.sites import Features, Sentence, Site, View

ACTS = (*(action.value for action in Action), BACKGROUND)
STAGES = tuple(stage.value for stage in (Stage.ENACTED, Stage.PROPOSED, Stage.URGED, Stage.REJECTED))
CITY_TAGS = ("city:home", "city:near", "city:abroad")
TAGS = (
    "none", *CITY_TAGS, "region", "date", "title", *(f"tie:{strength}" for strength in TIE_STRENGTHS),
    *(f"act:{action.value}" for action in Action), *(f"cue:{cue}" for cue in CUES),
)  # fmt: skip
TAG_NUMBERS = {name: number for number, name in enumerate(TAGS)}
TAG_SLOTS = 3  # tags a piece may carry
PLACES = 24  # cities that a text may hold apart; number 0 is no city
WINDOW, CONTEXT = 380, 90  # pieces read at once, and how many before them are read again as their context
UNKNOWN, START, END = 100, 101, 102  # [UNK], [CLS] and [SEP] of the vocabulary
LONGEST_WORD = 100  # characters
MOST_WORDS = 100_000  # whose pieces are kept
REACH = 10  # tokens; triggers of one act so near to the first are one site
UNREAD = -20.0  # logit of a piece that was not read: no tie and no city near it

Floats = NDArray[np.float32]
Numbers = NDArray[np.int64]


class ModelError(TwinwatchError):
    """The encoder's files cannot be used."""


class WordPieces:
    """The vocabulary of BERT's uncased models, and how a word is cut into its entries (Devlin et al. 2019)."""

    def __init__(self, path: Path) -> None:
        self.numbers = {word: number for number, word in enumerate(path.read_text("utf-8").splitlines())}
        self.known: dict[str, tuple[int, ...]] = {}

    def cut(self, text: str) -> tuple[int, ...]:
        """The pieces of one token; white space has none."""
        found = self.known.get(text)
        if found is None:
            plain = "".join(ch for ch in unicodedata.normalize("NFD", text.lower()) if unicodedata.category(ch) != "Mn")
            found = tuple(number for word in _WORD.findall(plain) for number in self._pieces(word))
            if len(self.known) < MOST_WORDS:
                self.known[text] = found
        return found

    def _pieces(self, word: str) -> Iterator[int]:
        """The longest entries from the left; [UNK] for a word that is not all made of them."""
        found, at = [], 0
        while at < len(word) <= LONGEST_WORD:
            end, entry = next(
                ((end, entry) for end in range(len(word), at, -1) if (entry := self._entry(word, at, end)) is not None),
                (at, None),
            )
            if entry is None:
                return iter((UNKNOWN,))
            found.append(entry)
            at = end
        return iter(found or (UNKNOWN,))

    def _entry(self, word: str, at: int, end: int) -> int | None:
        return self.numbers.get("##" * (at > 0) + word[at:end])


_WORD = re.compile(r"\w+|[^\w\s]")


@dataclass(slots=True)
class Pieces:
    """A text as word pieces. Arrays have a row a piece."""

    ids: Numbers
    tags: Numbers  # (pieces, TAG_SLOTS)
    places: Numbers
    firsts: list[int]  # the first piece of each token, and the number of pieces at the end
    sentences: list[tuple[int, int]]  # first piece and the one after the last, by sentence
    windows: list[tuple[int, int, int]]  # where the context begins, where the window does, where it ends

    def of(self, span: Span) -> tuple[int, int]:
        """The pieces of a span, at least one."""
        first = min(self.firsts[span.start], len(self.ids) - 1)
        return first, max(first + 1, self.firsts[span.end])


def piece_text(view: View, parties: Parties, vocabulary: WordPieces) -> Pieces:
    ids: list[int] = []
    firsts = []
    for token in view.doc:
        firsts.append(len(ids))
        ids += vocabulary.cut(token.text)
    firsts.append(len(ids))
    tags = np.zeros((len(ids), TAG_SLOTS), np.int64)
    places = np.zeros(len(ids), np.int64)
    sentences = [(firsts[sentence.span.start], firsts[sentence.span.end]) for sentence in view.sentences]
    pieces = Pieces(np.array(ids, np.int64), tags, places, firsts, sentences, [])
    number = {place: min(n + 1, PLACES - 1) for n, place in enumerate(parties.named)}
    for span, tag in _tagged(view, parties):
        first, last = pieces.of(span)
        for i in range(first, min(last, len(ids))):
            free = next((slot for slot in range(TAG_SLOTS) if not tags[i, slot]), None)
            if free is not None:
                tags[i, free] = TAG_NUMBERS[tag]
    for span in view.doc.spans["cities"]:
        first, last = pieces.of(span)
        places[first:last] = number[span._.place.id]
    pieces.windows = list(_windows(pieces, view.sentences))
    return pieces


def _tagged(view: View, parties: Parties) -> Iterator[tuple[Span, str]]:
    spans = view.doc.spans
    for span in spans["actions"]:
        yield span, f"act:{span._.action}"
    for span in spans["cities"]:
        home = parties.home
        place = span._.place
        here = home is not None and home.key == str(place.id)
        near = home is not None and home.country == place.country
        yield span, CITY_TAGS[0 if here else 1 if near else 2]
    for span in spans["cues"]:
        yield span, f"cue:{span._.cue}"
    for span in spans["ties"]:
        yield span, f"tie:{span._.strength}"
    for span in spans["regions"]:
        yield span, "region"
    for span in spans["dates"]:
        yield span, "date"
    if view.doc._.title_end:
        title = view.doc.char_span(0, view.doc._.title_end, alignment_mode="expand")
        if title is not None:
            yield title, "title"


def _windows(pieces: Pieces, sentences: Sequence[Sentence]) -> Iterator[tuple[int, int, int]]:
    """Stretches of whole sentences where there is a tie or a city; a sentence too long for one is cut."""
    begin = 0
    told = False
    for index, ((first, last), sentence) in enumerate(zip(pieces.sentences, sentences, strict=True)):
        while last - begin > WINDOW:
            cut = first if first > begin else begin + WINDOW
            if told or (cut > first and (sentence.cities or sentence.ties)):
                yield _context(pieces, begin, index), begin, cut
            begin, told = cut, False
        told = told or bool(sentence.cities or sentence.ties)
    if told and begin < len(pieces.ids):
        yield _context(pieces, begin, len(sentences)), begin, len(pieces.ids)


def _context(pieces: Pieces, begin: int, index: int) -> int:
    firsts = [first for first, _ in pieces.sentences[:index] if begin - CONTEXT <= first <= begin]
    return min(firsts, default=begin)


class Encoder:
    """The transformer at run time, and the layers on top."""

    def __init__(self, folder: Path) -> None:
        with np.load(folder / "heads.npz") as arrays:
            self.heads: dict[str, Floats] = {
                name: values.astype(np.float32) if values.dtype == np.float16 else values
                for name, values in arrays.items()
            }
        trained = [tuple(self.heads[name].tolist()) for name in ("names.tags", "names.acts", "names.stages")]
        if trained != [TAGS, ACTS, STAGES]:
            raise ModelError(f"{folder}: trained with another lexicon or vocabulary", "Run python -m benchmarks.train.")
        self.pair_names = {str(name): number for number, name in enumerate(self.heads["pair.names"])}
        self.date_names = {str(name): number for number, name in enumerate(self.heads["date.names"])}
        self.vocabulary = WordPieces(folder / "vocab.txt")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1  # workers are processes
        self.session = onnxruntime.InferenceSession(
            str(folder / "encoder.onnx"), options, providers=["CPUExecutionProvider"]
        )

    def vectors(self, pieces: Pieces) -> Floats:
        """A vector a piece."""
        found = np.zeros((len(pieces.ids), self.heads["token.weight"].shape[1]), np.float32)
        for context, begin, end in pieces.windows:
            ids = np.concatenate(([START], pieces.ids[context:end], [END]))[None]
            tags = np.pad(pieces.tags[context:end], ((1, 1), (0, 0)))[None]
            places = np.pad(pieces.places[context:end], 1)[None]
            (hidden,) = self.session.run(None, {"ids": ids, "tags": tags, "places": places})
            found[begin:end] = hidden[0, 1 + begin - context : 1 + end - context]
        return found

    def read(self, view: View, parties: Parties) -> "Encoded":
        pieces = piece_text(view, parties, self.vocabulary)
        return Encoded(self, view, parties, pieces, self.vectors(pieces))


class Encoded:
    """One text as the encoder read it."""

    def __init__(self, encoder: Encoder, view: View, parties: Parties, pieces: Pieces, vectors: Floats) -> None:
        self.encoder, self.view, self.parties, self.pieces, self.vectors = encoder, view, parties, pieces, vectors
        heads = self.heads = encoder.heads
        logits = vectors @ heads["token.weight"].T + heads["token.bias"]
        for begin, end in _gaps(pieces):
            logits[begin:end] = UNREAD
        self.logits: Floats = logits
        self._focus: dict[tuple[int, str], Floats] = {}
        self._parties: dict[tuple[int, str], Floats] = {}

    @cached_property
    def sentences(self) -> Floats:
        """How likely each sentence tells each of ACTS: (sentences, acts)."""
        found = np.zeros((len(self.pieces.sentences), len(ACTS)), np.float32)
        for index, (first, last) in enumerate(self.pieces.sentences):
            if first < last:
                found[index] = 1 / (1 + np.exp(-np.logaddexp.reduce(self.logits[first:last], axis=0)))
        return found

    def acts(self, least: float) -> Iterator[tuple[Site, str, float]]:
        """Sentences and the acts they may tell, with how likely that is."""
        for index, act in zip(*np.nonzero(self.sentences >= least), strict=True):
            yield anchor(self.view.sentences[index], ACTS[act]), ACTS[act], float(self.sentences[index, act])

    def focus(self, site: Site, act: str) -> Floats:
        """The sentence as seen from an act, its most telling pieces and all of them: (2 * size)."""
        key = (site.sentence.index, act)
        if key not in self._focus:
            first, last = self.pieces.sentences[site.sentence.index]
            inside = self.vectors[first:last]
            telling = softmax(self.logits[first:last, ACTS.index(act)]) @ inside
            self._focus[key] = np.concatenate((telling, inside.mean(axis=0)))
        return self._focus[key]

    def stages(self, site: Site, act: str, pair: Pair) -> dict[str, float]:
        """Over STAGES, of an act that is no history."""
        heads = self.heads
        hidden = heads["stage.in.weight"] @ self.focus(site, act) + heads["stage.in.bias"]
        hidden += heads["stage.party.weight"] @ (self.party(pair.a, site) + self.party(pair.b, site))
        hidden = np.maximum(hidden + heads["stage.act"][ACTS.index(act)], 0)
        return dict(
            zip(STAGES, softmax(heads["stage.out.weight"] @ hidden + heads["stage.out.bias"]).tolist(), strict=True)
        )

    def pairs(self, site: Site, act: str, pairs: Sequence[Pair]) -> list[float]:
        """For each pair, how likely the act is its. Several may be right."""
        if not pairs:
            return []
        heads = self.heads
        keys = {party.key: party for pair in pairs for party in (pair.a, pair.b)}
        sides = {key: heads["pair.party.weight"] @ self.party(party, site) for key, party in keys.items()}
        dense = dense_rows((pair_features(self.parties, site, pair) for pair in pairs), self.encoder.pair_names)
        hidden = np.stack([sides[pair.a.key] + sides[pair.b.key] for pair in pairs])
        hidden += heads["pair.site.weight"] @ self.focus(site, act) + heads["pair.act"][ACTS.index(act)]
        hidden = np.maximum(hidden + dense @ heads["pair.dense.weight"].T + heads["pair.dense.bias"], 0)
        logits = hidden @ heads["pair.out.weight"][0] + dense @ heads["pair.wide.weight"][0] + heads["pair.out.bias"]
        return list((1 / (1 + np.exp(-logits))).tolist())

    def party(self, party: Party, site: Site) -> Floats:
        """A party as seen from a sentence: its nearest mention, and all of them: (2 * size)."""
        key = (site.sentence.index, party.key)
        if key not in self._parties:
            vectors = np.stack([self.words(span) for span in party.spans])
            self._parties[key] = np.concatenate(
                (vectors[nearest(party.spans, site.sentence.span)], vectors.mean(axis=0))
            )
        return self._parties[key]

    def dates(self, site: Site, act: str, candidates: Sequence[DateCandidate]) -> list[float]:
        """Over the candidates, that the act happened then."""
        heads = self.heads
        dense = dense_rows((candidate.features for candidate in candidates), self.encoder.date_names)
        words = np.stack([self.words(candidate.dated.span) for candidate in candidates])
        hidden = heads["date.site.weight"] @ self.focus(site, act) + heads["date.act"][ACTS.index(act)]
        hidden = hidden + words @ heads["date.words.weight"].T + dense @ heads["date.dense.weight"].T
        hidden = np.maximum(hidden + heads["date.dense.bias"], 0)
        return list(softmax(hidden @ heads["date.out.weight"][0] + dense @ heads["date.wide.weight"][0]).tolist())

    def words(self, span: Span | None) -> Floats:
        """The mean vector of a span; zeros for none."""
        if span is None:
            return np.zeros(self.vectors.shape[1], np.float32)
        return np.asarray(self.vectors[slice(*self.pieces.of(span))].mean(axis=0))


def softmax(logits: Floats) -> Floats:
    weights = np.exp(logits - logits.max())
    return np.asarray(weights / weights.sum(), np.float32)


def anchor(sentence: Sentence, act: str) -> Site:
    """The site of an act in a sentence: its triggers, else an echo, else the bare sentence."""
    action = Action.ESTABLISH if act == BACKGROUND else Action(act)
    triggers = sorted(
        (span for span in sentence.actions if span._.action == action), key=lambda span: (span.start, -span.end)
    )
    close = [span for span in triggers if span.start - triggers[0].start < REACH]
    echoes = [span for span in sentence.cues if span._.cue == "echo"]
    return Site(sentence, tuple(close or echoes[:1]), action)


def _gaps(pieces: Pieces) -> Iterator[tuple[int, int]]:
    """Stretches that no window reads."""
    at = 0
    for _, begin, end in pieces.windows:
        if at < begin:
            yield at, begin
        at = end
    if at < len(pieces.ids):
        yield at, len(pieces.ids)


def nearest(spans: Sequence[Span], sentence: Span) -> int:
    """Which of a party's mentions a sentence is read with: one inside it, else the last before, else the next."""

    def cost(number: int) -> tuple[int, int]:
        start = spans[number].start
        if sentence.start <= start < sentence.end:
            return 0, start
        return (1, sentence.start - start) if start < sentence.start else (2, start)

    return min(range(len(spans)), key=cost)


def dense_rows(features: Iterable[Features], names: dict[str, int]) -> Floats:
    """Features as rows."""
    found = list(features)
    rows = np.zeros((len(found), len(names)), np.float32)
    for row, one in zip(rows, found, strict=True):
        for name, value in one.items():
            if name in names:
                row[names[name]] = value
    return rows
