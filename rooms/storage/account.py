"""The table in one storage account: requests to it, behind its guard."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager

from azure.core.async_paging import AsyncItemPaged
from azure.core.exceptions import AzureError, ResourceNotFoundError
from azure.data.tables import TableEntity, TransactionOperation
from azure.data.tables.aio import TableClient

from rooms.storage import keys
from rooms.storage.azure_errors import is_failing_status, is_final, refusal
from rooms.storage.guard import Guard
from rooms.storage.known_spread import KnownSpread
from rooms.storage.operations import Operation
from rooms.storage.retry import backoff
from rooms.storage.table_check import made

READ_TRIES = 4
"""How often a read is carried out, at most, if the storage fails."""


class Account:
    """The table in the storage account with this `number`. Raises StorageUnavailable when the
    account does not answer or refuses us: others go on.

    Without a check in its guard, any table is used, and made when the first transaction finds it
    missing.
    """

    def __init__(self, number: int, client: TableClient, guard: Guard, spread: KnownSpread) -> None:
        self.number = number
        self.client = client
        self.guard = guard
        self._spread = spread

    async def get(self, partition: str, row: str, *, settles: bool = False) -> TableEntity | None:
        """Returns one row, or None. One request.

        If it `settles` what became of a write, it is let through in any case.
        """

        async def read() -> TableEntity | None:
            try:
                return await self.client.get_entity(partition, row)
            except ResourceNotFoundError as error:
                self.guard.check_that_it_is_there(error)
                return None

        return await self.read(partition, read, settles=settles)

    async def read[T](
        self, partition: str, read: Callable[[], Awaitable[T]], *, settles: bool = False
    ) -> T:
        """Returns what `read` does, which is tried a few times if the storage fails."""
        await self.check_table()
        if not settles:
            await self.admit(partition)
        for tries, delay in enumerate(backoff(), 1):
            try:
                with self.guard.request(partition):
                    return await read()
            except AzureError as error:
                if tries == READ_TRIES or not is_failing_status(error):
                    raise self.guard.unavailable(error) from error
            await asyncio.sleep(delay)
        raise AssertionError("backoff has no end")

    def query(
        self,
        partition: str,
        start: str,
        end: str,
        page: int,
        select: Sequence[str] | None,
        where: str,
    ) -> AsyncItemPaged[TableEntity]:
        """Returns the rows from `start` to just before `end`, by requests of `page` rows, none of
        which is sent yet."""
        return self.client.query_entities(
            f"PartitionKey eq '{partition}' and RowKey ge '{start}' and RowKey lt '{end}'"
            + (f" and {where}" if where else ""),
            results_per_page=page,
            select=None if select is None else list(select),
        )

    async def submit(self, operations: Sequence[Operation]) -> None:
        """Sends a transaction. One request, which is not tried again. Raises AzureError."""
        match operations:
            case [
                (TransactionOperation.CREATE, entity)
            ]:  # which needs no transaction, and takes half of its time
                await self.client.create_entity(entity, retry_total=0)
            case _:
                await self.client.submit_transaction(operations, retry_total=0)

    def raise_if_settled(self, error: AzureError, unknown: bool) -> None:
        """Raises what a write that failed comes to, unless its outcome is not known, or that of a
        try before it."""
        if is_final(error) or (refusal(error) is not None and not unknown):
            raise self.guard.unavailable(error) from error
        if not unknown:
            self.guard.tell(
                logging.WARNING, "storage: the outcome of a write is not known: %s", error
            )

    async def prepare_to_write(self) -> None:
        """Checks that the table is ours, and the clock right. No request, but for the first."""
        await self.check_table()
        check, clock = self.guard.check, self.guard.clock
        if check is not None and not check.passed:
            await self.make()
        if clock is not None and clock.is_wrong:
            await self.get(keys.PARTITIONS[0], keys.UPKEEP_ROW)  # it may have been set right
            if clock.is_wrong:
                raise clock.error()

    async def check_table(self) -> None:
        """Checks that the table is ours. No request, but for the first."""
        check = self.guard.check
        if check is not None and not check.passed:
            # That of the first account is checked before the spread is read.
            spread_id = (await self._spread.last()).id if self.number else ""
            await self.admit(keys.IDENTITY_PARTITION)
            with self.translated(keys.IDENTITY_PARTITION):
                await check.check(spread_id)

    async def admit(self, partition: str) -> None:
        """Lets a request through, or not. Raises StorageUnavailable."""

        async def probe() -> None:
            await self.client.get_entity(partition, keys.UPKEEP_ROW, retry_total=0)

        await self.guard.admit(partition, probe)

    async def make(self) -> None:
        """Makes the table."""
        check = self.guard.check
        with self.translated(keys.IDENTITY_PARTITION):
            await (made(self.client) if check is None else check.make())

    @contextmanager
    def translated(self, partition: str) -> Iterator[None]:
        """Watches a request. Raises StorageUnavailable instead of AzureError."""
        try:
            with self.guard.request(partition):
                yield
        except AzureError as error:
            raise self.guard.unavailable(error) from error
