"""twinwatch run: one nightly cycle."""

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from twinwatch.run import Cycle


def command(
    sample: Annotated[bool, typer.Option("--sample", help="On the bundled sample world instead of the web.")] = False,
    trigger: Annotated[str, typer.Option(help="What the record of the run names as its cause.")] = "manual",
) -> None:
    """One nightly cycle: crawl the sources, read what is new, consolidate the events, report."""
    cycle = _sample_cycle() if sample else _cycle(trigger)

    from twinwatch.report import print_cycle

    print_cycle(cycle)
    if sample:
        typer.echo(
            "\nThat was the sample world. Look around: twinwatch events --explain, twinwatch extract FILE.\n"
            "Then list sources of your own in config/sources.toml, and: twinwatch run"
        )


def _cycle(trigger: str) -> "Cycle":
    from config.errors import ConfigError
    from config.sources import load_sources
    from twinwatch.startup import open_settings

    settings = open_settings()
    path = settings.config_file("sources.toml")
    sources = [source for source in load_sources(path) if source.enabled]
    if not sources:
        hint = "docs/adding-a-source.md shows how to add one. To see a night without any: twinwatch run --sample"
        raise ConfigError(f"{path}: no source is enabled", hint)

    from twinwatch.run import run_cycle  # slow to import, so after what can go wrong

    return run_cycle(settings, sources, trigger)


def _sample_cycle() -> "Cycle":
    """The sample's sources, asked through its server; the data goes where it always goes."""
    import os

    from config.settings import load_settings
    from config.sources import load_sources
    from twinwatch.run import SAMPLE, run_cycle
    from twinwatch.sample import SampleServer, sample_config
    from twinwatch.startup import open_settings

    data_dir = load_settings().data_dir
    folder = {"TWINWATCH_CONFIG": str(sample_config()), "TWINWATCH_DATA": str(data_dir)}
    settings = open_settings(environ={**os.environ, **folder})
    with SampleServer() as server:
        sources = [
            source.model_copy(update={"proxy": server.url})
            for source in load_sources(settings.config_file("sources.toml"))
        ]
        return run_cycle(settings, sources, SAMPLE)
