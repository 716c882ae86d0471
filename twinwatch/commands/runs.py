"""twinwatch runs: what the last runs did."""

from typing import Annotated

import typer


def command(limit: Annotated[int, typer.Option(min=1, help="At most so many, newest first.")] = 10) -> None:
    """Tell what the last runs did."""
    from store.database import Database
    from store.runs import list_runs
    from twinwatch.report import print_runs
    from twinwatch.startup import open_settings

    database = Database.open(open_settings().database_url)
    try:
        with database.read() as session:
            print_runs(list_runs(session, limit))
    finally:
        database.close()
