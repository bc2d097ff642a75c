"""Whether the erasure of a person is under way: it goes through all partitions, and would not find
rooms that move meanwhile."""

from azure.data.tables.aio import TableClient

from rooms.storage import keys


async def erasure_is_open(client: TableClient) -> bool:
    """Returns whether an erasure is not over. One request. Raises AzureError."""
    where = (
        f"PartitionKey eq '{keys.IDENTITY_PARTITION}' and RowKey ge '{keys.ERASURES_START}' "
        f"and RowKey lt '{keys.ERASURES_END}' and phase ne 'done' and phase ne 'refused'"
    )
    found = client.query_entities(where, results_per_page=1, select=["RowKey"])
    return await anext(aiter(found), None) is not None
