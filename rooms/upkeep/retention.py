"""Removes expired rooms, and rows that are older than the retention.

Every step can be repeated, and killed at any point: what is left is found by the next run. Two runs
at once do no harm, as what is gone is no error. Rows are deleted in an order such that no row left
needs a deleted one.
"""

import logging
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import aclosing, contextmanager, suppress
from dataclasses import dataclass, field
from itertools import batched

from azure.data.tables import TableEntity

from rooms.domain.limits import Limits
from rooms.domain.time import HOUR, MAX_TIME, Ticks, parse_time
from rooms.log_text import escaped
from rooms.storage import keys
from rooms.storage.changes import Origin
from rooms.storage.entities import unpack
from rooms.storage.errors import StorageUnavailable
from rooms.storage.history import History
from rooms.storage.invitees import external_people, not_needed
from rooms.storage.operations import Conflict
from rooms.storage.parallel import in_parallel
from rooms.storage.rooms import Rooms
from rooms.storage.table import Table

_log = logging.getLogger(__name__)

UPKEEP_ACTOR = "upkeep"
"""The actor in the log of rooms that upkeep deleted because they had expired."""

_KNOWN = 20
"""Rows that hold a room's state; most rooms have fewer, rosters included."""

SHOWN = [
    "PartitionKey",
    "RowKey",
    "Timestamp",
    "receivedAt",
    "parts",
    "usedAt",
    "finishedAt",
    "startedAt",
    "askedAt",
]
"""What has to be known of events in quarantine and their parts, of users, of erasures, of marks and
of rooms that ACS did not know. Rows of invitees are read whole."""

_STATE = ["PartitionKey", "RowKey", "validUntil", "deleted", "changedAt"]


@contextmanager
def log_failures(what: str, which: str) -> Iterator[None]:
    """Logs what goes wrong with one room, user or erasure: it must not end the upkeep of all."""
    try:
        yield
    except StorageUnavailable:
        raise
    except Exception:
        _log.exception("upkeep: left %s %s", what, escaped(which))


