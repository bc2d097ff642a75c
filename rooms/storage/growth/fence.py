"""The fence of a run that moves digits: a row in each partition that it writes to. Another run
replaces the row, and from then on nothing of this one is carried out any more, also no request that
was under way."""

import asyncio
from collections.abc import Sequence
from typing import Any

from azure.core.exceptions import AzureError, HttpResponseError
from azure.data.tables import TableEntity, UpdateMode
from azure.data.tables.aio import TableClient

from rooms.storage.azure_errors import is_conflict, lacks_row
from rooms.storage.growth.errors import TakenOver
from rooms.storage.operations import Operation, insert, placed, remove, touch
from rooms.storage.retry import backoff

FENCES_START = ".growing:"
FENCES_END = ".growing;"


class Fence:
    """The fence of a run in one partition.

    `move` names what is done there. What an earlier run has noted of another move does not count.
    """

    def __init__(self, client: TableClient, partition: str, token: str, move: str) -> None:
        self.client = client
        self.partition = partition
        self.copied: str | None = None
        """Behind which row copying goes on, if it has begun."""
        self._move = move
        self._key = {"PartitionKey": partition, "RowKey": f"{FENCES_START}{token}"}

    async def take(self) -> None:
        """Takes the partition over from all other runs. Two requests. Raises AzureError."""
        for delay in backoff():
            rows = await self._rows()
            others = [row for row in rows if row["RowKey"] != self._key["RowKey"]]
            if len(others) < len(rows):  # the request before came twice
                return
            noted = next((row for row in others if row["move"] == self._move), None)
            self.copied = None if noted is None else noted.get("copied")
            own: dict[str, Any] = self._key | {"move": self._move}
            if self.copied is not None:
                own["copied"] = self.copied
            try:
                await self._submit([insert(own), *(remove(_key(row)) for row in others)])
                return
            except HttpResponseError as error:
                if not is_conflict(error):
                    raise
            await asyncio.sleep(delay)

    async def leave(self) -> None:
        """Removes the fence, if it is there. One request. Raises AzureError."""
        await self.client.delete_entity(self._key, retry_total=0)

    async def note(self, copied: str) -> None:
        """Notes behind which row copying goes on. One request.

        Raises:
            TakenOver: another run has taken over.
            AzureError: the storage does not answer.
        """
        try:
            await self.client.update_entity(
                self._key | {"copied": copied}, UpdateMode.MERGE, retry_total=0
            )
        except HttpResponseError as error:
            if is_conflict(error):
                raise TakenOver from error
            raise
        self.copied = copied

    async def submit(self, operations: Sequence[Operation]) -> None:
        """Carries out a transaction, while no other run has taken over. One request.

        Raises:
            TakenOver: another run has taken over.
            AzureError: it was not carried out, or that is not known.
        """
        try:
            await self._submit([touch(self._key), *operations])
        except AzureError as error:
            if lacks_row(error, 0):
                raise TakenOver from error
            raise

    async def _submit(self, operations: Sequence[Operation]) -> None:
        await self.client.submit_transaction(placed(self.partition, operations), retry_total=0)

    async def _rows(self) -> list[TableEntity]:
        where = (
            f"PartitionKey eq '{self.partition}' and RowKey ge '{FENCES_START}' "
            f"and RowKey lt '{FENCES_END}'"
        )
        return [row async for row in self.client.query_entities(where)]


def _key(row: TableEntity) -> dict[str, Any]:
    return {"PartitionKey": row["PartitionKey"], "RowKey": row["RowKey"]}
