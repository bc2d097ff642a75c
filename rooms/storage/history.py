"""The stored history of a room, also of a deleted one: its state, details, rosters and log."""

from contextlib import aclosing
from dataclasses import dataclass

from azure.data.tables import TableEntity

from rooms.domain.details import Details
from rooms.domain.errors import RoomNotFound
from rooms.domain.limits import LIMITS, Limits
from rooms.domain.log import LogRecord
from rooms.domain.log_kinds import is_access
from rooms.domain.overdue import planned_end
from rooms.domain.room import Room, admits_guests
from rooms.domain.roster import Invited, Roster
from rooms.domain.time import Ticks, parse_time
from rooms.domain.time_window import Deletion
from rooms.storage import keys
from rooms.storage.changes import version_of
from rooms.storage.cursors import Page, read_cursor, to_cursor
from rooms.storage.entities import binary_of, join_policy_of, room_of, unpack
from rooms.storage.errors import TooManyChanges
from rooms.storage.table import Table

_ROSTER_PAGE = 20


@dataclass(frozen=True, slots=True)
class RoomSnapshot:
    """What is known of a room. `room` is None, and the rest empty, if only events name it.

    `version` is that of the room. `deleted_by` is the actor, also None if the room was deleted
    before that was stored.
    """

    room: Room | None
    deleted: bool
    details: Details
    roster: Roster
    deleted_at: Ticks | None = None
    deleted_by: str | None = None
    version: str | None = None

    @property
    def planned_end(self) -> Ticks | None:
        """When calls of the room should be over; None if only events name it."""
        return None if self.room is None else planned_end(self.room, self.details, self.deleted_at)

    @property
    def deletion(self) -> Deletion | None:
        """When the room was deleted, and by whom."""
        return None if self.deleted_at is None else Deletion(self.deleted_at, self.deleted_by)

    @property
    def invited(self) -> Invited:
        """Who is invited now."""
        return Invited(self.roster, self.room is not None and admits_guests(self.room.join_policy))


class History:
    """The history of all rooms."""

    def __init__(self, table: Table, limits: Limits = LIMITS) -> None:
        self._table = table
        self._limits = limits

    async def snapshot(self, room_id: str) -> RoomSnapshot:
        """Returns what is stored of a room. One request."""
        start, end = keys.details_row(room_id), keys.end_of_rosters(room_id)
        rows = {
            row["RowKey"]: row
            for row in await self._table.first(
                await self._table.partition_of(room_id), start, end, count=3
            )
        }
        room, details = (
            rows.pop(keys.room_row(room_id), None),
            rows.pop(keys.details_row(room_id), None),
        )
        deleted = bool(room and room.get("deleted"))
        return RoomSnapshot(
            room=room_of(room) if room else None,
            deleted=deleted,
            details=unpack(details) if details else {},
            roster=unpack(next(iter(rows.values()))) if rows else {},
            deleted_at=parse_time(room["changedAt"]) if room and deleted else None,
            deleted_by=room.get("deletedBy") if room else None,
            version=version_of(room) if room else None,
        )

    async def details(self, room_id: str) -> Details:
        """Returns the details of a room; none if it has none, or does not exist. One request."""
        row = await self._table.get(
            await self._table.partition_of(room_id), keys.details_row(room_id)
        )
        return unpack(row) if row else {}

    async def check(self, room_id: str) -> None:
        """Checks that anything is stored of a room. One request. Raises RoomNotFound."""
        if not await self._table.first(
            await self._table.partition_of(room_id), *keys.room_range(room_id), 1, ["RowKey"]
        ):
            raise RoomNotFound

    async def invited(self, room: Room, start: Ticks, end: Ticks) -> Invited:
        """Returns who was on the roster at `start`, or at some moment until just before `end`, with
        the last role there, when they were removed, and whether it was an open room at one of
        these.

        The roster and the policy that the room was made with count for the time before, too. One
        request for some twenty rosters.

        Raises:
            TooManyChanges: the limits do not allow so many.
        """
        start = max(start, room.created_at)
        last = max(end - 1, start)
        partition, first_row, end_row = (
            await self._table.partition_of(room.id),
            keys.roster_row(room.id, last),
            keys.end_of_rosters(room.id),
        )
        roster: Roster = {}
        removed: dict[str, Ticks] = {}
        was_open = False
        count = 0
        newest: Roster = {}
        changed_at = end
        async with aclosing(
            self._table.each(partition, first_row, end_row, 1 if last == start else _ROSTER_PAGE)
        ) as rows:
            async for row in rows:
                version: Roster = unpack(row)
                count += 1
                if count == 1:
                    newest = version
                for raw_id in version.keys() - newest.keys() - removed.keys():
                    removed[raw_id] = changed_at
                roster = version | roster
                was_open = was_open or admits_guests(join_policy_of(row))
                changed_at = keys.time_of(row["RowKey"].rpartition(":")[2])
                if changed_at <= start:
                    break
                if count == self._limits.roster_versions:
                    raise TooManyChanges(count)
        return Invited(roster, was_open, removed)

    async def log(
        self,
        room_id: str,
        start: Ticks,
        end: Ticks,
        cursor: str | None,
        kind: str | None,
        actor: str | None,
    ) -> Page[LogRecord]:
        """Returns a page of the log from `start` until just before `end`, newest first.

        Only records of `kind` and of `actor`, if these are given; those of who looked only if
        `kind` is theirs. A request for each hundred rows.
        """
        access = kind is not None and is_access(kind)
        prefix = keys.log_prefix(room_id, access=access)
        first, last = keys.log_range(room_id, start, end, access=access)
        if cursor is not None:
            after = prefix + read_cursor(cursor, keys.LOG_SUFFIX)
            first = max(first, keys.after(after))
        limits = self._limits
        records: list[LogRecord] = []
        read = size = 0
        async with aclosing(
            self._table.each(await self._table.partition_of(room_id), first, last, limits.log_page)
        ) as rows:
            async for row in rows:
                read += 1
                size += len(binary_of(row))
                if kind in (None, row["kind"]) and actor in (None, row["actor"]):
                    records.append(log_record_of(row, row["RowKey"]))
                if (
                    len(records) == limits.log_page
                    or read == limits.log_page_rows
                    or size >= limits.log_page_bytes
                ):
                    return Page(records, to_cursor(row["RowKey"].removeprefix(prefix)))
        return Page(records, None)


def log_record_of(row: TableEntity, key: str) -> LogRecord:
    """Returns the record with that key of a row of the log, or of its arrival."""
    received = row.get("receivedAt")
    return LogRecord(
        id=key.rpartition(":")[2],
        at=parse_time(row["time"]),
        kind=row["kind"],
        actor=row["actor"],
        on_behalf_of=row.get("onBehalfOf"),
        request_id=row["requestId"],
        detail=unpack(row),
        received_at=None if received is None else parse_time(received),
    )
