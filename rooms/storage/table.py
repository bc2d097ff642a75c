"""The table: reads, and transactions that are carried out once whatever the network does."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from azure.core.async_paging import AsyncItemPaged
from azure.core.exceptions import (
    AzureError,
    HttpResponseError,
    ResourceNotFoundError,
)
from azure.data.tables import TableEntity, TransactionOperation, UpdateMode
from azure.data.tables.aio import TableClient

from rooms.storage.azure_errors import is_conflict, is_final, lacks_row, lacks_table, summary
from rooms.storage.entities import Entity
from rooms.storage.errors import StorageUnavailable
from rooms.storage.floors import Floors
from rooms.storage.keys import PARTITIONS, UPKEEP_ROW
from rooms.storage.operations import (
    Conflict,
    Operation,
    RowMissing,
    remove,
    remove_unchanged,
    touch,
)
from rooms.storage.retry import backoff
from rooms.storage.table_check import TableCheck, made

_log = logging.getLogger(__name__)

MAX_PAGE = 1000
"""Rows that Table Storage answers one request with, at most."""


class Table:
    """One table of Table Storage.

    Every method raises StorageUnavailable when the storage does not answer or refuses us. None
    bounds its time: the caller does, for the operation as a whole.

    Args:
        check: says whether the table is ours, before the first request. Without it, any table is
            used, and made when the first transaction finds it missing.
    """

    def __init__(self, client: TableClient, check: TableCheck | None = None) -> None:
        self._client = client
        self._check = check
        self.floors = Floors()

    async def get(self, partition: str, row: str) -> TableEntity | None:
        """Returns one row, or None. One request."""
        await self._check_table()
        with _storage_errors():
            try:
                return await self._client.get_entity(partition, row)
            except ResourceNotFoundError as error:
                self._check_that_it_is_there(error)
                return None

    async def ping(self) -> None:
        """Checks that the storage answers. One request."""
        await self.get(PARTITIONS[0], UPKEEP_ROW)

    async def first(
        self,
        partition: str,
        start: str,
        end: str,
        count: int,
        select: Sequence[str] | None = None,
        where: str = "",
    ) -> list[TableEntity]:
        """Returns the first `count` rows from `start` to just before `end`, with all or the
        selected properties.

        Only those that fit `where`, an OData filter of properties, if it is given.

        One request for a thousand rows, unless the storage splits its answer.
        """
        taken: list[TableEntity] = []
        await self._check_table()
        with _storage_errors():
            try:
                async for row in self._query(
                    partition, start, end, min(count, MAX_PAGE), select, where
                ):
                    taken.append(row)
                    if len(taken) == count:
                        break
            except ResourceNotFoundError as error:
                self._check_that_it_is_there(error)
        return taken

    async def each(
        self,
        partition: str,
        start: str,
        end: str,
        page: int,
        select: Sequence[str] | None = None,
        where: str = "",
    ) -> AsyncGenerator[TableEntity]:
        """Yields the rows from `start` to just before `end`, and reads them when they are needed.
        One request for each `page` of them."""
        await self._check_table()
        with _storage_errors():
            try:
                async for row in self._query(partition, start, end, page, select, where):
                    yield row
            except ResourceNotFoundError as error:
                self._check_that_it_is_there(error)

    def _query(
        self,
        partition: str,
        start: str,
        end: str,
        page: int,
        select: Sequence[str] | None,
        where: str,
    ) -> AsyncItemPaged[TableEntity]:
        return self._client.query_entities(
            f"PartitionKey eq '{partition}' and RowKey ge '{start}' and RowKey lt '{end}'"
            + (f" and {where}" if where else ""),
            results_per_page=page,
            select=None if select is None else list(select),
        )

    async def commit(self, operations: Sequence[Operation], needed: Entity | None = None) -> None:
        """Commits one entity group transaction: all of it or nothing; only while the row `needed`
        is there, if it is given.

        The first operation must write a row that no transaction with another content writes: that
        it is there tells what became of a transaction whose outcome is not known (time-out, cut
        connection, 5xx), before it is tried again, and whether a conflict is one with ourselves,
        because the request arrived twice.

        Raises:
            Conflict: it was refused for the state of a row, and not carried out.
            RowMissing: it was refused as `needed` is not there.
        """
        await self._check_table()
        if self._check is not None and not self._check.passed:
            await self._make()
        mark = operations[0][1]
        if needed is not None:  # right behind the mark, so that it tells whose index an error has
            operations = [operations[0], touch(needed), *operations[1:]]
        for delay in backoff():
            try:
                await self._submit(operations)
                return
            except AzureError as caught:
                error = caught
            if lacks_table(error):
                await self._make()
                await asyncio.sleep(delay)  # it may be in the midst of being deleted
                continue
            if needed is not None and lacks_row(error, 1):
                raise RowMissing from error
            if not (conflict := is_conflict(error)):
                if is_final(error):
                    raise _unavailable(error) from error
                _log.warning(
                    "storage: the outcome of a transaction is not known: %s", summary(error)
                )
                await asyncio.sleep(delay)
            if await self._exists(mark):
                return
            if conflict:
                raise Conflict from error

    async def merge(self, entity: Entity) -> None:
        """Sets some properties of a row, in whatever state. One request, tried again until its
        outcome is known: twice does no harm.

        Raises:
            Conflict: the row is not there.
        """
        await self._check_table()
        for delay in backoff():
            try:
                await self._client.update_entity(entity, UpdateMode.MERGE, retry_total=0)
                return
            except ResourceNotFoundError as error:
                self._check_that_it_is_there(error)
                raise Conflict from error
            except AzureError as error:
                if is_final(error):
                    raise _unavailable(error) from error
                _log.warning("storage: the outcome of a merge is not known: %s", summary(error))
            await asyncio.sleep(delay)

    async def delete(
        self, partition: str, rows: Sequence[str], unchanged: Sequence[TableEntity] = ()
    ) -> None:
        """Removes rows, some of them only `unchanged` since they were read; all or none, in one
        transaction.

        At most MAX_OPERATIONS of a partition.

        Raises:
            Conflict: one of them is not there, or has changed.
        """
        await self._check_table()
        with _storage_errors():
            try:
                operations = [remove({"PartitionKey": partition, "RowKey": row}) for row in rows]
                operations += map(remove_unchanged, unchanged)
                await self._client.submit_transaction(operations, retry_total=0)
            except HttpResponseError as error:
                self._check_that_it_is_there(error)
                if is_conflict(error) or lacks_table(error):
                    raise Conflict from error
                raise

    async def rewrite(self, operations: Sequence[Operation]) -> None:
        """Carries out a transaction that may be repeated. One request, which is not tried again:
        with StorageUnavailable, its outcome is not known.

        Raises:
            Conflict: it was refused for the state of a row, and not carried out.
        """
        with _storage_errors():
            try:
                await self._client.submit_transaction(operations, retry_total=0)
            except HttpResponseError as error:
                if is_conflict(error) or lacks_table(error):
                    raise Conflict from error
                raise

    async def _submit(self, operations: Sequence[Operation]) -> None:
        match operations:
            case [
                (TransactionOperation.CREATE, entity)
            ]:  # which needs no transaction, and takes half of its time
                await self._client.create_entity(entity, retry_total=0)
            case _:
                await self._client.submit_transaction(operations, retry_total=0)

    async def _exists(self, mark: Mapping[str, Any]) -> bool:
        return await self.get(mark["PartitionKey"], mark["RowKey"]) is not None

    async def _check_table(self) -> None:
        if self._check is not None and not self._check.passed:
            with _storage_errors():
                await self._check.check()

    def _check_that_it_is_there(self, error: AzureError) -> None:
        """Raises TableMissing if the error says that a table that was there is gone."""
        if self._check is not None and self._check.passed and lacks_table(error):
            raise self._check.missing() from error

    async def _make(self) -> None:
        with _storage_errors():
            await (made(self._client) if self._check is None else self._check.make())


@contextmanager
def _storage_errors() -> Iterator[None]:
    try:
        yield
    except AzureError as error:
        raise _unavailable(error) from error


def _unavailable(error: AzureError) -> StorageUnavailable:
    _log.error("storage: %s", summary(error))
    return StorageUnavailable()
