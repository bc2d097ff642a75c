"""Moves of rooms between their carriers: the carrier and its log record, in one transaction."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from rooms.domain.room import Room, RoomCarrier
from rooms.domain.roster import Roster
from rooms.domain.time import Ticks
from rooms.storage.changes import Changes, Origin, log_record
from rooms.storage.index_rows import index_entity
from rooms.storage.operations import upsert
from rooms.storage.room_rows import RoomRows
from rooms.storage.table import Table

type Prepare = Callable[[Room, Roster], Awaitable[None]]
"""Does what must be done before a room moves: it is given the room and its roster."""


@dataclass(frozen=True, slots=True)
class Move:
    """Where the calls of a room ran, and the room and its roster as they are now."""

    before: RoomCarrier
    room: Room
    roster: Roster


class Moves:
    """The moves of all rooms. Raises RoomNotFound for one that does not exist or was deleted,
    StorageUnavailable as Table does."""

    def __init__(self, table: Table, clock: Callable[[], Ticks]) -> None:
        self._rows = RoomRows(table, clock)
        self._changes = Changes(table, clock)

    async def move(self, room_id: str, to: RoomCarrier, origin: Origin, prepare: Prepare) -> Move:
        """Moves a room. Two requests; one if it is there already, and then nothing is prepared.

        What `prepare` raises leaves the room where it is. If another change comes between, it is
        called again with what the room is then.
        """

        async def change() -> Move:
            read = await self._rows.read(room_id)
            before, roster = read.room, read.contents.roster
            if before.carrier == to:
                return Move(to, before, roster)
            await prepare(before, roster)
            room, at = replace(before, carrier=to), self._changes.time_of(read.row)
            moved = {"carrier": to}  # also `own`: a merge removes nothing
            detail = {"before": before.carrier, "after": to}
            record = log_record(room_id, at, "RoomMoved", origin, detail)
            listed = upsert(index_entity(room) | moved)  # which leaves the rest there
            await self._changes.commit(read.row, at, record, moved, listed)
            return Move(before.carrier, room, roster)

        return await self._rows.in_turn(room_id, change)
