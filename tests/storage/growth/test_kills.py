"""Growths that are killed at any request and begun again, and two at once."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

import pytest
from azure.data.tables.aio import TableClient

from rooms.domain.time import SECOND, Ticks, now
from rooms.storage.growth.errors import Held, TakenOver
from rooms.storage.growth.growth import grow
from rooms.storage.growth.run import Run
from rooms.storage.marker import marker
from testkit.mortal_app import Killed, Life, mortal_client
from tests.effort import KILLS_APART, thorough
from tests.storage.growth.sevens import AT_ONCE, TO_1, rows_in
from tests.storage.test_rows_of_rooms import OF_THE_ROOM

pytestmark = pytest.mark.usefixtures("two_partitions")


class Stopped(Life):
    """A process that stands still before a request, and then goes on."""

    def __init__(self, before: int) -> None:
        super().__init__()
        self.stopped, self.resumed = asyncio.Event(), asyncio.Event()
        self._before = before

    async def request[T](self, what: str, send: Callable[[], Awaitable[T]]) -> T:
        if len(self.seen) == self._before:
            self.stopped.set()
            await self.resumed.wait()
        return await super().request(what, send)


def later() -> Ticks:
    """The clock of a process that finds a lease over."""
    return now() + 60 * SECOND


class Tables:
    """Tables of two accounts, with the rows of a room of the digit 7."""

    def __init__(self, azurites: list[str]) -> None:
        self._azurites = azurites[:2]
        self._table = f"t{uuid.uuid4().hex}"

    async def make(self) -> None:
        async with self.opened(Life()) as clients:
            await clients[0].create_table()
            await clients[0].create_entity(marker())
            await clients[0].submit_transaction(
                [
                    ("upsert", {"PartitionKey": "7", "RowKey": row, "value": "before"})
                    for row in OF_THE_ROOM.values()
                ]
            )

    @asynccontextmanager
    async def opened(self, life: Life) -> AsyncIterator[list[TableClient]]:
        clients = [mortal_client(azurite, self._table, life) for azurite in self._azurites]
        try:
            yield clients
        finally:
            for client in clients:
                await client.close()

    async def grow(
        self, life: Life, accounts: str = TO_1, clock: Callable[[], Ticks] = now
    ) -> None:
        async with self.opened(life) as clients:
            await grow(Run(clients, clock, AT_ONCE), accounts)

    async def places(self) -> tuple[set[str], set[str]]:
        """The keys of the rows in the two partitions, but the floors."""
        async with self.opened(Life()) as clients:
            return (
                set(await rows_in(clients[0], "7")),
                set(await rows_in(clients[1], "17")),
            )


async def made(azurites: list[str]) -> Tables:
    tables = Tables(azurites)
    await tables.make()
    return tables


async def requests_of_a_growth(azurites: list[str], accounts: str = TO_1) -> int:
    life = Life()
    await (await made(azurites)).grow(life, accounts)
    return len(life.seen)


def kills(requests: int) -> list[tuple[int, bool]]:
    """At which requests to kill, and whether behind them: not each unless all are to be tried."""
    return [(number, behind) for number in range(requests) for behind in (False, True)][
        :: 8 * KILLS_APART - 7
    ]


@pytest.mark.parametrize("accounts", [TO_1, *thorough("0" * 10)], ids=["ended", "taken back"])
async def test_a_growth_that_was_killed_is_ended_or_taken_back_by_the_next(
    azurites: list[str], accounts: str
) -> None:
    for number, behind in kills(await requests_of_a_growth(azurites)):
        tables, life = await made(azurites), Life()
        life.dies_at(number, behind=behind)
        with suppress(Killed):
            await tables.grow(life)
        await tables.grow(Life(), accounts, clock=later)
        both = set(OF_THE_ROOM.values()), set[str]()
        expected = both if accounts != TO_1 else (both[1], both[0])
        assert await tables.places() == expected, (number, behind)


async def test_a_second_growth_is_refused(azurites: list[str]) -> None:
    tables = await made(azurites)
    async with tables.opened(Life()) as clients:
        first = Run(clients, now, AT_ONCE)
        await first.hold()
        with pytest.raises(Held):
            await tables.grow(Life())


async def test_a_growth_that_was_taken_for_dead_changes_nothing_any_more(
    azurites: list[str],
) -> None:
    tables = await made(azurites)
    life = Stopped(await requests_of_a_growth(azurites) // 2)
    stopped = asyncio.create_task(tables.grow(life))
    await life.stopped.wait()
    await tables.grow(Life(), clock=later)
    await tables.grow(Life(), "0" * 10, clock=later)
    life.resumed.set()
    with pytest.raises(TakenOver):
        await stopped
    assert await tables.places() == (set(OF_THE_ROOM.values()), set())
