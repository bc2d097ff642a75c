"""The partitions of the table, as the app meets them."""

from typing import Any

from rooms.storage import keys
from testkit.raw import Raw


def room_in_each_partition(raw: Raw) -> list[dict[str, Any]]:
    """Makes a room in each partition and returns them. The app knows all floors then."""
    rooms = dict[str, dict[str, Any]]()
    while len(rooms) < len(keys.PARTITIONS):
        room = raw.new_room()
        rooms[keys.partition(room["id"])] = room
    return list(rooms.values())
