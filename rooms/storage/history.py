"""What is kept of a room, also after it was deleted: its last state, details, rosters, and its log."""

import itertools
from dataclasses import dataclass
from typing import Any

from azure.data.tables import TableEntity

from rooms.errors import RoomNotFound, TooManyEvents
from rooms.rules.details import Details
from rooms.rules.room import Room
from rooms.rules.roster import Roster
from rooms.rules.time import Ticks, parse_time
from rooms.storage import keys
from rooms.storage.entities import binary_of, room_of, unpack
from rooms.storage.table import Table

LOG_PAGE = 100
"""Log records on a page, at most."""

LOG_PAGE_BYTES = 256 * 1024
"""When the details of a page's records, compressed, are as large as that, the page ends."""

_FILTERED_ROWS = 500
"""Log records that a page of only some of them is chosen from."""

MAX_ROSTERS = 1_000
"""Rosters that one answer is made of."""


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a room. `room` is None, and the rest empty, if only events name it."""

    room: Room | None
    deleted: bool
    details: Details
    roster: Roster


@dataclass(frozen=True, slots=True)
class LogRecord:
    """One record of a room's log. Of an event, `at` is the time of the event."""

    id: str
    at: Ticks
    kind: str
    actor: str
    request_id: str
    detail: Any


class History:
    """The history of all rooms."""

    def __init__(self, table: Table) -> None:
        self._table = table

    async def known(self, room_id: str) -> Known:
        """What is known of a room. One request."""
        start, end = keys.details_row(room_id), keys.end_of_rosters(room_id)
        rows = {row["RowKey"]: row for row in await self._table.first(keys.partition(room_id), start, end, count=3)}
        room, details = rows.pop(keys.room_row(room_id), None), rows.pop(keys.details_row(room_id), None)
        return Known(
            room=room_of(room) if room else None,
            deleted=bool(room and room.get("deleted")),
            details=unpack(details) if details else {},
            roster=unpack(next(iter(rows.values()))) if rows else {},
        )

    async def check(self, room_id: str) -> None:
        """Whether anything is known of a room. One request. Raises RoomNotFound."""
        if not await self._table.first(keys.partition(room_id), *keys.room_range(room_id), 1, ["RowKey"]):
            raise RoomNotFound

    async def rosters(self, room: Room, start: Ticks, end: Ticks) -> list[tuple[Ticks, Roster]]:
        """The rosters in force from `start` until just before `end`, each with its time, oldest first.

        The one that the room was made with counts for the time before, too. Two requests.

        Raises:
            TooManyEvents: there are more than MAX_ROSTERS.
        """
        start = max(start, room.created_at)
        newest, at_start = keys.roster_row(room.id, max(end - 1, start)), keys.roster_row(room.id, start)
        partition = keys.partition(room.id)
        rows = await self._table.first(partition, newest, at_start, MAX_ROSTERS + 1)
        if len(rows) > MAX_ROSTERS:
            raise TooManyEvents
        rows += await self._table.first(partition, at_start, keys.end_of_rosters(room.id), 1)
        return [(keys.time_of(row["RowKey"].rpartition(":")[2]), unpack(row)) for row in reversed(rows)]

    async def log(
        self, room_id: str, start: Ticks, end: Ticks, after: str | None, kind: str | None, actor: str | None
    ) -> tuple[list[LogRecord], str | None]:
        """Log records from `start` until just before `end`, newest first, and the row to go on behind, if there may be more.

        They are taken from behind the row `after`, only those of `kind` and of `actor`, if these are given. One request.
        """
        first, last = keys.log_range(room_id, start, end)
        count = LOG_PAGE if kind is None and actor is None else _FILTERED_ROWS
        if after is not None:
            first = max(first, keys.behind(after))
        rows = await self._table.first(keys.partition(room_id), first, last, count)
        size = itertools.accumulate(len(binary_of(row)) for row in rows)
        shown = rows[: 1 + sum(before < LOG_PAGE_BYTES for before in size)]
        chosen = [row for row in shown if kind in (None, row["kind"]) and actor in (None, row["actor"])]
        more = len(rows) == count or len(shown) < len(rows)
        return [_log_record(row) for row in chosen], shown[-1]["RowKey"] if more else None


def _log_record(row: TableEntity) -> LogRecord:
    return LogRecord(
        id=row["RowKey"].rpartition(":")[2],
        at=parse_time(row["time"]),
        kind=row["kind"],
        actor=row["actor"],
        request_id=row["requestId"],
        detail=unpack(row),
    )
