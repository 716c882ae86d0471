"""The command line's wiring. Each command lives in a file of `twinwatch.commands` and imports what is heavy itself."""

from typing import Annotated

import typer

from twinwatch.commands import db, doctor, evaluate, events, extract, run, runs, sources

app = typer.Typer(
    help="Watch what happens to sister-city ties: crawl, read, date and query.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"twinwatch {version('twinwatch')}")
        raise typer.Exit


@app.callback()
def twinwatch(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and leave.")
    ] = False,
) -> None:
    pass


app.command("run")(run.command)
app.command("extract")(extract.command)
app.command("evaluate")(evaluate.command)
app.command("events")(events.command)
app.command("runs")(runs.command)
app.command("doctor")(doctor.command)
app.add_typer(sources.app, name="sources")
app.add_typer(db.app, name="db")
