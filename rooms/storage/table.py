"""The table: reads, and transactions that are carried out once whatever the network does."""

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from typing import Any

from azure.core.exceptions import AzureError, HttpResponseError, ResourceNotFoundError
from azure.data.tables import TableEntity, UpdateMode
from azure.data.tables.aio import TableClient

from rooms.domain.limits import LIMITS
from rooms.storage import keys
from rooms.storage.account import READ_TRIES, Account
from rooms.storage.accounts import account_of, partition_in
from rooms.storage.azure_errors import (
    code_of,
    is_conflict,
    is_failing_status,
    lacks_row,
    lacks_table,
    refusal,
    refuses_content,
)
from rooms.storage.entities import Entity
from rooms.storage.errors import AccountsMissing, ContentRefused, StorageUnavailable
from rooms.storage.floors import Floors
from rooms.storage.guard import Guard, TableState, worst
from rooms.storage.known_spread import KnownSpread
from rooms.storage.operations import (
    Conflict,
    Operation,
    RowMissing,
    remove,
    remove_unchanged,
    touch,
)
from rooms.storage.parallel import in_parallel
from rooms.storage.retry import backoff
from rooms.storage.room_moves import as_spread
from rooms.storage.spread import Spread, spread_of

MAX_PAGE = 1000
"""Rows that Table Storage answers one request with, at most."""

_NEEDED = 1
"""The index of the operation that touches a row which is needed."""


