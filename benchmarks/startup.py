"""What a person waits for: whole commands, each in a process of its own, start-up included."""

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from config.settings import load_settings

ROOT = Path(__file__).parent.parent
ARTICLE = ROOT / "benchmarks" / "article.txt"
GOLD = ROOT / "tests" / "gold"
TWINWATCH = (sys.executable, "-m", "twinwatch")
# From the start of Python to the first text read: imports, spaCy, gazetteer, register and learned weights.
FIRST_READING = """
from config.settings import load_settings
from nlp.mention import Document
from nlp.reader import Reader
Reader(load_settings()).read(Document("first", "The council ended its sister city agreement with Oulu, Finland."))
"""


@dataclass(frozen=True, slots=True)
class Cost:
    """Wall-clock seconds, and the peak resident memory of the process or of the largest of its children."""

    seconds: float
    megabytes: float


@dataclass(frozen=True, slots=True)
class Figure:
    """One row of the table: what was measured, what came out, and what it should be."""

    what: str
    value: float
    unit: str
    target: float
    at_most: bool = True  # false: the target is a floor
    megabytes: float | None = None

    @property
    def met(self) -> bool:
        return self.value <= self.target if self.at_most else self.value >= self.target


MEMORY_TARGET_MEGABYTES = 1500


def startup_figures() -> Iterator[Figure]:
    """Medians of several runs each."""
    yield _figure("twinwatch --help", 0.7, [_cost(["--help"]) for _ in range(3)])
    with data_folder() as environ:
        yield _figure(
            "twinwatch extract, one article", 6, [_cost(["extract", str(ARTICLE)], environ) for _ in range(3)]
        )
        reader = [measured((sys.executable, "-c", FIRST_READING), environ) for _ in range(3)]
        yield _figure("a Reader until its first text", 4, reader)
    yield _figure("twinwatch run --sample, first night", 90, [_first_night() for _ in range(2)])


def workers_figure() -> Figure:
    """All annotated documents read by `extract --input` with one worker and with two, in turn."""
    with data_folder() as environ, tempfile.TemporaryDirectory() as folder:
        texts, events = Path(folder) / "docs.jsonl", Path(folder) / "events.jsonl"
        with texts.open("w", encoding="utf-8") as lines:
            for path in sorted(GOLD.rglob("*.json")):
                lines.write(json.dumps(json.loads(path.read_bytes())) + "\n")
        bulk = ["extract", "--input", str(texts), "--output", str(events), "--workers"]
        rounds = [(_cost([*bulk, "1"], environ), _cost([*bulk, "2"], environ)) for _ in range(2)]
    gain = statistics.median(one.seconds / two.seconds for one, two in rounds)
    megabytes = max(cost.megabytes for pair in rounds for cost in pair)
    return Figure("extract --workers 2 against 1", gain, "x", 1.6, at_most=False, megabytes=megabytes)


@contextmanager
def data_folder() -> Iterator[dict[str, str]]:
    """The environment of a new data folder that has the compiled gazetteer, as after `make setup`, and nothing else."""
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(load_settings().gazetteer_path, folder)
        yield {**os.environ, "TWINWATCH_DATA": folder}


def measured(command: tuple[str, ...], environ: Mapping[str, str]) -> Cost:
    """What one command costs. Raises CalledProcessError where it fails, its output shown."""
    started = time.perf_counter()
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(command, env=dict(environ), cwd=ROOT, stdout=output, stderr=output)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            output.seek(0)
            sys.stderr.write(output.read().decode(errors="replace"))
            raise subprocess.CalledProcessError(process.returncode, command)
    in_megabyte = 1024**2 if sys.platform == "darwin" else 1024  # macOS counts bytes, Linux KiB
    return Cost(seconds, usage.ru_maxrss / in_megabyte)


def _cost(arguments: list[str], environ: Mapping[str, str] = os.environ) -> Cost:
    return measured((*TWINWATCH, *arguments), environ)


def _first_night() -> Cost:
    with data_folder() as environ:
        return _cost(["run", "--sample"], environ)


def _figure(what: str, target: float, costs: list[Cost]) -> Figure:
    seconds = statistics.median(cost.seconds for cost in costs)
    return Figure(what, seconds, "s", target, megabytes=max(cost.megabytes for cost in costs))
