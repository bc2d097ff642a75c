"""Many histories whose rooms move between two storage accounts meanwhile, by runs of which some are
killed: upkeep removes what it would without that, and no row is lost or left."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from random import Random

import pytest
import pytest_asyncio
from azure.data.tables import TableEntity
from azure.data.tables.aio import TableClient

from rooms.domain.limits import Limits
from rooms.domain.time import DAY, SECOND
from rooms.storage import creation, keys
from rooms.storage.errors import RoomMoves
from rooms.storage.growth.growth import grow
from rooms.storage.growth.progress import Doing, Progress
from rooms.storage.growth.run import Run
from rooms.storage.growth.state import HOLD_SECONDS, State
from rooms.storage.guard import Guard
from rooms.storage.marker import marker
from rooms.storage.rooms import Rooms
from rooms.storage.rows_of_rooms import room_of_row
from rooms.storage.table import Table
from rooms_cli.check.table import disagreements
from testkit.mortal_app import Killed, Life, mortal_client
from testkit.past import looked_through
from tests.upkeep.model import Model, Remembering
from tests.upkeep.test_histories import DAYS, RETENTION, History, without_hints

pytestmark = pytest.mark.thorough

AT_ONCE = Limits(spread_seconds=0, settle_seconds=0)
"""Upkeep runs only between moves, so nothing is waited for."""

DEATHS: tuple[Doing | None, ...] = (None, "copying", "closing", "frozen", "removing")
"""What a run that moves digits dies at, if it does."""

CHANGES = 6
"""What happens while a move waits for the next run."""

LONG_ID = f"-{'a' * 61}_7"
"""Another room that only events name."""

DIGITS = "015"
"""The second-to-last ones of the ids of rooms here: 5 of those that only events name."""


@pytest.fixture(autouse=True)
def two_digits(monkeypatch: pytest.MonkeyPatch, one_partition: None) -> None:
    """Most rooms have the digit 0 or 1, so that changes meet those that move."""
    monkeypatch.setattr(
        creation, "numbered_room_id", lambda number: f"994{number % 10**12:012d}{number % 2}7"
    )


class Storages:
    """The table in two storage accounts."""

    def __init__(self, azurites: list[str], clients: list[TableClient], name: str) -> None:
        self.azurites = azurites
        self.clients = clients
        self.name = name

    def table(self) -> Table:
        """The table of a process."""
        first, second = self.clients
        return Table(first, None, [(second, Guard())], spread_seconds=0)

    async def rows(self) -> list[TableEntity]:
        return [row for client in self.clients async for row in client.list_entities()]


@pytest_asyncio.fixture
async def storages(azurites: list[str]) -> AsyncIterator[Storages]:
    name = f"t{uuid.uuid4().hex}"
    async with AsyncExitStack() as stack:
        clients = [
            await stack.enter_async_context(
                TableClient.from_connection_string(azurite, name, use_env_settings=False)
            )
            for azurite in azurites[:2]
        ]
        await looked_through(clients[0])
        await clients[0].create_entity(marker())
        yield Storages(azurites[:2], clients, name)


class MovingHistory(History):
    """A history in two storage accounts."""

    def __init__(self, storages: Storages, random: Random) -> None:
        super().__init__(storages.clients[0], random)
        self.storages = storages
        self.table = Remembering(*storages.clients)
        self.rooms = Rooms(self.table, self.clock)
        self.known.append(LONG_ID)

    async def something(self) -> None:
        while True:
            try:
                return await super().something()
            except RoomMoves:
                await asyncio.sleep(0)

    async def gone(self) -> set[str]:
        there = {row["RowKey"] for row in await self.storages.rows()}
        return self.table.rows.keys() - there

    async def move(self, accounts: str, dies_at: Doing | None = None) -> bool:
        """Moves digits until they are in these accounts, or the process dies when it begins to do
        that. Returns whether it died."""
        self.now += round(HOLD_SECONDS * SECOND)
        life = Life()

        def tell(progress: Progress) -> None:
            life.dead = life.dead or progress.doing == dies_at

        clients = [
            mortal_client(azurite, self.storages.name, life) for azurite in self.storages.azurites
        ]
        try:
            await grow(Run(clients, self.clock, AT_ONCE, tell), accounts)
        except Killed:
            pass
        finally:
            for client in clients:
                await client.close()
        return life.dead

    async def state(self) -> State:
        return await Run(self.storages.clients, self.clock).read()

    async def a_day_of_moves(self, *, reads_acs: bool) -> None:
        """Some things while rooms move, or begin to, and then the pass of the day."""
        end = self.now + DAY

        async def things() -> None:
            while self.now < end:
                await self.something()

        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(things())
            died = await self.move(self.wanted(), self.random.choice(DEATHS))
            if (await self.state()).spread.phase == "frozen":  # nothing can be changed until then
                await self.end_moves()
        if died:
            for _ in range(CHANGES):
                await self.something()
        await self.upkeep_of_day(reads_acs=reads_acs)

    def wanted(self) -> str:
        """Accounts for the digits, of which only those of rooms may move."""
        return "".join(self.random.choice("01") if each in DIGITS else "0" for each in "0123456789")

    async def end_moves(self) -> None:
        await self.move((await self.state()).spread.accounts)

    async def upkeep_of_day(self, *, reads_acs: bool) -> None:
        await self.upkeep(self.storages.table(), RETENTION, reads_acs=reads_acs)


@pytest.mark.parametrize("seed", range(4))
async def test_upkeep_removes_the_same_of_rooms_that_move(storages: Storages, seed: int) -> None:
    random = Random(seed)
    history, reads_acs = MovingHistory(storages, random), random.random() < 0.5
    for _ in range(DAYS):
        await history.a_day_of_moves(reads_acs=reads_acs)
    await history.end_moves()
    for _ in range(2):  # the first one may find rooms behind where it looked
        history.now += DAY
        await history.upkeep_of_day(reads_acs=reads_acs)
    model = Model(history.now - RETENTION, reads_acs)
    remembered, gone = history.table.rows, without_hints(await history.gone())
    assert gone - model.may_be_gone(remembered) == set()
    assert model.must_be_gone(remembered) - gone == set()
    rows = [row for row in await storages.rows() if not is_of_no_use(row)]
    of_rooms = [row["RowKey"] for row in rows if room_of_row(row["RowKey"]) is not None]
    assert len(of_rooms) == len(set(of_rooms))
    assert list(disagreements(rows, history.now - RETENTION)) == []


def is_of_no_use(row: TableEntity) -> bool:
    """Whether it is a floor beside the partitions of rooms, as only tests make them."""
    is_floor: bool = row["RowKey"].startswith(keys.FLOOR_MADE_ROW)
    in_users: bool = row["PartitionKey"] == keys.IDENTITY_PARTITION
    return is_floor and in_users
