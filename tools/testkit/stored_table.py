"""The table of a service in all its storage accounts, past the service."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any, Concatenate

from azure.data.tables import TableClient
from azure.data.tables.aio import TableClient as AsyncTableClient

from devhost.table import prepare_table
from rooms.storage import keys
from rooms.storage.guard import Guard
from rooms.storage.table import Table
from testkit.loop_thread import LoopThread
from testkit.spread import spread_rooms


@dataclass(frozen=True, slots=True)
class StoredTable:
    """The table of that name in each account, by connection strings in the order of their
    numbers."""

    storages: Sequence[str]
    name: str

    def prepare(self) -> None:
        """Makes it, with its marker. With several accounts rooms are spread over them all, if they
        are not yet."""
        prepare_table(self.storages[0], self.name)
        if len(self.storages) > 1:
            loop = LoopThread()  # the caller may run in one
            loop.run(self._spread())
            loop.close()

    def rows(self, where: str = "") -> list[dict[str, Any]]:
        """Returns the rows of all accounts that fit an OData filter."""
        with ExitStack() as stack:
            clients = [
                stack.enter_context(TableClient.from_connection_string(each, self.name))
                for each in self.storages
            ]
            return [dict(row) for client in clients for row in client.query_entities(where)]

    def run[**P, T](
        self,
        work: Callable[Concatenate[Table, P], Awaitable[T]],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """Does some work on it."""

        async def done() -> T:
            async with self.opened() as table:
                return await work(table, *args, **kwargs)

        return asyncio.run(done())

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[Table]:
        """Connects to it."""
        async with AsyncExitStack() as stack:
            first, *further = [
                await stack.enter_async_context(client) for client in self._clients()
            ]
            yield Table(first, None, [(client, Guard()) for client in further])

    async def _spread(self) -> None:
        async with AsyncExitStack() as stack:
            clients = [await stack.enter_async_context(client) for client in self._clients()]
            found = clients[0].query_entities(f"RowKey eq '{keys.SPREAD_ROW}'", select=["RowKey"])
            if await anext(aiter(found), None) is None:
                await spread_rooms(clients)

    def _clients(self) -> list[AsyncTableClient]:
        return [
            AsyncTableClient.from_connection_string(each, self.name, use_env_settings=False)
            for each in self.storages
        ]
