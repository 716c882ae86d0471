"""twinwatch sources: the places that are crawled."""

import typer

app = typer.Typer(help="The places that are crawled.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Keeps `sources list` a subcommand while it is the only one."""


@app.command("list")
def list_command() -> None:
    """List the configured sources, and how each fared when it was last crawled."""
    from config.sources import load_sources
    from store.database import Database
    from store.sources import list_sources
    from twinwatch.startup import open_settings
    from twinwatch.tables import print_rows
    from twinwatch.terminal import note

    settings = open_settings()
    path = settings.config_file("sources.toml")
    sources = load_sources(path)
    database = Database.open(settings.database_url)
    try:
        with database.read() as session:
            fared = {record.name: record.counts for record in list_sources(session)}
    finally:
        database.close()
    rows = [
        (
            source.name,
            source.spider.value,
            "yes" if source.enabled else "no",
            source.city or "",
            ", ".join(f"{number} {outcome}" for outcome, number in fared.get(source.name, {}).items()),
            " ".join(source.urls),
        )
        for source in sources
    ]
    print_rows(("name", "spider", "enabled", "city", "last crawl", "addresses"), rows)
    if not rows:
        note(f"{path} holds no sources.")
