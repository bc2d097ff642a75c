"""The table: reads, and transactions that are carried out once whatever the network does."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from azure.core.async_paging import AsyncItemPaged
from azure.core.exceptions import AzureError, HttpResponseError, ResourceNotFoundError
from azure.data.tables import TableEntity, TransactionOperation, UpdateMode
from azure.data.tables.aio import TableClient

from rooms.storage import keys
from rooms.storage.azure_errors import (
    code_of,
    is_conflict,
    is_failing_status,
    is_final,
    lacks_row,
    lacks_table,
    refusal,
    refuses_content,
)
from rooms.storage.entities import Entity
from rooms.storage.errors import ContentRefused, StorageUnavailable
from rooms.storage.floors import Floors
from rooms.storage.guard import Guard, TableState
from rooms.storage.operations import (
    Conflict,
    Operation,
    RowMissing,
    remove,
    remove_unchanged,
    touch,
)
from rooms.storage.retry import backoff
from rooms.storage.table_check import made

READ_TRIES = 4
"""How often a read is carried out, at most, if the storage fails."""

MAX_PAGE = 1000
"""Rows that Table Storage answers one request with, at most."""


class Table:
    """One table of Table Storage.

    Every method raises StorageUnavailable when the storage does not answer or refuses us. None
    bounds its time: the caller does, for the operation as a whole.

    Without a `guard`, any table is used, and made when the first transaction finds it missing.
    """

    def __init__(self, client: TableClient, guard: Guard | None = None) -> None:
        self._client = client
        self._guard = guard or Guard()
        self.floors = Floors()

    async def partition_of(self, room_id: str) -> str:
        """Returns the partition of all rows of a room."""
        return keys.home_partition(room_id)

    async def partitions(self) -> Sequence[str]:
        """Returns the partitions of all rooms."""
        return keys.PARTITIONS

    async def get(self, partition: str, row: str) -> TableEntity | None:
        """Returns one row, or None. One request."""
        return await self._get(partition, row)

    def state(self) -> TableState:
        """Returns what this process knows of its table. No request."""
        return self._guard.state()

    async def ping(self) -> None:
        """Checks that the storage answers. One request."""
        await self.get(keys.PARTITIONS[0], keys.UPKEEP_ROW)

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

        async def read() -> list[TableEntity]:
            taken: list[TableEntity] = []
            try:
                async for row in self._query(
                    partition, start, end, min(count, MAX_PAGE), select, where
                ):
                    taken.append(row)
                    if len(taken) == count:
                        break
            except ResourceNotFoundError as error:
                self._guard.check_that_it_is_there(error)
            return taken

        return await self._read(partition, read)

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
        await self._admit(partition)
        last: TableEntity | None = None
        for tries, delay in enumerate(backoff(), 1):
            try:
                with self._guard.request(partition, timed=False):
                    async for row in self._query(partition, start, end, page, select, where):
                        yield row
                        last = row
                return
            except ResourceNotFoundError as error:
                self._guard.check_that_it_is_there(error)
                return
            except AzureError as error:
                if tries >= READ_TRIES or not is_failing_status(error):
                    raise self._guard.unavailable(error) from error
            if last is not None:
                start = keys.after(last["RowKey"])
            await asyncio.sleep(delay)

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
            ContentRefused: the storage will never take it.
        """
        await self._prepare_to_write()
        mark = operations[0][1]
        partition = mark["PartitionKey"]
        if needed is not None:  # right behind the mark, so that it tells whose index an error has
            operations = [operations[0], touch(needed), *operations[1:]]
        await self._admit(partition)
        unknown = False
        for delay in backoff():
            try:
                with self._guard.request(partition):
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
                if refuses_content(error):
                    raise ContentRefused(code_of(error)) from error
                self._raise_if_settled(error, unknown)
                await asyncio.sleep(delay)
            unknown = True
            if found := await self._exists(mark):
                return
            if conflict:
                if found is not None:
                    raise Conflict from error
                await asyncio.sleep(delay)

    async def merge(self, entity: Entity) -> None:
        """Sets some properties of a row, in whatever state. One request, tried again until its
        outcome is known: twice does no harm.

        Raises:
            Conflict: the row is not there.
        """
        await self._prepare_to_write()
        await self._admit(entity["PartitionKey"])
        unknown = False
        for delay in backoff():
            try:
                with self._guard.request(entity["PartitionKey"]):
                    await self._client.update_entity(entity, UpdateMode.MERGE, retry_total=0)
                return
            except ResourceNotFoundError as error:
                self._guard.check_that_it_is_there(error)
                raise Conflict from error
            except AzureError as error:
                self._raise_if_settled(error, unknown)
                unknown = True
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
        operations = [remove({"PartitionKey": partition, "RowKey": row}) for row in rows]
        operations += map(remove_unchanged, unchanged)
        await self.rewrite(operations)

    async def rewrite(self, operations: Sequence[Operation]) -> None:
        """Carries out a transaction that may be repeated. One request, which is not tried again:
        with StorageUnavailable, its outcome is not known.

        Raises:
            Conflict: it was refused for the state of a row, and not carried out.
        """
        await self._prepare_to_write()
        partition = operations[0][1]["PartitionKey"]
        await self._admit(partition)
        with self._translated(partition):
            try:
                await self._client.submit_transaction(operations, retry_total=0)
            except HttpResponseError as error:
                self._guard.check_that_it_is_there(error)
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

    async def _exists(self, mark: Mapping[str, Any]) -> bool | None:
        """Returns whether the row is there. None: the storage refuses to say it now."""
        try:
            return await self._get(mark["PartitionKey"], mark["RowKey"], settles=True) is not None
        except StorageUnavailable as error:
            if isinstance(error.__cause__, AzureError) and refusal(error.__cause__) is not None:
                return None
            raise

    async def _get(self, partition: str, row: str, settles: bool = False) -> TableEntity | None:
        async def read() -> TableEntity | None:
            try:
                return await self._client.get_entity(partition, row)
            except ResourceNotFoundError as error:
                self._guard.check_that_it_is_there(error)
                return None

        return await self._read(partition, read, settles)

    async def _read[T](
        self, partition: str, read: Callable[[], Awaitable[T]], settles: bool = False
    ) -> T:
        """Returns what `read` does, which is tried a few times if the storage fails.

        If it `settles` what became of a write, it is let through in any case.
        """
        await self._check_table()
        if not settles:
            await self._admit(partition)
        for tries, delay in enumerate(backoff(), 1):
            try:
                with self._guard.request(partition):
                    return await read()
            except AzureError as error:
                if tries == READ_TRIES or not is_failing_status(error):
                    raise self._guard.unavailable(error) from error
            await asyncio.sleep(delay)
        raise AssertionError("backoff has no end")

    def _raise_if_settled(self, error: AzureError, unknown: bool) -> None:
        """Raises what a write that failed comes to, unless its outcome is not known, or that of a
        try before it."""
        if is_final(error) or (refusal(error) is not None and not unknown):
            raise self._guard.unavailable(error) from error
        if not unknown:
            self._guard.tell(
                logging.WARNING, "storage: the outcome of a write is not known: %s", error
            )

    async def _prepare_to_write(self) -> None:
        await self._check_table()
        check, clock = self._guard.check, self._guard.clock
        if check is not None and not check.passed:
            await self._make()
        if clock is not None and clock.is_wrong:
            await self.ping()  # it may have been set right
            if clock.is_wrong:
                raise clock.error()

    async def _check_table(self) -> None:
        if self._guard.check is not None and not self._guard.check.passed:
            await self._admit(keys.IDENTITY_PARTITION)
            with self._translated(keys.IDENTITY_PARTITION):
                await self._guard.check.check()

    async def _admit(self, partition: str) -> None:
        async def probe() -> None:
            await self._client.get_entity(partition, keys.UPKEEP_ROW, retry_total=0)

        await self._guard.admit(partition, probe)

    async def _make(self) -> None:
        check = self._guard.check
        with self._translated(keys.IDENTITY_PARTITION):
            await (made(self._client) if check is None else check.make())

    @contextmanager
    def _translated(self, partition: str) -> Iterator[None]:
        """Watches a request. Raises StorageUnavailable instead of AzureError."""
        try:
            with self._guard.request(partition):
                yield
        except AzureError as error:
            raise self._guard.unavailable(error) from error
