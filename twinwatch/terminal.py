"""Where words go: results to standard output, progress to standard error; colour and bars only on a terminal."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress


def console(stderr: bool = False) -> "Console":
    from rich.console import Console

    return Console(stderr=stderr, highlight=False, emoji=False)


def note(line: str) -> None:
    """A line about the work, on standard error."""
    print(line, file=sys.stderr, flush=True)


class Bar(Protocol):
    """How far the work has come."""

    def expect(self, steps: int) -> None:
        """So many steps more."""

    def advance(self, steps: int = 1) -> None:
        """So many of them are done."""


class _NoBar:
    def expect(self, steps: int) -> None: ...

    def advance(self, steps: int = 1) -> None: ...


class _RichBar:
    def __init__(self, bars: "Progress", label: str) -> None:
        self._bars = bars
        self._task = bars.add_task(label, total=0)
        self._total = 0

    def expect(self, steps: int) -> None:
        self._total += steps
        self._bars.update(self._task, total=self._total)

    def advance(self, steps: int = 1) -> None:
        self._bars.advance(self._task, steps)


@contextmanager
def progress(label: str, steps: int = 0) -> Iterator[Bar]:
    """A bar on standard error while the block runs, on a terminal; one line elsewhere."""
    screen = console(stderr=True)
    if not screen.is_terminal:
        note(f"{label} ...")
        yield _NoBar()
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description:<16}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=screen, transient=True) as bars:
        bar = _RichBar(bars, label)
        bar.expect(steps)
        yield bar


def print_json(value: object) -> None:
    """JSON for people and programs: indented, all scripts kept."""
    print(json.dumps(value, ensure_ascii=False, indent=2))
