"""Makes tables in further storage accounts those of this service: by their markers, which name the
account and the spread. So accounts that are swapped, or are another service's, are refused."""

from azure.core.exceptions import ResourceNotFoundError
from azure.data.tables import UpdateMode
from azure.data.tables.aio import TableClient

from rooms.storage import keys
from rooms.storage.entities import identity_row
from rooms.storage.marker import marker
from rooms.storage.table_check import made

_MARKER = identity_row(keys.MARKER_ROW)
_OTHERS = f"PartitionKey ne '{keys.IDENTITY_PARTITION}' or RowKey ne '{keys.MARKER_ROW}'"


async def join_account(client: TableClient, account: int, spread_id: str) -> bool:
    """Makes the table in an account that rooms are to move to, if it is missing, and its marker.
    Returns False if it is another account, or has rows that nobody knows. Four requests; two if it
    has joined before. Raises AzureError."""
    await made(client)
    try:
        found = await client.get_entity(keys.IDENTITY_PARTITION, keys.MARKER_ROW)
    except ResourceNotFoundError:
        found = None
    if found is not None and "account" in found:
        return (found["account"], found["spread"]) == (account, spread_id)
    rows = client.query_entities(_OTHERS, results_per_page=1, select=["RowKey"])
    if await anext(aiter(rows), None) is not None:
        return False
    joined = marker() | {"account": account, "spread": spread_id}
    await client.upsert_entity(joined, UpdateMode.REPLACE)
    return True


async def note_accounts(client: TableClient, accounts: int) -> None:
    """Notes in the marker of the first account in how many accounts rooms are, or may be soon. A
    process whose settings name fewer does nothing. One request. Raises AzureError."""
    await client.upsert_entity(_MARKER | {"accounts": accounts}, UpdateMode.MERGE)
