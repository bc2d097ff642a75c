"""Rooms spread over several storage accounts, as growing leaves them."""

from collections.abc import Sequence
from dataclasses import replace

from azure.data.tables.aio import TableClient

from rooms.storage.further_accounts import join_account, note_accounts
from rooms.storage.guard import Guard
from rooms.storage.spread import Spread, spread_entity
from rooms.storage.table import Table
from rooms.storage.table_check import TableCheck, made

OVER_THREE = "0120120120"
"""The accounts of the digits 0 to 9."""


async def spread_rooms(clients: Sequence[TableClient], spread: Spread | None = None) -> Spread:
    """Writes the spread, one over all of these accounts unless it is given, and the markers.
    Returns it."""
    if spread is None:
        spread = Spread(version=1, accounts=OVER_THREE)
    spread = spread.with_account(len(clients) - 1)
    first, *further = clients
    await made(first)
    await note_accounts(first, spread.count)
    for account, client in enumerate(further, 1):
        assert await join_account(client, account, spread.id)
    await first.upsert_entity(spread_entity(spread), "replace")
    return spread


async def go_on(clients: Sequence[TableClient], spread: Spread) -> Spread:
    """Writes the next version of the spread, and returns it. No floor tells of it."""
    following = replace(spread, version=spread.version + 1)
    await clients[0].upsert_entity(spread_entity(following), "replace")
    return following


def table_over(clients: Sequence[TableClient], spread_seconds: float = 5.0) -> Table:
    """Returns the table as a process has it that has just started, with all checks."""
    (client, guard), *further = (
        (client, Guard(TableCheck(client, True, account, len(clients)), account=account))
        for account, client in enumerate(clients)
    )
    return Table(client, guard, further, spread_seconds)
