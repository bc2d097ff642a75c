"""The details of the rooms in the table, and their changes."""

from collections.abc import Callable, Mapping
from typing import Any

from rooms.domain.details import Details, details_difference, patched_details
from rooms.domain.limits import LIMITS, Limits
from rooms.domain.time import Ticks
from rooms.storage import keys
from rooms.storage.changes import Changes, Origin, existing_row, log_record
from rooms.storage.entities import details_entity, index_entity, room_of, unpack
from rooms.storage.operations import replace
from rooms.storage.table import Table


class RoomDetails:
    """The details of all rooms.

    Raises RoomNotFound for a room that does not exist or was deleted.
    """

    def __init__(self, table: Table, clock: Callable[[], Ticks], limits: Limits = LIMITS) -> None:
        self._table = table
        self._limits = limits
        self._changes = Changes(table, clock)

    async def patch(self, room_id: str, patch: Mapping[str, Any], origin: Origin) -> Details:
        """Merges a patch into the details and returns them. Two requests; one if it changes
        nothing.

        Raises:
            DomainError: they would not be valid.
            DetailsTooLarge: they would not fit.
        """

        async def change() -> Details:
            start, end = keys.details_row(room_id), keys.after(keys.room_row(room_id))
            rows = {
                row["RowKey"]: row
                for row in await self._table.first(keys.partition(room_id), start, end, count=2)
            }
            room, stored = (
                rows.get(row) for row in (keys.room_row(room_id), keys.details_row(room_id))
            )
            room = existing_row(room)
            before = unpack(stored) if stored else {}
            after = patched_details(before, patch, self._limits.names)
            if after != before:
                at = self._changes.time_of(room)
                was, becomes = details_difference(before, after)
                record = log_record(
                    room_id, at, "DetailsUpdated", origin, {"before": was, "after": becomes}
                )
                listed = index_entity(room_of(room), after.get("title"))
                row = details_entity(room_id, after, self._limits.details_bytes)
                await self._changes.commit(room, at, record, {}, replace(row), replace(listed))
            return after

        return await self._changes.in_turn(room_id, change)
