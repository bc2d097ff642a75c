"""Rooms in a table of its own, behind the proxy."""

import uuid
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from azure.data.tables.aio import TableClient

from rooms.domain.time import now
from rooms.storage import keys
from rooms.storage.history import History
from rooms.storage.lists import Lists
from rooms.storage.rooms import Rooms
from rooms.storage.table import Table
from testkit.storage_proxy import StorageProxy


@pytest_asyncio.fixture
async def client(proxy: StorageProxy) -> AsyncIterator[TableClient]:
    """A table that does not exist yet; what is slower than half a second is too slow."""
    async with TableClient.from_connection_string(
        proxy.connection_string,
        f"t{uuid.uuid4().hex}",
        read_timeout=0.5,
        retry_total=1,
        retry_backoff_factor=0.01,
    ) as client:
        yield client


@pytest_asyncio.fixture
async def direct(azurite: str) -> AsyncIterator[TableClient]:
    """The same without the proxy before it, which is quicker."""
    async with TableClient.from_connection_string(azurite, f"t{uuid.uuid4().hex}") as client:
        yield client


@pytest.fixture
def one_partition(monkeypatch: pytest.MonkeyPatch) -> None:
    """All that is made stands in the partition 7, and there is no other: to go through them takes
    fewer requests."""
    for module in ("rooms.domain.room", "rooms.storage.rooms"):
        monkeypatch.setattr(
            f"{module}.numbered_room_id", lambda number: f"994{number % 10**13:013d}7"
        )
    monkeypatch.setattr(keys, "quarantine_partition", lambda _: "7")
    monkeypatch.setattr(keys, "PARTITIONS", "7")


@pytest.fixture
def rooms(client: TableClient) -> Rooms:
    """The rooms in that table."""
    return Rooms(Table(client), now)


@pytest.fixture
def lists(client: TableClient) -> Lists:
    """The lists of them."""
    return Lists(Table(client), History(Table(client)))
