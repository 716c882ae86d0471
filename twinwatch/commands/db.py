"""twinwatch db: the database's own affairs."""

import typer

app = typer.Typer(help="The database's own affairs.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Keeps `db upgrade` a subcommand while it is the only one."""


@app.command("upgrade")
def upgrade_command() -> None:
    """Bring the database to this version's schema; a missing one is made."""
    from store.database import upgrade
    from twinwatch.startup import open_settings

    settings = open_settings()
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    before, after = upgrade(settings.database_url)
    typer.echo(f"already at {after}" if before == after else f"{before or 'empty'} -> {after}")
