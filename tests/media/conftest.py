import uuid
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio
from azure.data.tables.aio import TableClient

from rooms.storage.table import Table
from testkit.livekit_double import LiveKitDouble
from tests.media.entrance import Entrance, entrance_to


@pytest.fixture
def livekit_double() -> Iterator[LiveKitDouble]:
    """A stand-in of a LiveKit server, without rooms and without a place for its webhooks."""
    with LiveKitDouble() as double:
        yield double


@pytest.fixture(scope="session")
def entrance_table() -> str:
    """The table of all these tests: to make one takes much longer than to make a room."""
    return f"t{uuid.uuid4().hex}"


@pytest_asyncio.fixture
async def entrance(
    azurite: str, entrance_table: str, livekit_double: LiveKitDouble
) -> AsyncIterator[Entrance]:
    async with (
        TableClient.from_connection_string(
            azurite, entrance_table, use_env_settings=False
        ) as client,
        entrance_to(Table(client), livekit_double) as entrance,
    ):
        yield entrance
