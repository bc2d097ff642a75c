"""Raises the floors of partitions when the spread has changed: who does not know it finds the floor
gone."""

import asyncio
from collections.abc import Callable
from typing import Any

from azure.core.exceptions import HttpResponseError
from azure.data.tables.aio import TableClient

from rooms.domain.time import Ticks
from rooms.storage import keys
from rooms.storage.azure_errors import is_conflict
from rooms.storage.operations import Operation, insert, placed, remove
from rooms.storage.retry import backoff

_TRIES = 20
"""Readers raise floors, too, but none more often than each second."""


async def raise_floor(
    client: TableClient,
    partition: str,
    version: int,
    clock: Callable[[], Ticks],
    above: Ticks = 0,
) -> Ticks:
    """Raises the floor of a partition above `above`, or makes it, and returns it. It says that the
    spread has this `version`, or a later one. Two requests. Raises AzureError: it may be raised
    then, and may be raised once more."""
    for tries, delay in enumerate(backoff(), 1):
        floor, known = await _floor(client, partition)
        higher = max(clock(), floor + 1, above + 1)
        raised: dict[str, Any] = {
            "RowKey": keys.floor_row(higher),
            "spread": max(version, known),
        }
        other = remove({"RowKey": keys.floor_row(floor)}) if floor else insert(_MADE)
        operations: list[Operation] = [insert(raised), other]
        try:
            await client.submit_transaction(placed(partition, operations), retry_total=0)
            return higher
        except HttpResponseError as error:
            if not is_conflict(error) or tries == _TRIES:
                raise
        await asyncio.sleep(delay)
    raise AssertionError("backoff has no end")


_MADE = {"RowKey": keys.FLOOR_MADE_ROW}


async def _floor(client: TableClient, partition: str) -> tuple[Ticks, int]:
    """Returns the floor, and the version of the spread that it says; 0 if there is none."""
    where = (
        f"PartitionKey eq '{partition}' and RowKey ge '{keys.FLOORS_START}' "
        f"and RowKey lt '{keys.FLOORS_END}'"
    )
    async for row in client.query_entities(where):
        return keys.floor_of(row["RowKey"]), row.get("spread", 0)
    return 0, 0
