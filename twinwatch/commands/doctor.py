"""twinwatch doctor: whether everything is in place."""

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from config.settings import Settings


def command(
    prepare: Annotated[
        bool, typer.Option("--prepare", help="Build what is missing first: gazetteer and database.")
    ] = False,
) -> None:
    """Look the installation over and tell in words what is wrong; exit 1 if something is broken."""
    from twinwatch.doctor import Health, examine
    from twinwatch.startup import open_settings
    from twinwatch.terminal import console

    settings = open_settings()
    if prepare:
        _prepare(settings)
    screen = console()
    colours = {Health.OK: "green", Health.REMARK: "yellow", Health.BROKEN: "red"}
    broken = 0
    for finding in examine(settings):
        screen.print(f"{finding.health:<7}", style=colours[finding.health], end="")
        screen.print(f"{finding.subject:<15} {finding.state}", markup=False, soft_wrap=True)
        if finding.advice:
            screen.print(f"{'':22} {finding.advice}", markup=False, soft_wrap=True)
        broken += finding.health is Health.BROKEN
    if broken:
        raise typer.Exit(1)


def _prepare(settings: "Settings") -> None:
    from nlp.gazetteer import ready_gazetteer
    from store.database import upgrade
    from twinwatch.terminal import note

    settings.data_dir.mkdir(parents=True, exist_ok=True)
    if not settings.gazetteer_path.exists():
        note("Compiling the gazetteer (once, about ten seconds) ...")
    ready_gazetteer(settings.gazetteer_path)
    upgrade(settings.database_url)
