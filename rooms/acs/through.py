"""Write-through: a room whose calls run at ACS is changed there first, and then here.

A mark is written, ACS is asked once, and one transaction commits the log, the rows and the removal
of the mark. ACS is asked also if a change does nothing here: this copy may be behind. If another
change came between, all is done again. So who commits last has asked ACS after all others, and both
sides end alike.

A mark stays if it is not known whether ACS carried out a change. It is settled by reading ACS, and
never by sending a change again.
"""

from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import Any

from azure.data.tables import TableEntity

from rooms.acs.creates import Creates
from rooms.acs.errors import Refused
from rooms.acs.pace import Pace
from rooms.acs.rooms_api import RoomsApi
from rooms.acs.under_way import UnderWay
from rooms.domain.errors import CallsAtAcs, NoGuestsAtAcs, RoomNotFound
from rooms.domain.limits import LIMITS, Limits
from rooms.domain.room import Room, RoomCarrier, RoomChange, admits_guests
from rooms.domain.roster import Roster
from rooms.domain.time import SECOND, Ticks
from rooms.storage.adoption import BY_ACS, MARKS_AT_ONCE
from rooms.storage.changes import Origin, Versions, check_version
from rooms.storage.creation import Repeatability
from rooms.storage.drift import followed_room
from rooms.storage.edits import Contents, Edit
from rooms.storage.entities import room_of
from rooms.storage.marks import Marks, removal
from rooms.storage.parallel import both
from rooms.storage.pull_state import PullStates
from rooms.storage.room_rows import ReadRoom
from rooms.storage.rooms import (
    AfterChange,
    Rooms,
    RoomWithRoster,
    check_edited_version,
    repeats_deletion,
)
from rooms.storage.table import Table


