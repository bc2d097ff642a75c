import uuid
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio
from azure.data.tables.aio import TableClient

from rooms.domain.time import HOUR
from rooms.storage.table import Table
from testkit.acs_instance import AcsInstance
from testkit.livekit_double import LiveKitDouble
from tests.moving.move.both import Both, both_sides


@pytest.fixture
def livekit_double() -> Iterator[LiveKitDouble]:
    """A stand-in of a LiveKit server, without rooms and without a place for its webhooks."""
    with LiveKitDouble() as double:
        yield double


@pytest.fixture(scope="session")
def table_of_moves() -> str:
    """The table of all these tests: to make one takes much longer than to make a room."""
    return f"t{uuid.uuid4().hex}"


@pytest_asyncio.fixture
async def both(
    azurite: str,
    table_of_moves: str,
    acs: AcsInstance,
    livekit_double: LiveKitDouble,
    request: pytest.FixtureRequest,
) -> AsyncIterator[Both]:
    """A service in mode through, or with other settings if the test names some."""
    settings = getattr(request, "param", {"ROOMS_ACS_MODE": "through"})
    async with (
        TableClient.from_connection_string(
            azurite, table_of_moves, use_env_settings=False
        ) as client,
        both_sides(Table(client), acs, livekit_double, settings, 2 * HOUR) as both,
    ):
        yield both
