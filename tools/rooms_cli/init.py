"""`rooms init`: makes the service's table."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Annotated

import typer

from rooms_cli.options import Table
from rooms_cli.screen import say

if TYPE_CHECKING:
    from rooms.storage.marker import Prepared


def init(
    table: Table = None,
    adopt: Annotated[
        bool,
        typer.Option("--adopt", help="Use a table that has rows of another program."),
    ] = False,
) -> None:
    """Make the service's table, or mark one that is there. Changes no row of it. Once is enough.

    Set ROOMS_STORAGE, or ROOMS_STORAGE__tableServiceUri, as the app has them. Without them it makes
    the table of `make start` on this machine. In further storage accounts it only makes the table:
    `rooms spread` brings rooms there.
    """
    from rooms.storage.marker import make, prepare  # slow to import, and only needed here
    from rooms_cli.storage import storage
    from rooms_cli.storage_failures import failures_of

    with storage(os.environ, table) as stored:
        first, *further = stored.accounts
        with failures_of(first, writes=True) as client:
            done = prepare(client, adopt)
        _show(done, f"the table {stored.table} at {first.address}")
        for account in further:
            with failures_of(account, writes=True) as client:
                is_new = make(client)
            of = f"the table {stored.table} at {account.address}"
            say(f"{'Made' if is_new else 'Nothing to do: there is'} {of}. To use it: rooms spread")


def _show(done: Prepared, of: str) -> None:
    from rooms_cli.failures import Failure

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
