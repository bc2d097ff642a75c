"""The rooms in the table, with their rosters and details. Each change and its log records are one
transaction under the ETag of the room's row."""

import itertools
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from azure.data.tables import TableEntity

from rooms.domain.details import Details, patched_details
from rooms.domain.limits import LIMITS, Limits
from rooms.domain.room import Room, RoomChange, new_room, updated_room
from rooms.domain.roster import Roster, RosterPatch, check_size, patched_roster
from rooms.domain.time import Ticks, parse_time
from rooms.storage import keys
from rooms.storage.arrivals import Arrivals
from rooms.storage.changes import Changes, Origin, existing_row
from rooms.storage.creation import Repeatability, creation, new_room_id
from rooms.storage.edits import (
    Contents,
    DetailsEdit,
    RoomEdit,
    RosterEdit,
    new_people,
    steps,
    unchanged,
)
from rooms.storage.entities import room_of, room_properties, unpack
from rooms.storage.errors import RequestIdReused
from rooms.storage.invitees import invite
from rooms.storage.operations import Conflict, insert
from rooms.storage.retry import retried
from rooms.storage.table import Table


@dataclass(frozen=True, slots=True)
class RoomWithRoster:
    """A room, who is invited to it, and when it was last changed."""

    room: Room
    roster: Roster
    changed_at: Ticks


type AfterChange = Callable[[str, Room | None, Roster], Awaitable[None]]
"""Is told of a change that is committed: the room, and what it and its roster are now. None and
nobody, if it was deleted."""


async def _nobody_is_told(_: str, __: Room | None, ___: Roster) -> None:
    pass


