"""How fast texts are read, in one process: our whole pipeline beside the bare base pipeline, and the gate."""

import statistics
import time
from collections.abc import Callable, Iterator

from benchmarks.startup import GOLD, Figure
from config.settings import load_settings
from nlp.gate import may_speak_of_tie
from nlp.mention import Document, reading_text
from nlp.pipeline import load_base
from nlp.reader import Reader
from twinwatch.gold import load_gold

ROUNDS = 3
EVERY = 6  # of the annotated documents, one in so many: some 15,000 words
GATE_MEGABYTES = 50
PARAGRAPH = """<p>Crews will close the left lane of Harbour Street on Thursday morning to mend a water main that burst
in the cold of last week, the utility said. Buses take Quarry Road until Friday noon. Households between the mill and
the old ferry landing should boil their water for a day.</p>
"""


def pipeline_figures() -> Iterator[Figure]:
    yield _pipeline_figure()
    yield _gate_figure()


def _pipeline_figure() -> Figure:
    """Words a second of `Reader.read` over those of the base pipeline, measured in turn on the same documents.

    The base runs at its best, in batches; ours language test, linking and assembly included.
    """
    reader = Reader(load_settings())
    base = load_base(reader.settings.nlp.model)
    documents = [gold.document() for gold in load_gold(GOLD)]
    documents = [one for one in documents if may_speak_of_tie(_text(one))][::EVERY]
    texts = [_text(one) for one in documents]
    words = sum(len(text.split()) for text in texts)
    reader.read(documents[0])  # loads everything

    def bare() -> None:
        for _ in base.pipe(texts):
            pass

    def whole() -> None:
        for document in documents:
            reader.read(document)

    rounds = [(_seconds(bare), _seconds(whole)) for _ in range(ROUNDS)]
    bare_speed, whole_speed = (words / statistics.median(column) for column in zip(*rounds, strict=True))
    what = f"whole pipeline to bare base ({whole_speed:,.0f} to {bare_speed:,.0f} words/s)"
    return Figure(what, statistics.median(a / b for a, b in rounds), "", 0.60, at_most=False)


def _gate_figure() -> Figure:
    """Raw pages of 100 kB without a word for a tie, which the gate has to search to their ends."""
    page = (PARAGRAPH * (100_000 // len(PARAGRAPH))).encode()
    pages = GATE_MEGABYTES * 1_000_000 // len(page)

    def gate() -> None:
        for _ in range(pages):
            may_speak_of_tie(page)

    seconds = statistics.median(_seconds(gate) for _ in range(ROUNDS))
    return Figure("the gate, raw pages", pages * len(page) / 1e6 / seconds, "MB/s", 100, at_most=False)


def _text(document: Document) -> str:
    return reading_text(document.title, document.text)


def _seconds(work: Callable[[], None]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
