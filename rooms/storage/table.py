"""The table: reads, and transactions that are carried out once whatever the network does."""

import asyncio
import logging
import random
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from azure.core import MatchConditions
from azure.core.exceptions import AzureError, HttpResponseError, ResourceExistsError, ResourceNotFoundError
from azure.data.tables import TableEntity, TransactionOperation
from azure.data.tables.aio import TableClient

from rooms.errors import StorageUnavailable
from rooms.storage.entities import Entity

_log = logging.getLogger(__name__)

type Operation = (
    tuple[TransactionOperation, Mapping[str, Any]] | tuple[TransactionOperation, Mapping[str, Any], Mapping[str, Any]]
)

_RETRY_DELAY = 0.1
"""Seconds before an unknown outcome is looked up, on average."""


class Conflict(Exception):
    """A transaction was not carried out: a row exists already, or has changed since it was read."""


def insert(entity: Entity) -> Operation:
    """The row must not exist."""
    return TransactionOperation.CREATE, entity


def merge(entity: Entity, read: TableEntity) -> Operation:
    """Sets some properties of a row, which must not have changed since it was read."""
    unchanged = {"mode": "merge", "etag": read.metadata["etag"], "match_condition": MatchConditions.IfNotModified}
    return TransactionOperation.UPDATE, entity, unchanged


def replace(entity: Entity) -> Operation:
    """Writes the row, whether or not it exists."""
    return TransactionOperation.UPSERT, entity, {"mode": "replace"}


def remove(entity: Entity) -> Operation:
    """The row must exist, in whatever state."""
    return TransactionOperation.DELETE, entity


class Table:
    """One table of Table Storage. It is made when the first transaction finds it missing.

    Every method raises StorageUnavailable when the storage does not answer or refuses us. None bounds its time: the
    caller does, for the operation as a whole.
    """

    def __init__(self, client: TableClient) -> None:
        self._client = client

    async def get(self, partition: str, row: str) -> TableEntity | None:
        """One row, or None. One request."""
        with _storage_errors():
            try:
                return await self._client.get_entity(partition, row)
            except ResourceNotFoundError:
                return None

    async def first(self, partition: str, start: str, end: str, count: int) -> list[TableEntity]:
        """The first `count` rows from `start` to just before `end`. One request, unless the storage splits its answer."""
        rows = self._client.query_entities(
            f"PartitionKey eq '{partition}' and RowKey ge '{start}' and RowKey lt '{end}'", results_per_page=count
        )
        with _storage_errors():
            try:
                return await _take(rows, count)
            except ResourceNotFoundError:
                return []

    async def commit(self, operations: Sequence[Operation]) -> None:
        """One entity group transaction: all of it or nothing.

        The first operation must insert a row that no other transaction inserts. When it is not known what became of a
        transaction (time-out, cut connection, 5xx), that row tells, before it is tried again.

        Raises:
            Conflict: it was refused for the state of a row, and not carried out.
        """
        mark = operations[0][1]
        tried = False
        while True:
            try:
                await self._client.submit_transaction(operations, retry_total=0)
                return
            except HttpResponseError as error:
                if getattr(error, "error_code", None) == "TableNotFound":
                    await self._make()
                    continue
                if error.status_code in (404, 409, 412):
                    if tried and await self._exists(mark):
                        return
                    raise Conflict from error
                if error.status_code is not None and error.status_code < 500 and error.status_code not in (408, 429):
                    with _storage_errors():
                        raise
                _log.warning("storage: the outcome of a transaction is not known: %s", _summary(error))
            except AzureError as error:
                _log.warning("storage: the outcome of a transaction is not known: %s", _summary(error))
            tried = True
            await asyncio.sleep(random.uniform(0, 2 * _RETRY_DELAY))
            if await self._exists(mark):
                return

    async def _exists(self, mark: Mapping[str, Any]) -> bool:
        return await self.get(mark["PartitionKey"], mark["RowKey"]) is not None

    async def _make(self) -> None:
        with _storage_errors():
            try:
                await self._client.create_table()
                _log.info("storage: made the table %s", self._client.table_name)
            except ResourceExistsError:
                pass


async def _take(rows: AsyncIterator[TableEntity], count: int) -> list[TableEntity]:
    taken = []
    async for row in rows:
        taken.append(row)
        if len(taken) == count:
            break
    return taken


@contextmanager
def _storage_errors() -> Iterator[None]:
    try:
        yield
    except (ResourceNotFoundError, ResourceExistsError):
        raise
    except AzureError as error:
        _log.error("storage: %s", _summary(error))
        raise StorageUnavailable from error


def _summary(error: AzureError) -> str:
    code = getattr(error, "error_code", None)
    return f"{type(error).__name__} {getattr(code, 'value', code) or ''} {error.message.partition('\n')[0]}"