class Rooms:
    """All rooms. Raises RoomNotFound for one that does not exist or was deleted, StorageUnavailable
    as Table does.

    `after_change` is told of each change of a room or its roster, also of one that is sent again
    and finds it done.
    """

    def __init__(
        self,
        table: Table,
        clock: Callable[[], Ticks],
        limits: Limits = LIMITS,
        after_change: AfterChange = _nobody_is_told,
    ) -> None:
        self._table = table
        self._arrivals = Arrivals(table, clock)
        self._changes = Changes(table, clock)
        self._clock = clock
        self._limits = limits
        self._after_change = after_change

    async def create(
        self,
        wanted: RoomChange,
        roster: Roster,
        repeatability: Repeatability | None,
        origin: Origin,
    ) -> RoomWithRoster:
        """Creates a room, or returns the one that this create made before, as it is now. One
        request.

        Raises:
            RequestIdReused: the Repeatability-Request-ID was used with another body.
        """
        numbers = itertools.count()

        async def attempt() -> RoomWithRoster:
            number = next(numbers)
            return await self._create(number, wanted, roster, repeatability, origin)

        return await retried(attempt, Conflict)

    async def get(self, room_id: str) -> Room:
        """Returns the room. One request."""
        return room_of(existing_row(await self._room_row(room_id)))

    async def with_roster(self, room_id: str) -> RoomWithRoster:
        """Returns the room with its current roster. One request."""
        row, known = await self._contents(room_id, with_details=False)
        return _with_roster(row, known.roster)

    async def with_details(self, room_id: str) -> tuple[RoomWithRoster, Details]:
        """Returns the room with its current roster, and its details. One request."""
        row, known = await self._contents(room_id, with_details=True)
        return _with_roster(row, known.roster), known.details

    async def update(self, room_id: str, wanted: RoomChange, origin: Origin) -> Room:
        """Sets what `wanted` sets and returns the room. Requests as `change`."""

        def edit(room: Room) -> Room:
            return updated_room(room, wanted)

        return (await self.change(room_id, edit, unchanged, unchanged, origin)).room

    async def patch_roster(self, room_id: str, patch: RosterPatch, origin: Origin) -> Roster:
        """Merges a patch into the roster and returns it: all of it or nothing. Requests as
        `change`.

        Raises:
            TooManyParticipants: the roster would be too long.
        """

        def edit(roster: Roster) -> Roster:
            return patched_roster(roster, patch)

        return (await self.change(room_id, unchanged, edit, unchanged, origin)).roster

    async def patch_details(
        self, room_id: str, patch: Mapping[str, Any], origin: Origin
    ) -> Details:
        """Merges a patch into the details and returns them. Requests as `change`.

        Raises:
            DomainError: they would not be valid.
            DetailsTooLarge: they would not fit.
        """

        def edit(details: Details) -> Details:
            return patched_details(details, patch, self._limits.names)

        return (await self.change(room_id, unchanged, unchanged, edit, origin)).details

    async def change(
        self,
        room_id: str,
        edit: RoomEdit,
        edit_roster: RosterEdit,
        edit_details: DetailsEdit,
        origin: Origin,
    ) -> Contents:
        """Edits a room, its roster and its details, all or none, and returns them. Two requests;
        one if nothing changes. The details are not read, and none, if `edit_details` is
        `unchanged`.

        Raises:
            TooManyParticipants: the roster would be too long.
            DetailsTooLarge: the details would not fit.
            DomainError: what the edits raise.
        """

        async def change() -> Contents:
            row, before = await self._contents(room_id, edit_details is not unchanged)
            after = Contents(
                edit(before.room), edit_roster(before.roster), edit_details(before.details)
            )
            check_size(after.roster, self._limits.participants)
            at = self._changes.time_of(row)
            parts = list(steps(before, after, at, origin, self._limits.details_bytes))
            if not parts:
                return before
            first, *others = parts
            await self._changes.commit(
                row,
                parts[-1].at,
                first.record,
                room_properties(after.room),
                *(insert(other.record) for other in others),
                *(operation for part in parts for operation in part.operations),
                *invite(after.room, new_people(before, after)),
            )
            return after

        after = await self._changes.in_turn(room_id, change)
        if edit is not unchanged or edit_roster is not unchanged:
            await self._after_change(room_id, after.room, after.roster)
        return after

    async def delete(self, room_id: str, origin: Origin, *, again: bool = False) -> None:
        """Makes the room a tombstone; its rosters and log stay. Two requests.

        A tombstone remembers who made it: a DELETE that is sent again, because its answer was lost,
        finds it done.

        Args:
            again: whether the room may have been deleted by anybody before.
        """

        async def change() -> None:
            row = await self._room_row(room_id)
            if row and row.get("deleted") and (again or _repeats_deletion(row, origin)):
                return
            await self._changes.delete(existing_row(row), origin)

        await self._changes.in_turn(room_id, change)
        await self._after_change(room_id, None, {})

    async def delete_expired(self, room_id: str, before: Ticks, origin: Origin) -> bool:
        """Deletes the room if it could last be joined before that time, and says whether it did.
        Two requests. Nobody is told: its call has long ended."""

        async def change() -> bool:
            row = await self._room_row(room_id)
            if row is None or row.get("deleted") or room_of(row).valid_until >= before:
                return False
            await self._changes.delete(row, origin)
            return True

        return await self._changes.in_turn(room_id, change)

    async def _create(
        self,
        attempt: int,
        wanted: RoomChange,
        roster: Roster,
        repeatability: Repeatability | None,
        origin: Origin,
    ) -> RoomWithRoster:
        """Raises Conflict if the id is another room's."""
        now = self._clock()
        room = new_room(new_room_id(repeatability, attempt), wanted, now)
        try:
            await self._arrivals.commit(creation(room, roster, repeatability, origin))
        except Conflict:
            if repeatability is None:
                raise
            return await self._made_before(room.id, repeatability)
        return RoomWithRoster(room, roster, now)

    async def _made_before(self, room_id: str, repeatability: Repeatability) -> RoomWithRoster:
        """Returns the room that this create made before. Raises Conflict if it is another one, or
        one that upkeep is removing: rosters go first."""
        rows = await self._first_rows(room_id)
        if len(rows) < 2 or rows[0].get("repeatabilityId") != repeatability.request_id:
            raise Conflict
        row, roster_row = rows
        if row["bodyHash"] != repeatability.body_hash:
            raise RequestIdReused
        return _with_roster(row, unpack(roster_row))

    async def _room_row(self, room_id: str) -> TableEntity | None:
        return await self._table.get(keys.partition(room_id), keys.room_row(room_id))

    async def _contents(self, room_id: str, with_details: bool) -> tuple[TableEntity, Contents]:
        """Returns the row of the room, and what a change may change."""
        first = keys.details_row(room_id) if with_details else keys.room_row(room_id)
        rows = await self._table.first(
            keys.partition(room_id), first, keys.end_of_rosters(room_id), count=2 + with_details
        )
        details: Details = {}
        if rows and rows[0]["RowKey"] == keys.details_row(room_id):
            details = unpack(rows.pop(0))
        row = existing_row(rows[0] if rows else None)
        return row, Contents(room_of(row), unpack(rows[1]), details)

    async def _first_rows(self, room_id: str) -> list[TableEntity]:
        return await self._table.first(
            keys.partition(room_id), keys.room_row(room_id), keys.end_of_rosters(room_id), count=2
        )


def _with_roster(row: TableEntity, roster: Roster) -> RoomWithRoster:
    return RoomWithRoster(room_of(row), roster, parse_time(row["changedAt"]))


def _repeats_deletion(row: TableEntity, origin: Origin) -> bool:
    return bool(origin.request_id) and row.get("deletedByRequest") == origin.request_id