@dataclass(slots=True)
class Retention:
    """What goes: rooms that could last be joined before `expired`, what is older than `kept`, marks
    of changes at ACS from before `marks_kept`, rooms that ACS did not know before `unknown_kept`,
    and rows by which nobody finds a room.

    If `reads_acs`, a deleted room stays until its end is older than `kept`, too: ACS may still have
    it, and would bring it back.

    `removed` counts what goes. Raises StorageUnavailable as Table does.
    """

    table: Table
    rooms: Rooms
    expired: Ticks
    kept: Ticks
    marks_kept: Ticks
    unknown_kept: Ticks
    limits: Limits
    removed: Counter[str] = field(default_factory=Counter)
    reads_acs: bool = False

    async def purge_room(self, room_id: str) -> None:
        """Deletes what is too old of a room, or of a room that only events name. Four requests, if
        nothing is."""
        partition = await self.table.partition_of(room_id)
        known = await self.table.first(
            partition, keys.details_row(room_id), keys.end_of_rosters(room_id), _KNOWN, _STATE
        )
        room = next((row for row in known if row["RowKey"] == keys.room_row(room_id)), None)
        if room and not room.get("deleted") and parse_time(room["validUntil"]) < self.expired:
            deleted = await self.rooms.delete_expired(
                room_id, self.expired, Origin(UPKEEP_ACTOR, "")
            )
            self.removed["expired rooms"] += deleted
        for access in (False, True):
            old = keys.log_range(room_id, 0, self.kept, access=access)
            await self._clear(partition, *old, "log records")
        if room and self._is_old_tombstone(room):
            await self._remove_tombstone(room_id)
        else:
            oldest_kept = keys.roster_row(room_id, self.kept - 1)
            if len(known) == _KNOWN or sum(row["RowKey"] >= oldest_kept for row in known) > 1:
                await self._clear_superseded_rosters(room_id)
        await self._clear_calls(room_id)

    async def purge_quarantine(self, rows: Sequence[TableEntity]) -> None:
        """Deletes those of these events that came too long ago. Their rows go first, as a row that
        can be seen has all its parts."""
        old = [row for row in rows if parse_time(row["receivedAt"]) < self.kept]
        if old:
            partition = old[0]["PartitionKey"]
            await self._remove_each(partition, [row["RowKey"] for row in old], "quarantined events")
            for row in old:
                if row["parts"] > 1:
                    start, end = keys.quarantine_parts_range(row["RowKey"].rpartition(":")[2])
                    await self.purge_quarantine_parts(
                        await self.table.first(
                            partition, start, end, self.limits.upkeep_rows, SHOWN
                        )
                    )

    async def purge_quarantine_parts(self, rows: Sequence[TableEntity]) -> None:
        """Deletes those of these parts that were written too long ago and have no event: the event
        was removed, or never written whole."""
        for row in rows:
            written = row.metadata["timestamp"]
            if written and parse_time(written.isoformat()) < self.kept:
                _, event_id, _ = row["RowKey"].split(":")
                if await self.table.get(row["PartitionKey"], keys.quarantine_row(event_id)) is None:
                    with suppress(
                        Conflict
                    ):  # with another run, or the event is being kept just now
                        await self.table.delete(row["PartitionKey"], [], unchanged=[row])

    async def purge_invitees(self, rows: Sequence[TableEntity]) -> None:
        """Deletes those of these rows by which nobody finds a room: no roster that is stored has
        them, nor have the details, also of a deleted room. Who is invited meanwhile has a row that
        has changed.

        One request for each of their rooms; and one for each twenty older rosters, as long as a row
        may need them.
        """
        by_room: defaultdict[str, list[TableEntity]] = defaultdict(list)
        for row in rows:
            by_room[keys.listed_room_id(keys.place_in(row["RowKey"]))].append(row)
        await in_parallel(self._invitees(room_id, some) for room_id, some in by_room.items())

    def is_old_arrival(self, row: TableEntity) -> bool:
        """Returns whether a record arrived too long ago."""
        return parse_time(row["receivedAt"]) < self.kept

    async def purge_arrivals(self, rows: Sequence[TableEntity]) -> None:
        """Deletes these arrivals among those of all rooms, and the same of their rooms."""
        pairs = [
            (key, keys.arrived_row(keys.listed_room_id(key), keys.arrival_of(key)))
            for key in (row["RowKey"] for row in rows)
        ]
        for some in batched(pairs, self.limits.upkeep_rows // 2, strict=False):
            partition, together = rows[0]["PartitionKey"], [row for pair in some for row in pair]
            if not await self._remove(partition, together, "arrival rows"):
                for pair in some:  # of which another run has removed some
                    await self._remove(partition, pair, "arrival rows")

    def is_old_link(self, row: TableEntity) -> bool:
        """Returns whether a join link expired too long ago."""
        return keys.link_expiry_of(row["RowKey"]) < self.kept

    async def purge_join_links(self, rows: Sequence[TableEntity]) -> None:
        """Deletes these bindings of join links to browsers."""
        if rows:
            partition, row_keys = rows[0]["PartitionKey"], [row["RowKey"] for row in rows]
            await self._remove_each(partition, row_keys, "used join links")

    async def purge_marks(self, rows: Sequence[TableEntity]) -> None:
        """Deletes those of these marks of changes at ACS that began too long ago: what ACS has then
        is taken over as it is."""
        for row in rows:
            if parse_time(row["startedAt"]) < self.marks_kept:
                await self._remove_unchanged(row, "marks")

    async def purge_unknown_at_acs(self, rows: Sequence[TableEntity]) -> None:
        """Deletes those of these rows whose rooms ACS is asked for again anyway."""
        for row in rows:
            if parse_time(row["askedAt"]) < self.unknown_kept:
                await self._remove_unchanged(row, "rooms that ACS did not know")

    async def purge_users(self, rows: Sequence[TableEntity]) -> None:
        """Deletes those of these users who got their last token too long ago. Who gets one
        meanwhile has a row that has changed."""
        for row in rows:
            with log_failures("the user", row["RowKey"]):
                if parse_time(row["usedAt"]) < self.kept:
                    await self._remove_unchanged(row, "users")

    async def purge_erasures(self, rows: Sequence[TableEntity]) -> None:
        """Deletes those of these erasures that ended too long ago."""
        for row in rows:
            with log_failures("the erasure", row["RowKey"]):
                if "finishedAt" in row and parse_time(row["finishedAt"]) < self.kept:
                    await self._remove_unchanged(row, "erasures")

    async def _remove_unchanged(self, row: TableEntity, what: str) -> None:
        """Deletes a row, unless it has changed since it was read."""
        with suppress(Conflict):
            await self.table.delete(row["PartitionKey"], [], unchanged=[row])
            self.removed[what] += 1

    async def _invitees(self, room_id: str, rows: Sequence[TableEntity]) -> None:
        with log_failures("the invitees of the room", room_id):
            for row in await self._not_needed(room_id, rows):
                await self._remove_unchanged(row, "invitee rows")

    async def _not_needed(self, room_id: str, rows: Sequence[TableEntity]) -> list[TableEntity]:
        """Returns those of these rows by which nobody finds the room."""
        known = await History(self.table, self.limits).snapshot(room_id)
        if known.room is None:
            return list(rows)
        left = not_needed(rows, known.room, [*known.roster, *external_people(known.details)])
        partition, start = (
            await self.table.partition_of(room_id),
            keys.roster_row(room_id, MAX_TIME),
        )
        async with aclosing(
            self.table.each(partition, start, keys.end_of_rosters(room_id), _KNOWN)
        ) as rosters:
            while left and (row := await anext(rosters, None)) is not None:
                left = not_needed(left, known.room, unpack(row))
        return left

    def _is_old_tombstone(self, room: TableEntity) -> bool:
        if not room.get("deleted") or parse_time(room["changedAt"]) >= self.kept:
            return False
        return not self.reads_acs or parse_time(room["validUntil"]) < self.kept

    async def _remove_tombstone(self, room_id: str) -> None:
        """Deletes the room's row last. Without it the others would be nobody's."""
        partition = await self.table.partition_of(room_id)
        await self._clear(
            partition, keys.roster_row(room_id, MAX_TIME), keys.end_of_rosters(room_id), "rosters"
        )
        start, end = keys.details_row(room_id), keys.after(keys.room_row(room_id))
        rows = await self.table.first(partition, start, end, 2)
        if rows and self._is_old_tombstone(rows[-1]):  # else another run was faster
            with suppress(Conflict):
                await self.table.delete(partition, [], unchanged=rows)
                self.removed["tombstones"] += 1

    async def _clear_superseded_rosters(self, room_id: str) -> None:
        """Deletes the old rosters but the newest, which is in force where the time that is kept
        begins."""
        partition, end = await self.table.partition_of(room_id), keys.end_of_rosters(room_id)
        in_force = await self.table.first(
            partition, keys.roster_row(room_id, self.kept - 1), end, 1, ["RowKey"]
        )
        if in_force:
            await self._clear(partition, keys.after(in_force[0]["RowKey"]), end, "rosters")

    async def _clear_calls(self, room_id: str) -> None:
        """Deletes calls that had their last event before the hour of `kept`. A call goes as a
        whole, or its fold would change."""
        partition = await self.table.partition_of(room_id)
        before = self.kept - self.kept % HOUR
        start, end = keys.activity_range(room_id, 0, before - 1)
        while True:
            rows = await self.table.first(partition, start, end, self.limits.upkeep_rows)
            goes: dict[str, bool] = {}
            for row in rows:
                call = row["call"]
                if call not in goes:
                    goes[call] = await self._is_old(room_id, call, before)
                if goes[call]:
                    at, _ = keys.activity_of(row["RowKey"])
                    await self._clear_call(room_id, call, at, before)
            if len(rows) < self.limits.upkeep_rows:
                return
            start = keys.after(rows[-1]["RowKey"])

    async def _is_old(self, room_id: str, call: str, before: Ticks) -> bool:
        (_, start), (_, end) = (
            keys.events_range(room_id, call, at) for at in (before, MAX_TIME + 1)
        )
        return not await self.table.first(
            await self.table.partition_of(room_id), start, end, 1, ["RowKey"]
        )

    async def _clear_call(self, room_id: str, call: str, hour: Ticks, before: Ticks) -> None:
        """Deletes the events of the call, and then the two rows of its activity in that hour.

        These must not have changed since before the events were read: an event that arrives
        meanwhile is found by them.
        """
        partition = await self.table.partition_of(room_id)
        activity = (
            keys.activity_row(room_id, call, hour),
            keys.all_activity_row(room_id, call, hour),
        )
        while rows := [
            row for key in activity if (row := await self.table.get(partition, key)) is not None
        ]:
            self.removed["calls"] += await self._clear_events(room_id, call, before)
            with suppress(Conflict):
                await self.table.delete(partition, [], unchanged=rows)
                return

    async def _clear_events(self, room_id: str, call: str, before: Ticks) -> bool:
        """Deletes the events of the call before that time. Returns whether there were any.

        Their log records go before them, also those of events that arrived after the log was
        cleared: an event that is delivered again is recognised by its own row, and could not be
        kept if only its log record were there.
        """
        partition = await self.table.partition_of(room_id)
        start, end = keys.events_range(room_id, call, before)
        found = False
        while rows := await self._some(partition, start, end):
            found = True
            await self._clear(partition, *keys.log_range(room_id, 0, before), "log records")
            if (
                await self._remove(partition, rows, "events")
                and len(rows) < self.limits.upkeep_rows
            ):
                break
        return found

    async def _clear(self, partition: str, start: str, end: str, what: str) -> None:
        """Deletes all rows from `start` until just before `end`."""
        while rows := await self._some(partition, start, end):
            if await self._remove(partition, rows, what) and len(rows) < self.limits.upkeep_rows:
                return

    async def _some(self, partition: str, start: str, end: str) -> list[str]:
        return [
            row["RowKey"]
            for row in await self.table.first(
                partition, start, end, self.limits.upkeep_rows, ["RowKey"]
            )
        ]

    async def _remove(self, partition: str, rows: Sequence[str], what: str) -> bool:
        """Deletes rows. Returns False if some of them are gone already."""
        try:
            await self.table.delete(partition, rows)
        except Conflict:
            return False
        self.removed[what] += len(rows)
        return True

    async def _remove_each(self, partition: str, rows: Sequence[str], what: str) -> None:
        if not await self._remove(partition, rows, what):
            for row in rows:
                await self._remove(partition, [row], what)
