"""Three storage accounts, each behind a proxy, with rooms in all of them."""

import uuid
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest
import pytest_asyncio
from azure.data.tables.aio import TableClient

from rooms.domain.room import RoomChange
from rooms.domain.roster import Roster
from rooms.domain.time import now
from rooms.storage import creation, keys
from rooms.storage.rooms import Rooms
from rooms.storage.spread import Spread
from rooms.storage.table import Table
from testkit.spread import spread_rooms, table_over
from testkit.storage import ORIGIN
from testkit.storage_proxy import StorageProxy
from testkit.waiting import HANG_SECONDS
from tests.effort import THOROUGH


@pytest_asyncio.fixture
async def clients(proxies: list[StorageProxy]) -> AsyncIterator[list[TableClient]]:
    """The table in each account."""
    name = f"t{uuid.uuid4().hex}"
    async with AsyncExitStack() as stack:
        yield [
            await stack.enter_async_context(
                TableClient.from_connection_string(
                    proxy.connection_string,
                    name,
                    read_timeout=HANG_SECONDS,
                    retry_total=1,
                    retry_backoff_factor=0.01,
                    use_env_settings=False,
                )
            )
            for proxy in proxies
        ]


@pytest_asyncio.fixture
async def spread(clients: list[TableClient]) -> Spread:
    """Digits are in the accounts in turn."""
    return await spread_rooms(clients)


@pytest.fixture
def table(clients: list[TableClient], spread: Spread) -> Table:
    """The table of a process."""
    return table_over(clients, spread_seconds=HANG_SECONDS)


@pytest.fixture
def ids(monkeypatch: pytest.MonkeyPatch) -> None:
    """Makes rooms with each second-to-last digit in turn, and all with the same last one."""
    numbers = iter(range(10**6))
    monkeypatch.setattr(creation, "numbered_room_id", lambda _: f"994{next(numbers):013d}7")


@pytest.fixture
def sevens(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leaves the partitions 7, 17 and 27, and that of users: to go through all of them takes fewer
    requests."""
    if not THOROUGH:
        monkeypatch.setattr(keys, "PARTITIONS", "7")
        monkeypatch.setattr(keys, "partitions", lambda: ["7", keys.IDENTITY_PARTITION])


async def made_rooms(table: Table, roster: Roster, count: int) -> list[str]:
    """Makes rooms, and returns their ids."""
    rooms = Rooms(table, now)
    return [(await rooms.create(RoomChange(), roster, None, ORIGIN)).room.id for _ in range(count)]
