"""What tests of several folders of the move share."""

import pytest

from rooms.domain import room
from rooms.storage import creation, keys

PARTITION = "0"


@pytest.fixture
def in_one_partition(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leaves one partition: to read all takes fewer requests."""
    monkeypatch.setattr(keys, "PARTITIONS", PARTITION)
    for module in room, creation:
        monkeypatch.setattr(module, "numbered_room_id", _id_in_that_partition)
    monkeypatch.setattr(keys, "create_mark_partition", lambda _: PARTITION)


def _id_in_that_partition(number: int) -> str:
    return f"994{number % 10**13:013d}{PARTITION}"
