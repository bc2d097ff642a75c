"""Rooms that are made at ACS: their id, and all that ACS answers, are then those of the room here.

ACS knows a create that is sent again for five minutes, by its Repeatability-Request-ID. Its mark
knows it for a day.
"""

import uuid
from contextlib import suppress
from email.utils import formatdate

from rooms.acs.pace import Pace
from rooms.acs.rooms_api import RepeatabilityHeaders, RoomsApi
from rooms.acs.under_way import UnderWay
from rooms.domain.room import Room, RoomChange
from rooms.domain.roster import Roster
from rooms.storage.changes import Origin
from rooms.storage.creation import Repeatability
from rooms.storage.entities import unpack
from rooms.storage.errors import RequestIdReused
from rooms.storage.marks import Create, Mark, Marks
from rooms.storage.operations import Conflict
from rooms.storage.parallel import both
from rooms.storage.room_rows import RoomRows
from rooms.storage.rooms import RoomWithRoster, room_with_roster


class Creates:
    """Makes rooms at ACS. Raises AcsError as RoomsApi does, StorageUnavailable as Table does."""

    def __init__(self, rows: RoomRows, acs: RoomsApi, marks: Marks, pace: Pace) -> None:
        self._rows = rows
        self._acs = acs
        self._marks = marks
        self._pace = pace

    async def create(
        self,
        wanted: RoomChange,
        roster: Roster,
        repeatability: Repeatability | None,
        origin: Origin,
    ) -> RoomWithRoster:
        """Creates a room, or returns the one that this create made before, as it is now. Three
        requests to the storage, the last two side by side.

        Raises:
            RequestIdReused: the Repeatability-Request-ID was used with another body.
        """
        given = repeatability or Repeatability(str(uuid.uuid4()), "", formatdate(usegmt=True))
        create = Create(given.request_id, given.first_sent, given.body_hash)
        mark = self._marks.of_create(origin, wanted, roster, create)
        before = await self._marks.begin(mark)
        if before is not None and before.create is not None:
            if before.create.body_hash != given.body_hash:
                raise RequestIdReused
            if before.create.made is not None:
                return await self._made_before(before, before.create.made)
            mark = before
        # Of a create that was begun before, ACS may have carried out the first try.
        under_way = UnderWay(
            self._marks, self._pace, mark, is_marked=True, in_doubt=before is not None
        )
        headers = RepeatabilityHeaders(given.request_id, given.first_sent)
        async with under_way.closed():
            room, _ = await under_way.ask(self._acs.create(wanted, roster, headers))
        await both(self._write(room, roster, mark), self._note(mark, room))
        return RoomWithRoster(room, roster, room.created_at)

    async def _made_before(self, mark: Mark, room: Room) -> RoomWithRoster:
        """Returns the room that this create made before, and writes its rows if they are missing.
        One request, or two."""
        rows = await self._rows.first(room.id)
        if len(rows) == 2:
            return room_with_roster(rows[0], unpack(rows[1]))
        roster = {raw_id: role for raw_id, role in mark.patch.items() if role is not None}
        await self._write(room, roster, mark)
        return RoomWithRoster(room, roster, room.created_at)

    async def _write(self, room: Room, roster: Roster, mark: Mark) -> None:
        with suppress(Conflict):  # it was pulled, or another try of this create was faster
            await self._rows.create(room, roster, None, mark.origin)

    async def _note(self, mark: Mark, room: Room) -> None:
        with suppress(Conflict):  # the mark was settled
            await self._marks.made(mark, room)
