"""Writes into the list of all rooms what an earlier version did not write there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from azure.data.tables import TableEntity

from rooms.storage import keys
from rooms.storage.index_rows import SEARCHED, whole_index_entity
from rooms.storage.operations import replace
from rooms.storage.parallel import in_parallel
from rooms.storage.rooms import Rooms
from rooms.upkeep.removal import Removal


@dataclass(frozen=True, slots=True)
class Listing:
    """The rows of all rooms in the list. Raises StorageUnavailable as Table does."""

    removal: Removal
    rooms: Rooms

    async def fill(self, rows: Sequence[TableEntity]) -> None:
        """Writes those of these rows anew that are not as their rooms are. One request for each,
        and one more if it is written."""
        await in_parallel(map(self._fill, rows))

    async def _fill(self, row: TableEntity) -> None:
        room_id = keys.listed_room_id(row["RowKey"])
        with self.removal.logs_failures("the room in the list", room_id):
            await self.rooms.rows.in_turn(room_id, lambda: self._written(room_id, row))

    async def _written(self, room_id: str, row: TableEntity) -> None:
        read = await self.rooms.rows.find(room_id, with_details=True)
        if read is None:  # it was deleted
            return
        contents = read.contents
        whole = whole_index_entity(read.room, len(contents.roster), contents.details)
        if _shown(whole) != _shown(row):
            await self.rooms.rows.keep(read.row, replace(whole))


def _shown(row: Mapping[str, Any]) -> Mapping[str, Any]:
    return {name: row.get(name) for name in SEARCHED}
