"""The move of the digit 7 to account 1, of tables that have no other partitions than 7 and 17."""

from contextlib import suppress
from dataclasses import replace

from azure.core.exceptions import ResourceNotFoundError
from azure.data.tables.aio import TableClient

from rooms.domain.limits import LIMITS

AT_ONCE = replace(LIMITS, spread_seconds=0, settle_seconds=0)
"""Nobody else uses the table, so nothing is waited for."""

TO_1 = "0000000100"


async def rows_in(client: TableClient, partition: str) -> dict[str, str]:
    """The rows of a partition, as text that tells types apart: but its floor, and the fence of a
    run that was killed when nothing else was left to be done. None, if there is no table."""
    found = client.query_entities(f"PartitionKey eq '{partition}'")
    rows = dict[str, str]()
    with suppress(ResourceNotFoundError):
        async for row in found:
            if not row["RowKey"].startswith((".floor", ".growing:")):
                values = {name: row[name] for name in sorted(row) if name != "PartitionKey"}
                rows[row["RowKey"]] = repr(values)
    return rows
