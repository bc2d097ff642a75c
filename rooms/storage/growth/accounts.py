"""The table in each account: whether it is of this deployment, and how it becomes that."""

from collections.abc import Sequence
from contextlib import suppress

from azure.core.exceptions import ResourceExistsError, ResourceNotFoundError
from azure.data.tables import TableEntity, UpdateMode
from azure.data.tables.aio import TableClient

from rooms.storage import keys
from rooms.storage.entities import Entity, identity_row
from rooms.storage.growth.errors import AccountRefused
from rooms.storage.marker import marker
from rooms.storage.spread import Spread


async def check_accounts(clients: Sequence[TableClient], spread: Spread) -> None:
    """Checks that the accounts that rooms have been in are those of this deployment. One request
    for each.

    Raises:
        AccountRefused: one is not.
        AzureError: one does not answer.
    """
    for account, client in enumerate(clients[: spread.count]):
        found = await _marker(client)
        if found is None or not _is_of(found, account, spread):
            raise AccountRefused(account)


async def prepare_account(clients: Sequence[TableClient], account: int, spread: Spread) -> None:
    """Makes the table of an account that rooms are to move to, with its marker, and notes in that
    of the first account how many there are. Five requests, at most.

    Raises:
        AccountRefused: it is not empty, and not of this deployment.
        AzureError: an account does not answer.
    """
    client = clients[account]
    with suppress(ResourceExistsError):
        await client.create_table()
    found = await _marker(client)
    if found is None or not _is_of(found, account, spread):
        if not await _is_empty(client):
            raise AccountRefused(account)
        own: Entity = {"account": account, "spread": spread.id}
        await client.upsert_entity(marker() | own, UpdateMode.REPLACE)
    counted = identity_row(keys.MARKER_ROW) | {"accounts": spread.count}
    await clients[0].update_entity(counted, UpdateMode.MERGE)


def _is_of(found: TableEntity, account: int, spread: Spread) -> bool:
    if found.get("account", 0) != account:
        return False
    return account == 0 or found.get("spread") == spread.id


async def _marker(client: TableClient) -> TableEntity | None:
    try:
        return await client.get_entity(keys.IDENTITY_PARTITION, keys.MARKER_ROW)
    except ResourceNotFoundError:
        return None


async def _is_empty(client: TableClient) -> bool:
    """Returns whether a table has nothing but, maybe, a marker that names no deployment."""
    found = client.query_entities("PartitionKey ge ''", results_per_page=2)
    async for row in found:
        if row["RowKey"] != keys.MARKER_ROW or "spread" in row or "accounts" in row:
            return False
    return True
