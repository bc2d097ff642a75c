"""`rooms init`: makes the service's table."""

import os
from typing import Annotated

import typer

from rooms_cli.options import Table
from rooms_cli.screen import say


def init(
    table: Table = None,
    adopt: Annotated[
        bool,
        typer.Option("--adopt", help="Use a table that has rows of another program."),
    ] = False,
) -> None:
    """Make the service's table, or mark one that is there. Changes no row of it. Once is enough.

    Set ROOMS_STORAGE, or ROOMS_STORAGE__tableServiceUri, as the app has them. Without them it makes
    the table of `make start` on this machine.
    """
    from rooms.storage.marker import prepare  # slow to import, and only needed here
    from rooms_cli.failures import Failure
    from rooms_cli.storage import failures_of, storage

    stored = storage(os.environ, table)
    with stored.client, failures_of(stored, writes=True):
        done = prepare(stored.client, adopt)
    of = f"the table {stored.client.table_name} at {stored.address}"
    match done:
        case "made":
            say(f"Made {of}.")
        case "marked":
            say(f"Marked {of}, which was empty.")
        case "adopted":
            say(f"Marked {of}. Its rows stay.")
        case "there":
            say(f"Nothing to do: {of} is there, and has its marker.")
        case "foreign":
            raise Failure(
                f"{of.capitalize()} has rows that are not of this service. Choose another name, "
                "or use it nevertheless: rooms init --adopt"
            )
