"""Events on a screen: a table on a terminal, one line an event elsewhere."""

import textwrap
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from twinwatch.render import (
    act_words,
    city_words,
    date_words,
    evidence_words,
    explanation,
    pair_words,
)
from twinwatch.terminal import console

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from twinwatch.render import Event

WIDE = 120  # columns from which a pair and an act stand on one line
WIDE_EVIDENCE, NARROW_EVIDENCE = 240, 140  # characters: about five lines of a cell
_COLOURS = {"establish": "green", "restore": "green", "maintain": "cyan", "suspend": "yellow", "sever": "red"}


def print_events(events: "Sequence[Event]", explain: bool = False) -> None:
    """Events on standard output; with what led to each, if asked."""
    screen = console()
    if explain:
        _print_explained(events, screen)
    elif screen.is_terminal:
        screen.print(event_table(events, screen.width))
    else:
        for line in event_lines(events):
            print(line)


def event_table(events: "Sequence[Event]", width: int) -> "Table":
    """A table as wide as the terminal. The evidence gives way first."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    wide = width >= WIDE
    joint = " " if wide else "\n"
    table = Table(
        box=box.SIMPLE_HEAD, expand=True, pad_edge=False, show_edge=False, padding=(0, 1, 0, 0), leading=int(not wide)
    )
    table.add_column("date", no_wrap=True)
    table.add_column("tie", ratio=6, min_width=24)
    table.add_column("act", no_wrap=True)
    table.add_column("conf", justify="right", no_wrap=True)
    table.add_column("evidence", ratio=7, style="dim")
    for event in events:
        when = Text(date_words(event.date, event.date_precision, joint))
        if identity := getattr(event, "id", None):
            when.append(f"\n{identity}", style="dim")
        table.add_row(
            when,
            Text(f"{city_words(event.city_a)}{joint}— {city_words(event.city_b)}"),
            Text(act_words(event, joint), style=_COLOURS[event.action]),
            f"{event.confidence:.2f}",
            Text(evidence_words(event, WIDE_EVIDENCE if wide else NARROW_EVIDENCE)),
        )
    return table


def event_lines(events: "Sequence[Event]") -> list[str]:
    """One line an event, in columns, whatever the width."""
    rows = [
        (
            getattr(event, "id", ""),
            date_words(event.date, event.date_precision),
            pair_words(event),
            act_words(event),
            f"{event.confidence:.2f}",
            f"“{' '.join(event.evidence.split())}”",
        )
        for event in events
    ]
    return aligned(rows)


def aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Rows as lines, each column as wide as its widest cell; columns that are empty throughout are left out."""
    columns = [[str(cell) for cell in column] for column in zip(*rows, strict=True) if any(column)]
    widths = [max(map(len, column)) for column in columns]
    return ["  ".join(map(str.ljust, row, widths)).rstrip() for row in zip(*columns, strict=True)]


def _print_explained(events: "Sequence[Event]", screen: "Console") -> None:
    width = screen.width if screen.is_terminal else 10_000
    for event in events:
        told = explanation(event)
        screen.print(told.head, style="bold", markup=False, soft_wrap=True)
        for line in told.lines:
            wrapped = textwrap.fill(line, width, initial_indent="  ", subsequent_indent=" " * 14)
            screen.print(wrapped, markup=False, soft_wrap=True)
        screen.print()


def print_rows(head: Sequence[str], rows: Sequence[Sequence[str]], right: Collection[int] = ()) -> None:
    """A small table of words and figures; `right` numbers the columns that are set to the right."""
    screen = console()
    if not screen.is_terminal:
        cells = [head, *rows]
        widths = [max(len(row[column]) for row in cells) for column in range(len(head))]
        for row in cells:
            justified = [
                cell.rjust(width) if column in right else cell.ljust(width)
                for column, (cell, width) in enumerate(zip(row, widths, strict=True))
            ]
            print("  ".join(justified).rstrip())
        return
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for column, name in enumerate(head):
        table.add_column(name, justify="right" if column in right else "left", overflow="fold")
    for row in rows:
        table.add_row(*map(Text, row))
    screen.print(table)
