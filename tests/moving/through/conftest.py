from collections.abc import AsyncIterator

import pytest_asyncio
from azure.data.tables.aio import TableClient

from testkit.acs_instance import AcsInstance
from tests.moving.through.sides import Sides, sides_of


@pytest_asyncio.fixture
async def sides(direct: TableClient, acs: AcsInstance) -> AsyncIterator[Sides]:
    """A service in mode through."""
    async with sides_of(direct, acs) as sides:
        yield sides


@pytest_asyncio.fixture
async def counted(client: TableClient, acs: AcsInstance) -> AsyncIterator[Sides]:
    """The same, whose requests to the storage are counted."""
    async with sides_of(client, acs) as sides:
        yield sides