class Through(Rooms):
    """All rooms. Those whose calls run at ACS are changed there first.

    Raises AcsError as RoomsApi does. Requests to the storage: one more than those of Rooms, side by
    side with another. If `new` rooms are made at ACS, they have two more than those of Rooms.
    """

    def __init__(
        self,
        table: Table,
        clock: Callable[[], Ticks],
        limits: Limits = LIMITS,
        *,
        after_change: AfterChange,
        acs: RoomsApi,
        marks: Marks,
        pace: Pace,
        states: PullStates,
        new: RoomCarrier,
    ) -> None:
        super().__init__(table, clock, limits, after_change)
        self._acs = acs
        self._marks = marks
        self._pace = pace
        self._states = states
        self._new = new
        self._creates = Creates(self.rows, acs, marks, pace)

    async def create(
        self,
        wanted: RoomChange,
        roster: Roster,
        repeatability: Repeatability | None,
        origin: Origin,
    ) -> RoomWithRoster:
        """Creates a room, or returns the one that this create made before, as it is now.

        Raises:
            RequestIdReused: the Repeatability-Request-ID was used with another body.
            NoGuestsAtAcs: the room would be open, which no room at ACS is.
        """
        if self._new == "own":
            return await super().create(wanted, roster, repeatability, origin)
        if wanted.join_policy is not None and admits_guests(wanted.join_policy):
            raise NoGuestsAtAcs
        return await self._creates.create(wanted, roster, repeatability, origin)

    async def change(self, room_id: str, edit: Edit, origin: Origin) -> Contents:
        """Edits a room, its roster and its details, all or none, and returns them.

        Raises what Rooms raises, and CallsAtAcs for the join policy of a room at ACS. The version
        of the room is not looked at any more once ACS has been asked.
        """
        if not edit.is_of_room:
            return await super().change(room_id, edit, origin)
        patch = None if callable(edit.patch) else edit.patch
        mark = self._marks.of_change(room_id, origin, edit.wanted, patch)
        under_way = UnderWay(self._marks, self._pace, mark)

        async def attempt() -> Contents:
            read = await self._begun(
                under_way,
                self.rows.find(room_id, with_details=edit.details is not None),
                read_first=callable(edit.patch) or edit.versions is not None,
            )
            if read is None:
                raise RoomNotFound
            after = edit.applied(read.contents)
            if not under_way.in_doubt:
                check_edited_version(edit, read, after)
            if read.room.carrier == "acs":
                self.rows.check(read, after, origin)
                after = await self._changed_at_acs(read, after, edit, under_way)
            if not await self.rows.commit(read, after, origin, *under_way.removal):
                await self.rows.keep(read.row, *under_way.removal)
            return after

        async with under_way.closed():
            after = await self.rows.in_turn(room_id, attempt)
        await self._tell(edit, after)
        return after

    async def delete(
        self, room_id: str, origin: Origin, *, again: bool = False, versions: Versions = None
    ) -> Room:
        """Deletes a room, and returns it: here it becomes a tombstone. If it is gone at ACS
        already, it becomes one too, and RoomNotFound is raised, unless this request has deleted it
        before.

        Args:
            again: whether the room may have been deleted by anybody before.

        Raises:
            RoomChanged: the room has none of these `versions`, and ACS was not asked yet.
        """
        mark = self._marks.of_change(room_id, origin, deletes=True)
        under_way = UnderWay(self._marks, self._pace, mark)
        gone = at_acs = False

        async def attempt() -> Room:
            nonlocal gone, at_acs
            row = await self._begun(
                under_way, self.rows.row(room_id), read_first=versions is not None
            )
            if row is None:
                raise RoomNotFound
            room = room_of(row)
            at_acs = room.carrier == "acs"
            if row.get("deleted"):
                if not (gone or again or repeats_deletion(row, origin)):
                    raise RoomNotFound
                if under_way.is_marked:
                    await self._marks.remove(mark)
                return room
            if not under_way.in_doubt:
                check_version(row, versions)
            if at_acs and not gone:
                await under_way.write()
                gone = await self._deleted_at_acs(row, again, under_way)
                if not gone:
                    return room
            await self.rows.bury(row, origin, *under_way.removal)
            return room

        async with under_way.closed():
            room = await self.rows.in_turn(room_id, attempt)
        if not at_acs:  # else it has no call here
            await self._after_change(room_id, None, {})
        return room

    async def _begun[T](
        self, under_way: UnderWay, read: Coroutine[Any, Any, T], *, read_first: bool = False
    ) -> T:
        """Reads, and writes the mark side by side: unless most rooms need none, or what is read is
        needed for it. If another change came between, it is written again: by a clock that is ahead
        it may have been found over, and been removed."""
        if not under_way.is_marked and (read_first or self._new == "own"):
            return await read
        found, _ = await both(read, under_way.write(again=True))
        return found

    async def _changed_at_acs(
        self, read: ReadRoom, after: Contents, edit: Edit, under_way: UnderWay
    ) -> Contents:
        """Changes a room at ACS, and returns what then is to be here."""
        room = after.room
        if room.join_policy != read.room.join_policy:
            raise CallsAtAcs
        patch = edit.patch_of(read.contents.roster)
        await under_way.write(patch)
        try:
            if edit.wanted is not None:
                there = await under_way.ask(self._acs.update(room.id, edit.wanted))
                room = followed_room(room, there)
            if edit.patch is not None:
                await under_way.ask(self._acs.patch_roster(room.id, patch))
        except Refused as refused:
            if refused.answer.status != 404:
                raise
            await self._bury(read.row, under_way)
            raise RoomNotFound from refused
        return replace(after, room=room)

    async def _deleted_at_acs(self, row: TableEntity, again: bool, under_way: UnderWay) -> bool:
        """Deletes a room at ACS. Returns False if it was gone, and is buried: then all is done.

        Raises:
            RoomNotFound: it was gone, and not by this request, and it was not to be deleted `again`
                by whomever.
        """
        try:
            await under_way.ask(self._acs.delete(room_of(row).id))
        except Refused as refused:
            if refused.answer.status != 404:
                raise
            by_this_request = await self._bury(row, under_way)
            if not (by_this_request or again):
                raise RoomNotFound from refused
            return False
        return True

    async def _bury(self, row: TableEntity, under_way: UnderWay) -> bool:
        """Makes a room a tombstone that is gone at ACS: for who began to delete it, else for ACS.
        Returns whether that was an earlier try of this request.

        Raises:
            RoomNotFound: another resource is set than that of the rooms; or the room was made just
                now, and ACS may be late to know it.
        """
        change, request_id = under_way.mark.change, under_way.mark.origin.request_id
        deletions = [
            mark
            for mark in await self._marks.of_room(room_of(row).id)
            if mark.deletes and mark.change != change
        ]
        own = [mark for mark in deletions if request_id and mark.origin.request_id == request_id]
        own = own[:MARKS_AT_ONCE]
        just_made = self._clock() < room_of(row).created_at + self._limits.quiet_seconds * SECOND
        if (just_made and not deletions) or not await self._states.is_of_resource():
            raise RoomNotFound
        origin = next((mark.origin for mark in own or deletions), BY_ACS)
        await self.rows.bury(row, origin, *under_way.removal, *map(removal, own))
        under_way.is_marked = False
        return bool(own) and under_way.mark.deletes
