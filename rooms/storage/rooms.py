"""The rooms in the table, with their rosters and details. Each change and its log records are one
transaction under the ETag of the room's row."""

import itertools
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from azure.data.tables import TableEntity

from rooms.domain.details import Details, patched_details
from rooms.domain.errors import ReadOnlyHere
from rooms.domain.limits import LIMITS, Limits
from rooms.domain.room import Room, RoomChange, check_calls_here, new_room
from rooms.domain.roster import Roster, RosterPatch
from rooms.domain.time import Ticks, parse_time
from rooms.storage.changes import Origin, Versions, check_version, existing_row
from rooms.storage.creation import Repeatability, new_room_id
from rooms.storage.edits import Contents, Edit
from rooms.storage.entities import room_of, unpack
from rooms.storage.errors import RequestIdReused
from rooms.storage.operations import Conflict
from rooms.storage.retry import retried
from rooms.storage.room_rows import ReadRoom, RoomRows
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
    and finds it done. It is not told of rooms whose calls run at ACS. These, and their rosters,
    cannot be changed: CallsAtAcs is raised. If the service only `observes`, no room can be made
    either, and ReadOnlyHere is raised.
    """

    def __init__(
        self,
        table: Table,
        clock: Callable[[], Ticks],
        limits: Limits = LIMITS,
        after_change: AfterChange = _nobody_is_told,
        *,
        observes: bool = False,
    ) -> None:
        self.rows = RoomRows(table, clock, limits)
        self._clock = clock
        self._limits = limits
        self._after_change = after_change
        self._observes = observes

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
        if self._observes:
            raise ReadOnlyHere
        numbers = itertools.count()

        async def attempt() -> RoomWithRoster:
            number = next(numbers)
            return await self._create(number, wanted, roster, repeatability, origin)

        return await retried(attempt, Conflict)

    async def get(self, room_id: str) -> Room:
        """Returns the room. One request."""
        return room_of(existing_row(await self.rows.row(room_id)))

    async def with_roster(self, room_id: str) -> RoomWithRoster:
        """Returns the room with its current roster. One request."""
        read = await self.rows.read(room_id)
        return room_with_roster(read.row, read.contents.roster)

    async def with_details(self, room_id: str) -> tuple[RoomWithRoster, Details]:
        """Returns the room with its current roster, and its details. One request."""
        read = await self.rows.read(room_id, with_details=True)
        return room_with_roster(read.row, read.contents.roster), read.contents.details

    async def update(
        self, room_id: str, wanted: RoomChange, origin: Origin, versions: Versions = None
    ) -> Room:
        """Sets what `wanted` sets and returns the room. Requests and RoomChanged as `change`."""
        return (await self.change(room_id, Edit(wanted, versions=versions), origin)).room

    async def patch_roster(
        self, room_id: str, patch: RosterPatch, origin: Origin, versions: Versions = None
    ) -> Contents:
        """Merges a patch into the roster: all of it or nothing. Returns it with its room. Requests
        and RoomChanged as `change`.

        Raises:
            TooManyParticipants: the roster would be too long.
        """
        return await self.change(room_id, Edit(patch=patch, versions=versions), origin)

    async def patch_details(
        self,
        room_id: str,
        patch: Mapping[str, Any],
        origin: Origin,
        versions: Versions = None,
    ) -> Details:
        """Merges a patch into the details and returns them. Requests and RoomChanged as `change`.

        Raises:
            DomainError: they would not be valid.
            DetailsTooLarge: they would not fit.
        """

        def edit(details: Details) -> Details:
            return patched_details(details, patch, self._limits.names)

        edited = Edit(details=edit, versions=versions)
        return (await self.change(room_id, edited, origin)).details

    async def change(self, room_id: str, edit: Edit, origin: Origin) -> Contents:
        """Edits a room, its roster and its details, all or none, and returns them. Two requests;
        one if nothing changes. The details are not read, and none, if the edit is not of them.

        Raises:
            TooManyParticipants: the roster would be too long.
            DetailsTooLarge: the details would not fit.
            DomainError: what the edit raises.
            RoomChanged: the edit is of another version of the room, and would change it.
        """

        async def change() -> Contents:
            read = await self.rows.read(room_id, with_details=edit.details is not None)
            if edit.is_of_room:
                self._check_carrier(read.room)
            after = edit.applied(read.contents)
            check_edited_version(edit, read, after)
            await self.rows.commit(read, after, origin)
            return after

        after = await self.rows.in_turn(room_id, change)
        await self._tell(edit, after)
        return after

    async def delete(
        self, room_id: str, origin: Origin, *, again: bool = False, versions: Versions = None
    ) -> Room:
        """Makes the room a tombstone, and returns it; its rosters and log stay. Two requests.

        A tombstone remembers who made it: a DELETE that is sent again, because its answer was lost,
        finds it done.

        Args:
            again: whether the room may have been deleted by anybody before.

        Raises:
            RoomChanged: the room has none of these `versions`.
        """

        async def change() -> Room:
            row = await self.rows.row(room_id)
            if row and row.get("deleted") and (again or repeats_deletion(row, origin)):
                return room_of(row)
            row = existing_row(row)
            room = room_of(row)
            self._check_carrier(room)
            check_version(row, versions)
            await self.rows.bury(row, origin)
            return room

        room = await self.rows.in_turn(room_id, change)
        await self._after_change(room_id, None, {})
        return room

    async def delete_expired(self, room_id: str, before: Ticks, origin: Origin) -> bool:
        """Deletes the room if it could last be joined before that time, and says whether it did.
        Two requests. Nobody is told: its call has long ended. ACS is not asked."""

        async def change() -> bool:
            row = await self.rows.row(room_id)
            if row is None or row.get("deleted") or room_of(row).valid_until >= before:
                return False
            await self.rows.bury(row, origin)
            return True

        return await self.rows.in_turn(room_id, change)

    def _check_carrier(self, room: Room) -> None:
        if self._observes and room.carrier == "acs":
            raise ReadOnlyHere
        check_calls_here(room)

    async def _tell(self, edit: Edit, after: Contents) -> None:
        if edit.is_of_room and after.room.carrier == "own":
            await self._after_change(after.room.id, after.room, after.roster)

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
            await self.rows.create(room, roster, repeatability, origin)
        except Conflict:
            if repeatability is None:
                raise
            return await self._made_before(room.id, repeatability)
        return RoomWithRoster(room, roster, now)

    async def _made_before(self, room_id: str, repeatability: Repeatability) -> RoomWithRoster:
        """Returns the room that this create made before. Raises Conflict if it is another one, or
        one that upkeep is removing: rosters go first."""
        rows = await self.rows.first(room_id)
        if len(rows) < 2 or rows[0].get("repeatabilityId") != repeatability.request_id:
            raise Conflict
        row, roster_row = rows
        if row["bodyHash"] != repeatability.body_hash:
            raise RequestIdReused
        return room_with_roster(row, unpack(roster_row))


def room_with_roster(row: TableEntity, roster: Roster) -> RoomWithRoster:
    """Returns the room of this row, with its roster."""
    return RoomWithRoster(room_of(row), roster, parse_time(row["changedAt"]))


def check_edited_version(edit: Edit, read: ReadRoom, after: Contents) -> None:
    """Checks that an edit is of the version that was read. One that changes nothing is of any: so
    it may be sent again, if its answer was lost. Raises RoomChanged."""
    if after != read.contents:
        check_version(read.row, edit.versions)


def repeats_deletion(row: TableEntity, origin: Origin) -> bool:
    """Returns whether the room of this row was deleted by the same request."""
    return bool(origin.request_id) and row.get("deletedByRequest") == origin.request_id
