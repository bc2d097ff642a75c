"""A table in each of three storage accounts."""

import uuid
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest
import pytest_asyncio
from azure.data.tables.aio import TableClient

from rooms.storage.marker import marker


@pytest_asyncio.fixture
async def clients(azurites: list[str]) -> AsyncIterator[list[TableClient]]:
    """The table, by the number of the account. That in the first account is made."""
    table = f"t{uuid.uuid4().hex}"
    async with AsyncExitStack() as stack:
        opened = [
            await stack.enter_async_context(
                TableClient.from_connection_string(azurite, table, use_env_settings=False)
            )
            for azurite in azurites
        ]
        await opened[0].create_table()
        await opened[0].create_entity(marker())
        yield opened


@pytest.fixture
def two_partitions(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leaves the partitions 7 and 17, so that it takes fewer requests."""
    monkeypatch.setattr(
        "rooms.storage.growth.run.partitions_in", lambda account: [f"{account or ''}7"]
    )
