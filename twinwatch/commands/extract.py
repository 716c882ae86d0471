"""twinwatch extract: the events of one text, or of many."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from config.errors import ConfigError
from twinwatch.commands.options import TextFormat, parse_date

if TYPE_CHECKING:
    from config.settings import Settings
    from nlp.mention import Document

Lines = Annotated[
    Path | None, typer.Option("--input", metavar="DOCS.JSONL", help="Many texts, one JSON object a line.")
]
Result = Annotated[Path | None, typer.Option("--output", metavar="EVENTS.JSONL", help="Where their events go.")]


def command(
    file: Annotated[str | None, typer.Argument(metavar="FILE|-", help="A text file; - reads standard input.")] = None,
    published: Annotated[str | None, typer.Option(metavar="DATE", help="When the text was published.")] = None,
    title: Annotated[str, typer.Option(help="Its headline.")] = "",
    output_format: Annotated[TextFormat, typer.Option("--format", help="How to print the events.")] = TextFormat.TABLE,
    explain: Annotated[bool, typer.Option("--explain", help="Tell which words and rules led to each event.")] = False,
    background: Annotated[bool, typer.Option("--background", help="Print foundings told as history too.")] = False,
    input_: Lines = None,
    output: Result = None,
    workers: Annotated[int | None, typer.Option(min=1, max=64, help="Processes that read side by side.")] = None,
) -> None:
    """Read the events out of a text; nothing is stored."""
    from twinwatch.startup import open_settings

    if (file is None) == (input_ is None):
        raise ConfigError("extract: give one FILE, or --input DOCS.JSONL", "See twinwatch extract --help.")
    if (input_ is None) != (output is None):
        raise ConfigError("extract: --input and --output go together", "See twinwatch extract --help.")
    if input_ is not None and (published is not None or title):
        raise ConfigError("extract: --published and --title are for one FILE", "Each line of DOCS.JSONL has its own.")
    settings = open_settings({"nlp.workers": workers})
    if file is not None:
        from twinwatch.texts import read_text

        document = read_text(file, parse_date("--published", published), title)
        _extract_one(settings, document, output_format, explain, background)
    elif input_ is not None and output is not None:
        _extract_many(settings, input_, output)


def _extract_one(
    settings: "Settings", document: "Document", output_format: TextFormat, explain: bool, background: bool
) -> None:
    from nlp.reader import Reader
    from twinwatch.render import event_json
    from twinwatch.tables import print_events
    from twinwatch.terminal import note, print_json

    reading = Reader(settings).read(document)
    events = [mention for mention in reading.mentions if background or not mention.background]
    if output_format is TextFormat.JSON:
        print_json([event_json(event, explain) for event in events])
        return
    print_events(events, explain)
    if not events:
        note(f"No events{': ' + reading.note if reading.note else ''}.")
    if hidden := len(reading.mentions) - len(events):
        note(f"{hidden} told as history; --background shows {'it' if hidden == 1 else 'them'}.")


def _extract_many(settings: "Settings", source: Path, target: Path) -> None:
    from nlp.reader import Reader
    from twinwatch.bulk import extract_lines
    from twinwatch.terminal import note
    from twinwatch.texts import InputError

    result = extract_lines(Reader(settings), source, target, settings.nlp.workers)
    note(f"{result.documents} texts, {result.events} events, {result.seconds:.1f} s -> {target}")
    for broken in result.broken:
        note(f"{source}, line {broken.number}: {broken.problem}")
    if result.broken:
        lines = "1 line was" if len(result.broken) == 1 else f"{len(result.broken)} lines were"
        raise InputError(f"{source}: {lines} left out, all others are done", "Mend and run again.")
