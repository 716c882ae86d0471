"""twinwatch events: query what is stored."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from config.vocabulary import Action, ReviewState, Stage
from twinwatch.commands.options import ListFormat, parse_date

if TYPE_CHECKING:
    from collections.abc import Sequence

    from store.events import EventRecord


def command(
    city: Annotated[str | None, typer.Option(help="Either party, in any spelling of accents and case.")] = None,
    country: Annotated[str | None, typer.Option(metavar="CODE", help="Either party's, two letters.")] = None,
    action: Annotated[Action | None, typer.Option(help="What was done to the tie.")] = None,
    stage: Annotated[Stage | None, typer.Option(help="How far the act had come.")] = None,
    since: Annotated[str | None, typer.Option(metavar="DATE", help="Not over before this day.")] = None,
    until: Annotated[str | None, typer.Option(metavar="DATE", help="Begun by this day.")] = None,
    min_confidence: Annotated[float | None, typer.Option(min=0, max=1, help="Leave out what is less sure.")] = None,
    review: Annotated[ReviewState | None, typer.Option(help="Where the event stands with its reviewers.")] = None,
    source: Annotated[str | None, typer.Option(metavar="NAME", help="Told by this source.")] = None,
    background: Annotated[bool, typer.Option("--background", help="Foundings told as history too.")] = False,
    text: Annotated[str | None, typer.Option(help="Words of the evidence.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many, newest first.")] = 1000,
    output_format: Annotated[ListFormat, typer.Option("--format", help="How to print.")] = ListFormat.TABLE,
    explain: Annotated[bool, typer.Option("--explain", help="Tell what led to each event.")] = False,
) -> None:
    """Query the events in the database."""
    first, last = parse_date("--since", since), parse_date("--until", until)

    from store.database import Database
    from store.events import EventFilter, count_events, find_events
    from twinwatch.startup import open_settings
    from twinwatch.terminal import note

    wanted = EventFilter(
        city=city, country=country, action=action, stage=stage, since=first, until=last,
        min_confidence=min_confidence, review=review, source=source, include_background=background, text=text,
        limit=limit,
    )  # fmt: skip
    database = Database.open(open_settings().database_url)
    try:
        with database.read() as session:
            found = find_events(session, wanted)
            total = count_events(session, wanted)
    finally:
        database.close()
    _print(found, output_format, explain)
    if total > len(found):
        note(f"{len(found)} of {total} events; --limit shows more.")
    elif not found:
        note("No events fit.")


def _print(found: "Sequence[EventRecord]", output_format: ListFormat, explain: bool) -> None:
    from twinwatch.render import event_json, flat
    from twinwatch.tables import print_events
    from twinwatch.terminal import print_json

    match output_format:
        case ListFormat.TABLE:
            print_events(found, explain)
        case ListFormat.JSON:
            print_json([event_json(event) for event in found])
        case ListFormat.JSONL:
            import json

            for event in found:
                print(json.dumps(event_json(event), ensure_ascii=False))
        case ListFormat.CSV:
            import csv

            from twinwatch.render import FLAT_COLUMNS

            writer = csv.DictWriter(sys.stdout, FLAT_COLUMNS, lineterminator="\n")
            writer.writeheader()
            writer.writerows(flat(event) for event in found)
