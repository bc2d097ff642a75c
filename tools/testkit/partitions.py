"""The partitions of the table, as the app meets them."""

from collections.abc import Iterable, Mapping
from typing import Any

from rooms.storage import keys
from rooms.storage.entities import Entity
from rooms.storage.operations import Operation, placed
from rooms.storage.rows_of_rooms import room_of_row
from testkit.raw import Raw


def at_home(row: Mapping[str, Any]) -> Entity:
    """Returns a row with its partition in a table of one account, if it has none."""
    return {"PartitionKey": _home_of(row), **row}


def all_at_home(operations: Iterable[Operation]) -> list[Operation]:
    """Returns operations on such rows."""
    return [each for one in operations for each in placed(_home_of(one[1]), [one])]


def _home_of(row: Mapping[str, Any]) -> str:
    if "PartitionKey" in row:
        return str(row["PartitionKey"])
    room_id = room_of_row(row["RowKey"])
    assert room_id is not None
    return keys.home_partition(room_id)


def room_in_each_partition(raw: Raw) -> list[dict[str, Any]]:
    """Makes a room in each partition and returns them. The app knows all floors then."""
    rooms = dict[str, dict[str, Any]]()
    while len(rooms) < len(keys.PARTITIONS):
        room = raw.new_room()
        rooms[keys.home_partition(room["id"])] = room
    return list(rooms.values())
