"""A room that ACS has, here: it is adopted, and what is here follows it.

Each is one transaction, conditional on the ETag of the room's row. A tombstone is never revived.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from azure.data.tables import TableEntity

from rooms.domain.limits import LIMITS, Limits
from rooms.domain.log import ACS_ACTOR
from rooms.domain.room import Room
from rooms.domain.roster import Roster, check_size
from rooms.domain.time import Ticks, parse_time
from rooms.storage import keys
from rooms.storage.arrivals import Arrivals
from rooms.storage.changes import Changes, Origin
from rooms.storage.creation import Seen
from rooms.storage.drift import carried_out, followed
from rooms.storage.edits import Contents, Step, new_people, steps
from rooms.storage.entities import room_of, room_properties, unpack
from rooms.storage.invitees import group_property, invite
from rooms.storage.marks import Mark, removal
from rooms.storage.operations import MAX_OPERATIONS, Operation, insert
from rooms.storage.room_rows import RoomRows
from rooms.storage.table import Table

BY_ACS = Origin(ACS_ACTOR, "")
"""Whose change it is that is found at ACS."""

CHANGES_AT_ONCE = 2
"""Changes that had a mark, and are logged in one transaction with the rest and whom they invite."""

MARKS_AT_ONCE = 90
"""Marks that are removed with a deletion, or alone: as many as fit one transaction. The others are
for another time."""


@dataclass(frozen=True, slots=True)
class Copy:
    """What is here of a room, and the row under whose ETag it is changed."""

    row: TableEntity
    contents: Contents
    changed_at: Ticks
    deleted: bool

    @property
    def room(self) -> Room:
        """Returns the room."""
        return self.contents.room


class Adoption:
    """Makes rooms of ACS those of this service. Raises StorageUnavailable as Table does, and
    Conflict where another change, or another adoption, came between."""

    def __init__(self, table: Table, clock: Callable[[], Ticks], limits: Limits = LIMITS) -> None:
        self._arrivals = Arrivals(table, clock)
        self._rows = RoomRows(table, clock, limits)
        self._changes = Changes(table, clock)
        self._most_participants = limits.participants

    async def copy(self, room_id: str) -> Copy | None:
        """Returns what is here of a room, also of a deleted one. One request."""
        rows = await self._rows.first(room_id)
        if not rows or rows[0]["RowKey"] != keys.room_row(room_id):
            return None
        row = rows[0]
        roster: Roster = unpack(rows[1]) if len(rows) == 2 else {}  # upkeep removes rosters first
        return Copy(
            row,
            Contents(room_of(row), roster, {}),
            parse_time(row["changedAt"]),
            bool(row.get("deleted")),
        )

    async def is_here(self, room_id: str) -> bool:
        """Returns whether anything is known of a room, or was before it was deleted. One
        request."""
        return await self._rows.row(room_id) is not None

    async def adopt(
        self, room: Room, roster: Roster, origin: Origin = BY_ACS, seen: Seen | None = None
    ) -> None:
        """Writes a room that is not here: made when ACS made it. One request.

        Raises:
            TooManyParticipants: the roster is too long.
        """
        check_size(roster, self._most_participants)
        await self._rows.create(room, roster, None, origin, seen)

    async def follow(
        self,
        copy: Copy,
        room: Room,
        roster: Roster,
        marks: Sequence[Mark] = (),
        origin: Origin = BY_ACS,
        seen_by: str | None = None,
    ) -> bool:
        """Makes what is here as ACS has it, and returns whether that changed anything. One request;
        none if nothing differs and there are no marks.

        Args:
            marks: changes whose time is over, the oldest first. What they wanted and ACS has is
                theirs, the rest is `origin`'s. They are removed. If more than CHANGES_AT_ONCE of
                them were carried out, the others and the rest stay for another time.
            seen_by: who imports the room.

        Raises:
            TooManyParticipants: the roster is too long.
        """
        check_size(roster, self._most_participants)
        there = Contents(room, roster, {})
        at = self._changes.time_of(copy.row)
        after, parts, done = copy.contents, list[Step](), list[Mark]()
        for mark in marks:
            with_mark = carried_out(after, mark, there)
            its_parts = list(steps(after, with_mark, at + len(parts), mark.origin))
            if not its_parts:
                continue
            if len(done) == CHANGES_AT_ONCE:
                break
            after = with_mark
            parts += its_parts
            done.append(mark)
        else:
            as_there = followed(after, there)
            parts += steps(after, as_there, at + len(parts), origin, seen_by=seen_by)
            after = as_there
            done = list(marks)
        if not parts:
            await self.dismiss(room.id, marks)
            return False
        await self._commit(copy, after, parts, done)
        return True

    async def bury(self, copy: Copy, marks: Sequence[Mark] = ()) -> None:
        """Deletes a room that is gone at ACS: for who wanted that, by one of these marks, or for
        ACS. The marks are removed. One request."""
        origin = next((mark.origin for mark in marks if mark.deletes), BY_ACS)
        await self._rows.bury(copy.row, origin, *map(removal, marks[:MARKS_AT_ONCE]))

    async def dismiss(self, room_id: str, marks: Sequence[Mark]) -> None:
        """Removes the marks of changes that are over, and of which nothing is to be logged. One
        request, if there are any."""
        if marks:
            await self._arrivals.rewrite(room_id, [*map(removal, marks[:MARKS_AT_ONCE])])

    async def _commit(
        self, copy: Copy, after: Contents, parts: Sequence[Step], marks: Sequence[Mark]
    ) -> None:
        first, *others = parts
        # Each row is written once: the list has the room as it is in the end.
        written = {
            operation[1]["RowKey"]: operation for part in parts for operation in part.operations
        }
        people = new_people(copy.contents, after)
        operations: list[Operation] = [
            *(insert(other.record) for other in others),
            *written.values(),
            *invite(after.room, people),
        ]
        # Beside these: two arrivals of each record, the first record, the room, the floor, and the
        # journal of a room that moves.
        free = MAX_OPERATIONS - len(operations) - 2 * len(parts) - 4
        operations += map(removal, marks[:free])
        await self._changes.commit(
            copy.row,
            parts[-1].at,
            first.record,
            room_properties(after.room) | group_property(people),
            *operations,
        )
