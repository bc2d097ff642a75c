"""The rooms here, in the order of ACS's list, to be compared with it: their rows in the list of all
rooms."""

from rooms.domain.room import Room
from rooms.domain.time import Ticks
from rooms.storage import keys
from rooms.storage.all_partitions import first_of_all
from rooms.storage.index_rows import ROOM_SHOWN, listed_room_of
from rooms.storage.table import MAX_PAGE, Table

BEGIN = keys.INDEX_START
END = keys.INDEX_END
"""The places before and behind all rooms."""


class ListedRooms:
    """The list of all rooms, by places in it. Raises StorageUnavailable as Table does."""

    def __init__(self, table: Table) -> None:
        self._table = table

    async def between(
        self, start: str, end: str, per_partition: int = MAX_PAGE
    ) -> tuple[list[Room], str]:
        """Returns rooms from a place to another, the newest first, and the place before which they
        are all. One request for each partition, in parallel."""
        rows, cut_off = await first_of_all(self._table, start, end, per_partition, ROOM_SHOWN)
        rooms = [listed_room_of(row) for row in rows]
        return rooms, keys.after(rows[-1]["RowKey"]) if cut_off else end

    async def made_between(self, first: Ticks, last: Ticks) -> list[Room]:
        """Returns the rooms made from `first` to `last`. One request for each partition, in
        parallel; more for more than MAX_PAGE in one."""
        start, end = place_of(last), place_before(first)
        rooms = list[Room]()
        while start < end:
            some, start = await self.between(start, end)
            rooms += some
        return rooms

    async def get(self, room: Room) -> Room | None:
        """Returns what is here of a room that ACS lists. One request."""
        row = keys.index_row(room.id, room.created_at)
        entity = await self._table.get(await self._table.partition_of(room.id), row)
        return None if entity is None else listed_room_of(entity)


def place_of(created_at: Ticks) -> str:
    """Returns the place before the rooms made then."""
    return keys.index_start(created_at)


def place_before(created_at: Ticks) -> str:
    """Returns the place behind the rooms made then or later."""
    return keys.index_start(created_at - 1) if created_at > 0 else END


def place_in_list(room: Room) -> str:
    """Returns the place of a room."""
    return keys.index_row(room.id, room.created_at)


def place_behind(room: Room) -> str:
    """Returns the place just behind a room."""
    return keys.after(place_in_list(room))
