"""Gives tests of the passes a service."""

import pytest
import pytest_asyncio
from azure.data.tables.aio import TableClient

from rooms.storage import all_partitions, creation, keys
from tests.moving.passes.rig import PARTITION, Rig


@pytest.fixture
def in_one_partition(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leaves one partition: to read all takes fewer requests."""
    monkeypatch.setattr(keys, "PARTITIONS", PARTITION)
    monkeypatch.setattr(all_partitions, "PARTITIONS", PARTITION)
    monkeypatch.setattr(creation, "numbered_room_id", lambda number: f"994{number:013}"[:16] + "0")
    monkeypatch.setattr(keys, "create_mark_partition", lambda _: PARTITION)


@pytest_asyncio.fixture
async def rig(direct: TableClient, in_one_partition: None) -> Rig:
    """A service that observes, with an empty table."""
    await direct.create_table()
    return Rig(direct)
