"""Reader: the public face of nlp. Documents in, readings out."""

import hashlib
from collections.abc import Iterable, Iterator
from functools import cached_property
from importlib.metadata import version
from itertools import islice
from pathlib import Path

from spacy.language import Language
from spacy.tokens import Doc

from config.lexicon import load_lexicon
from config.settings import Settings
from nlp.choice import RuleChoice
from nlp.events import Assembler
from nlp.gate import may_speak_of_tie
from nlp.gazetteer import DISTRICTS, Gazetteer, ready_gazetteer
from nlp.language import language_of
from nlp.linear import LinearModel
from nlp.mention import Document, Reading, reading_text
from nlp.parties import Parties
from nlp.pipeline import build_pipeline
from nlp.register import ResolvedRegister, load_register
from nlp.sites import View

CODE_VERSION = 1  # raised when a change of code alters what is read
LONGEST_TEXT = 600_000  # characters; spaCy's parser needs some 100 MB per 100,000
LONGEST_LINE = 20_000  # characters without a break: no prose
MODEL = Path(__file__).parent / "model"
MODEL_FILES = ("encoder.onnx", "heads.npz", "final.npz", "vocab.txt")
RULE_THRESHOLD, LEARNED_THRESHOLD = 0.35, 0.27


class Reader:
    """Reads documents. Loads spaCy, the gazetteer and the encoder on first use (about two seconds)."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    @cached_property
    def version(self) -> str:
        """Changes whenever a reading could: code, model, lexicon, places, register or learned weights."""
        digest = hashlib.sha256(f"{CODE_VERSION} {self.settings.nlp.model} {self.settings.nlp.ranker}".encode())
        for path in self._data_files():
            digest.update(path.read_bytes())
        return f"{version('twinwatch')}-{digest.hexdigest()[:10]}"

    def _data_files(self) -> list[Path]:
        names = ("lexicon.toml", "places.toml", "register.csv")
        return [
            *(self.settings.config_file(name) for name in names),
            *((MODEL / name for name in MODEL_FILES) if self.settings.nlp.ranker else ()),
            DISTRICTS,
        ]

    @cached_property
    def pipeline(self) -> Language:
        return build_pipeline(self.settings)

    @cached_property
    def gazetteer(self) -> Gazetteer:
        return ready_gazetteer(self.settings.gazetteer_path)

    @cached_property
    def register(self) -> ResolvedRegister:
        return load_register(self.settings.config_file("register.csv"), self.settings.gazetteer_path)

    @cached_property
    def assembler(self) -> Assembler:
        if self.settings.nlp.ranker:
            from nlp.encoder import Encoder  # noqa: PLC0415 - onnxruntime is not loaded for nothing

            return Assembler(Encoder(MODEL), LinearModel.load(MODEL / "final.npz", "final"), LEARNED_THRESHOLD)
        return Assembler(RuleChoice(load_lexicon(self.settings.config_file("lexicon.toml"))), None, RULE_THRESHOLD)

    def parse(self, document: Document) -> Doc:
        """The processed Doc of title and text; for training and for looking at what the components find."""
        doc = self.pipeline.make_doc(reading_text(document.title, document.text))
        doc._.title_end = len(document.title) if document.title else 0
        doc._.published, doc._.kind, doc._.source_city = document.published, document.kind, document.city
        return self.pipeline(doc)

    def read(self, document: Document) -> Reading:
        """The mentions of one text, or a note why there are none."""
        text = reading_text(document.title, document.text)
        if not text.strip():
            return Reading(document.id, (), note="empty text")
        if not may_speak_of_tie(text):
            return Reading(document.id, (), note="no word of a tie")
        if max(map(len, text.splitlines())) > LONGEST_LINE:
            return Reading(document.id, (), note=f"a line of more than {LONGEST_LINE:,} characters is no prose")
        if len(text) > LONGEST_TEXT:
            return Reading(document.id, (), note=f"longer than {LONGEST_TEXT:,} characters; split it into items")
        language = language_of(text)
        if language != "en":
            return Reading(document.id, (), language, note=f"in {language}, not in English")
        view = View(self.parse(document))
        parties = Parties(view, self.register.pairs)
        mentions = self.assembler(view, parties)
        return Reading(document.id, tuple(map(self.register.resolve, mentions)), language)

    def read_many(self, documents: Iterable[Document], workers: int = 1) -> Iterator[Reading]:
        """Readings in the order of the documents, by so many processes."""
        if workers == 1:
            yield from map(self.read, documents)
            return
        from nlp.workers import read_in_processes  # noqa: PLC0415 - it imports this module

        yield from read_in_processes(self.settings, documents, workers)


def batches(documents: Iterable[Document], size: int) -> Iterator[list[Document]]:
    """Lists of so many documents, the last one shorter."""
    rest = iter(documents)
    while batch := list(islice(rest, size)):
        yield batch
