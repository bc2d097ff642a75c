"""Deletes rooms that have expired, by the rows that say until when they may be joined."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from azure.data.tables import TableEntity

from rooms.storage import keys
from rooms.storage.entities import room_of, until_entity
from rooms.storage.operations import Conflict, placed, remove_unchanged, upsert
from rooms.storage.parallel import in_parallel
from rooms.storage.rooms import Rooms
from rooms.upkeep.cutoffs import Cutoffs
from rooms.upkeep.removal import TRIES, Removal
from rooms.upkeep.rooms import BY_UPKEEP


@dataclass(frozen=True, slots=True)
class Expiry:
    """The rooms that may have expired. Raises StorageUnavailable as Table does."""

    removal: Removal
    cutoffs: Cutoffs
    rooms: Rooms
    looked_at: set[str]

    async def purge(self, rows: Sequence[TableEntity]) -> None:
        """Deletes the rooms of these rows that have expired, and the rows. Two requests for a room
        that has expired or was extended, and one for a room that was deleted."""
        looked = await in_parallel(self._look(row) for row in rows)
        left = [row for row, goes in zip(rows, looked, strict=True) if goes]
        await self.removal.unchanged(left, "expiry rows")

    async def _look(self, row: TableEntity) -> bool:
        """Deletes the room, if it has expired. Returns whether the row is to be deleted still."""
        room_id = keys.listed_room_id(row["RowKey"])
        self.looked_at.add(room_id)
        with self.removal.logs_failures("the room", room_id):
            for _ in range(TRIES):
                with suppress(Conflict):
                    return await self._settle(room_id, row)
            raise Conflict
        return False

    async def _settle(self, room_id: str, row: TableEntity) -> bool:
        found = await self.rooms.rows.row(room_id)
        if found is None or found.get("deleted"):
            return True
        room = room_of(found)
        if room.valid_until < self.cutoffs.expired:
            await self.rooms.rows.bury(found, BY_UPKEEP, remove_unchanged(row))
            self.removal.removed["expired rooms"] += 1
        elif keys.until_row(room_id, room.valid_until) != row["RowKey"]:
            # Its own row is written again: an earlier version of the service may not have done so.
            now = [remove_unchanged(row), upsert(until_entity(room))]
            with suppress(Conflict):  # the row was written again, or another run has removed it
                await self.removal.table.rewrite(placed(row["PartitionKey"], now))
        return False
