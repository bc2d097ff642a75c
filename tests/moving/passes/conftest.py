"""Gives tests of the passes a service."""

import pytest_asyncio
from azure.data.tables.aio import TableClient

from tests.moving.passes.rig import Rig


@pytest_asyncio.fixture
async def rig(direct: TableClient, in_one_partition: None) -> Rig:
    """A service that observes, with an empty table."""
    await direct.create_table()
    return Rig(direct)