class Table:
    """The table of Table Storage, in one storage account or several: the name of a partition says
    in which one it is.

    Every method raises StorageUnavailable when the storage does not answer or refuses us. None
    bounds its time: the caller does, for the operation as a whole.

    Without a `guard`, any table is used, and made when the first transaction finds it missing.

    Args:
        further: the table in further accounts, each with its guard.
        spread_seconds: how old a copy of the spread may be.
    """

    def __init__(
        self,
        client: TableClient,
        guard: Guard | None = None,
        further: Sequence[tuple[TableClient, Guard]] = (),
        spread_seconds: float = LIMITS.spread_seconds,
    ) -> None:
        self.known_spread = KnownSpread(self._read_spread, 1 + len(further), spread_seconds)
        self.accounts = [
            Account(number, each, its_guard, self.known_spread)
            for number, (each, its_guard) in enumerate([(client, guard or Guard()), *further])
        ]
        """By their numbers."""
        self.floors = Floors()

    async def partition_of(self, room_id: str) -> str:
        """Returns the partition of all rows of a room. No request, but for the spread now and
        then; one if the room may be in another account at any moment, or if the first account does
        not answer."""
        try:
            spread = await self.known_spread.current()
        except AccountsMissing:
            raise
        except StorageUnavailable:
            return await self._partition_by_floor(room_id)
        if spread.may_switch and spread.is_moving(room_id):
            spread = await self.known_spread.anew()
        return spread.partition_of(room_id)

    async def spread(self) -> Spread:
        """Returns the spread, by which all partitions are read. Requests as `partition_of`."""
        return await self.known_spread.settled()

    async def partitions(self) -> Sequence[str]:
        """Returns the partitions of all rooms. Requests as `partition_of`."""
        return (await self.known_spread.settled()).partitions

    async def get(self, partition: str, row: str) -> TableEntity | None:
        """Returns one row, or None. One request."""
        return await self._in(partition).get(partition, row)

    def state(self) -> TableState:
        """Returns what this process knows of its table, the worst of all accounts. No request."""
        return worst([account.guard.state() for account in self.accounts])

    async def ping(self) -> None:
        """Checks that all accounts that have rooms answer. One request for each."""
        spread = await self.known_spread.current()
        await in_parallel(
            self.get(partition_in(account, keys.PARTITIONS[0]), keys.UPKEEP_ROW)
            for account in range(spread.count)
        )

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

        account = self._in(partition)

        async def read() -> list[TableEntity]:
            taken: list[TableEntity] = []
            try:
                async for row in account.query(
                    partition, start, end, min(count, MAX_PAGE), select, where
                ):
                    taken.append(row)
                    if len(taken) == count:
                        break
            except ResourceNotFoundError as error:
                account.guard.check_that_it_is_there(error)
            return taken

        return await account.read(partition, read)

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
        account = self._in(partition)
        await account.check_table()
        await account.admit(partition)
        last: TableEntity | None = None
        for tries, delay in enumerate(backoff(), 1):
            try:
                with account.guard.request(partition, timed=False):
                    async for row in account.query(partition, start, end, page, select, where):
                        yield row
                        last = row
                return
            except ResourceNotFoundError as error:
                account.guard.check_that_it_is_there(error)
                return
            except AzureError as error:
                if tries >= READ_TRIES or not is_failing_status(error):
                    raise account.guard.unavailable(error) from error
            if last is not None:
                start = keys.after(last["RowKey"])
            await asyncio.sleep(delay)

    async def commit(self, operations: Sequence[Operation], needed: Entity | None = None) -> None:
        """Commits one entity group transaction: all of it or nothing; only while the row `needed`
        is there, if it is given.

        The first operation must write a row that no transaction with another content writes: that
        it is there tells what became of a transaction whose outcome is not known (time-out, cut
        connection, 5xx), before it is tried again, and whether a conflict is one with ourselves,
        because the request arrived twice.

        Raises:
            Conflict: it was refused for the state of a row, and not carried out.
            RowMissing: it was refused as `needed` is not there, or a room is elsewhere by now.
            RoomMoves: it is of a room that is about to be elsewhere.
            ContentRefused: the storage will never take it.
        """
        mark = operations[0][1]
        partition = mark["PartitionKey"]
        account = self._in(partition)
        await account.prepare_to_write()
        operations = _with_touch(operations, needed)
        await account.admit(partition)
        unknown = False
        for delay in backoff():
            to_send = await self._as_spread(partition, operations, fenced=needed is not None)
            try:
                with account.guard.request(partition):
                    await account.submit(to_send)
                return
            except AzureError as caught:
                error = caught
            if lacks_table(error):
                await account.make()
                await asyncio.sleep(delay)  # it may be in the midst of being deleted
                continue
            if needed is not None and lacks_row(error, _NEEDED):
                raise RowMissing from error
            if not (conflict := is_conflict(error)):
                if refuses_content(error):
                    raise ContentRefused(code_of(error)) from error
                account.raise_if_settled(error, unknown)
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
        partition = entity["PartitionKey"]
        account = self._in(partition)
        await account.prepare_to_write()
        await account.admit(partition)
        unknown = False
        for delay in backoff():
            try:
                with account.guard.request(partition):
                    await account.client.update_entity(entity, UpdateMode.MERGE, retry_total=0)
                return
            except ResourceNotFoundError as error:
                account.guard.check_that_it_is_there(error)
                raise Conflict from error
            except AzureError as error:
                account.raise_if_settled(error, unknown)
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

    async def rewrite(self, operations: Sequence[Operation], needed: Entity | None = None) -> None:
        """Carries out a transaction that may be repeated; only while the row `needed` is there, if
        it is given. One request, which is not tried again: with StorageUnavailable, its outcome is
        not known.

        Raises:
            Conflict: it was refused for the state of a row, and not carried out.
            RowMissing: it was refused as `needed` is not there, or a room is elsewhere by now.
            RoomMoves: it is of a room that is about to be elsewhere.
        """
        partition = operations[0][1]["PartitionKey"]
        account = self._in(partition)
        await account.prepare_to_write()
        await account.admit(partition)
        to_send = await self._as_spread(
            partition, _with_touch(operations, needed), fenced=needed is not None
        )
        with account.translated(partition):
            try:
                await account.client.submit_transaction(to_send, retry_total=0)
            except HttpResponseError as error:
                account.guard.check_that_it_is_there(error)
                if needed is not None and lacks_row(error, _NEEDED):
                    raise RowMissing from error
                if is_conflict(error) or lacks_table(error):
                    raise Conflict from error
                raise

    async def _partition_by_floor(self, room_id: str) -> str:
        """Returns the partition of a room, though the spread cannot be read now. One request: the
        floor there tells whether the spread is still the one that this process knows. It is raised
        before rooms leave."""
        spread = await self.known_spread.last()
        partition = spread.partition_of(room_id)
        if account_of(partition) == 0 or (spread.may_switch and spread.is_moving(room_id)):
            raise StorageUnavailable
        floors = await self.first(partition, keys.FLOORS_START, keys.FLOORS_END, 1)
        if any(floor.get("spread", 0) > spread.version for floor in floors):
            raise StorageUnavailable
        return partition

    async def _as_spread(
        self, partition: str, operations: Sequence[Operation], *, fenced: bool
    ) -> Sequence[Operation]:
        """Returns the operations of a transaction as they are sent: all writes of rooms come
        through here. One that is `fenced` by a floor need not know the spread of now. Raises what
        `as_spread` raises."""
        spread = await (self.known_spread.last() if fenced else self.known_spread.current())
        if spread.version == 0:
            return operations
        return as_spread(spread, partition, operations, fenced=fenced)

    async def _exists(self, mark: Mapping[str, Any]) -> bool | None:
        """Returns whether the row is there. None: the storage refuses to say it now."""
        partition, row = mark["PartitionKey"], mark["RowKey"]
        try:
            return await self._in(partition).get(partition, row, settles=True) is not None
        except StorageUnavailable as error:
            if isinstance(error.__cause__, AzureError) and refusal(error.__cause__) is not None:
                return None
            raise

    async def _read_spread(self) -> Spread:
        return spread_of(await self.get(keys.IDENTITY_PARTITION, keys.SPREAD_ROW))

    def _in(self, partition: str) -> Account:
        return self.accounts[account_of(partition)]


def _with_touch(operations: Sequence[Operation], needed: Entity | None) -> Sequence[Operation]:
    """Returns the operations with one that needs a row: right behind the first one, so that it
    tells whose index an error has."""
    if needed is None:
        return operations
    first, *others = operations
    return [first, touch(needed), *others]
