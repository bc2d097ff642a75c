"""How a room is read for a change, and how what becomes of it is committed: with its log records,
in one transaction, under the ETag of the room's row."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from azure.data.tables import TableEntity

from rooms.domain.details import Details
from rooms.domain.errors import RoomNotFound
from rooms.domain.limits import LIMITS, Limits
from rooms.domain.room import Room
from rooms.domain.roster import Roster, check_size
from rooms.domain.time import Ticks
from rooms.storage import keys
from rooms.storage.arrivals import Arrivals
from rooms.storage.changes import Changes, Origin
from rooms.storage.creation import Repeatability, Seen, creation
from rooms.storage.edits import Contents, Step, new_people, steps
from rooms.storage.entities import room_id_of, room_of, room_properties, unpack
from rooms.storage.invitees import group_property, invite
from rooms.storage.operations import Operation, insert, touch_unchanged
from rooms.storage.table import Table


@dataclass(frozen=True, slots=True)
class ReadRoom:
    """A room as it was read: its row, and what a change may change."""

    row: TableEntity
    contents: Contents

    @property
    def room(self) -> Room:
        """Returns the room."""
        return self.contents.room


class RoomRows:
    """The rows of all rooms. Raises StorageUnavailable as Table does; Conflict, if another change
    came between reading and committing."""

    def __init__(self, table: Table, clock: Callable[[], Ticks], limits: Limits = LIMITS) -> None:
        self._table = table
        self._arrivals = Arrivals(table, clock)
        self._changes = Changes(table, clock)
        self._limits = limits

    async def in_turn[T](self, room_id: str, change: Callable[[], Awaitable[T]]) -> T:
        """Carries out a change, again whenever another one came between."""
        return await self._changes.in_turn(room_id, change)

    async def row(self, room_id: str) -> TableEntity | None:
        """Returns the row of the room, also of a deleted one. One request."""
        return await self._table.get(
            await self._table.partition_of(room_id), keys.room_row(room_id)
        )

    async def first(self, room_id: str) -> list[TableEntity]:
        """Returns the row of the room, also of a deleted one, and that of its roster. One
        request."""
        return await self._table.first(
            await self._table.partition_of(room_id),
            keys.room_row(room_id),
            keys.end_of_rosters(room_id),
            count=2,
        )

    async def find(self, room_id: str, *, with_details: bool = False) -> ReadRoom | None:
        """Returns the room, or None if it does not exist or was deleted. One request. The details
        are not read, and none, without `with_details`."""
        first = keys.details_row(room_id) if with_details else keys.room_row(room_id)
        rows = await self._table.first(
            await self._table.partition_of(room_id),
            first,
            keys.end_of_rosters(room_id),
            count=2 + with_details,
        )
        details: Details = {}
        if rows and rows[0]["RowKey"] == keys.details_row(room_id):
            details = unpack(rows.pop(0))
        if not rows or rows[0].get("deleted"):
            return None
        return ReadRoom(rows[0], Contents(room_of(rows[0]), unpack(rows[1]), details))

    async def read(self, room_id: str, *, with_details: bool = False) -> ReadRoom:
        """Returns the same. Raises RoomNotFound instead of returning None."""
        found = await self.find(room_id, with_details=with_details)
        if found is None:
            raise RoomNotFound
        return found

    async def create(
        self,
        room: Room,
        roster: Roster,
        repeatability: Repeatability | None,
        origin: Origin,
        seen: Seen | None = None,
    ) -> None:
        """Writes a new room. One request. Raises Conflict if there is one with its id.

        Args:
            seen: when it was found at ACS, and by whom, if it was.
        """
        await self._arrivals.commit(room.id, creation(room, roster, repeatability, origin, seen))

    def check(self, read: ReadRoom, after: Contents, origin: Origin) -> None:
        """Checks that a change could be committed.

        Raises:
            TooManyParticipants: the roster would be too long.
            DetailsTooLarge: the details would not fit.
        """
        self._steps(read, after, origin)

    async def commit(
        self, read: ReadRoom, after: Contents, origin: Origin, *more: Operation
    ) -> bool:
        """Commits a change, and with it what else is given. Returns False if nothing changes: then
        nothing is written. One request, if something does. Raises what `check` raises."""
        parts = self._steps(read, after, origin)
        if not parts:
            return False
        first, *others = parts
        people = new_people(read.contents, after)
        await self._changes.commit(
            read.row,
            parts[-1].at,
            first.record,
            room_properties(after.room) | group_property(people),
            *(insert(other.record) for other in others),
            *(operation for part in parts for operation in part.operations),
            *invite(after.room, people),
            *more,
        )
        return True

    async def keep(self, row: TableEntity, *more: Operation) -> None:
        """Leaves a room as it is, and does what else is given; nothing, if there is nothing. Other
        changes that are under way then find that one came between. One request."""
        if more:
            await self._arrivals.rewrite(room_id_of(row), [touch_unchanged(row), *more])

    async def bury(self, row: TableEntity, origin: Origin, *more: Operation) -> None:
        """Makes the room of this row a tombstone, and does what else is given; its rosters and log
        stay. One request.

        A tombstone remembers who made it.
        """
        await self._changes.delete(row, origin, *more)

    def _steps(self, read: ReadRoom, after: Contents, origin: Origin) -> list[Step]:
        check_size(after.roster, self._limits.participants)
        at = self._changes.time_of(read.row)
        return list(steps(read.contents, after, at, origin, self._limits.details_bytes))
