"""Removes what is too old of rooms: rosters, log records, and what a deleted room leaves behind."""

from collections.abc import Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass

from azure.data.tables import TableEntity

from rooms.domain.details import Details
from rooms.domain.roster import Roster
from rooms.domain.time import MAX_TIME, Ticks, parse_time
from rooms.storage import keys
from rooms.storage.changes import Origin
from rooms.storage.entities import row_of, unpack
from rooms.storage.erasure_state import is_any_open
from rooms.storage.invitees import external_people
from rooms.storage.operations import Conflict, placed, upsert
from rooms.storage.rooms import Rooms
from rooms.storage.table import MAX_PAGE
from rooms.upkeep.calls import CallRows
from rooms.upkeep.cutoffs import Cutoffs
from rooms.upkeep.invitees import ROSTERS, Invitees, listed
from rooms.upkeep.removal import TRIES, Removal

UPKEEP_ACTOR = "upkeep"
BY_UPKEEP = Origin(UPKEEP_ACTOR, "")
"""Whose change it is that a room is deleted because it has expired."""

_KNOWN = 20
"""Rows that hold a room's state; most rooms have fewer, rosters included."""

_STATE = ["PartitionKey", "RowKey", "validUntil", "deleted", "changedAt"]


class ErasureGoesOn(Exception):
    """Rows of invitees are missing while a person is being erased: they may have another name by
    now, and the rosters not yet."""


@dataclass(frozen=True, slots=True)
class RoomRetention:
    """The rows of all rooms. Raises StorageUnavailable as Table does."""

    removal: Removal
    cutoffs: Cutoffs
    rooms: Rooms
    invitees: Invitees
    calls: CallRows

    async def purge(self, room_id: str) -> TableEntity | None:
        """Deletes all that is too old of a room, or of a room that only events name. Returns its
        row, if it is there and not deleted. Five requests, if nothing is too old."""
        table, cutoffs = self.removal.table, self.cutoffs
        partition = await table.partition_of(room_id)
        known = await self._state(partition, room_id)
        room = _room_in(known, room_id)
        deleted = room is not None and bool(room.get("deleted"))
        expires = (
            room is not None
            and not deleted
            and parse_time(room["validUntil"]) < cutoffs.expired
            and await self.rooms.delete_expired(room_id, cutoffs.expired, BY_UPKEEP)
        )
        self.removal.removed["expired rooms"] += expires
        looked = keys.log_range(room_id, 0, cutoffs.kept, access=True)
        await self.removal.in_range(partition, *looked, "log records")
        await self.calls.purge(partition, room_id)
        if not deleted or not await self._purge_tombstone(partition, room_id):
            await self._purge_superseded(partition, room_id, known)
        await self._note_unarrived(partition, room_id)
        return None if deleted or expires else room

    async def purge_rosters(self, room_id: str) -> None:
        """Deletes the rosters of a room that were replaced too long ago. One request, if there are
        none, or the room was deleted too long ago, too: `purge_deleted` is for that."""
        partition = await self.removal.table.partition_of(room_id)
        known = await self._state(partition, room_id)
        room = _room_in(known, room_id)
        if room is not None and not self._is_old_tombstone(room):
            await self._purge_superseded(partition, room_id, known)

    async def purge_deleted(self, room_id: str) -> None:
        """Deletes all of a room that was deleted too long ago, but its calls. Three requests; one,
        if it stays."""
        partition = await self.removal.table.partition_of(room_id)
        await self._purge_tombstone(partition, room_id)

    async def is_there(self, room_id: str) -> bool:
        """Returns whether the room is there, or was before it was deleted. One request."""
        return await self.rooms.rows.row(room_id) is not None

    async def _purge_superseded(
        self, partition: str, room_id: str, known: Sequence[TableEntity]
    ) -> None:
        oldest_kept = keys.roster_row(room_id, self.cutoffs.kept - 1)
        if len(known) == _KNOWN or sum(row["RowKey"] >= oldest_kept for row in known) > 1:
            await self._remove_superseded(partition, room_id)

    async def _state(self, partition: str, room_id: str) -> list[TableEntity]:
        return await self.removal.table.first(
            partition, keys.details_row(room_id), keys.end_of_rosters(room_id), _KNOWN, _STATE
        )

    def _is_old_tombstone(self, room: TableEntity) -> bool:
        cutoffs = self.cutoffs
        if not room.get("deleted") or parse_time(room["changedAt"]) >= cutoffs.kept:
            return False
        return not cutoffs.reads_acs or parse_time(room["validUntil"]) < cutoffs.kept

    async def _purge_tombstone(self, partition: str, room_id: str) -> bool:
        """Deletes the rows of a room that was deleted too long ago, the log records that are too
        old, and the rows by which it is found: in three requests, if they fit into one transaction.
        Returns False if the room stays."""
        table, limit = self.removal.table, self.removal.limits.upkeep_rows
        start, end = keys.details_row(room_id), keys.end_of_rosters(room_id)
        rows = await table.first(partition, start, end, ROSTERS)
        room = _room_in(rows, room_id)
        if room is None:  # another run was faster
            return True
        if not self._is_old_tombstone(room):
            if (
                room.get("deleted") and parse_time(room["changedAt"]) < self.cutoffs.kept
            ):  # while ACS may have it
                due = row_of(keys.due_row(room_id, parse_time(room["validUntil"])))
                await table.rewrite(placed(partition, [upsert(due | {"acs": True})]))
            return False
        found_by, log = listed(room), keys.log_range(room_id, 0, self.cutoffs.kept)
        records = await self.removal.some(partition, *log)
        if len(rows) < ROSTERS and not found_by.in_groups:
            people = _people_in(rows)
            of_people = [keys.invitee_row(room_id, found_by.created_at, each) for each in people]
            if len(rows) + len(records) + len(of_people) <= limit:
                with suppress(Conflict):
                    await table.delete(partition, [*records, *of_people], unchanged=rows)
                    self.removal.removed["log records"] += len(records)
                    self.removal.removed["invitee rows"] += len(of_people)
                    self._count(rows)
                    return True
        await self.removal.in_range(partition, *log, "log records")
        await self._remove_in_parts(partition, room_id)
        return True

    async def _remove_in_parts(self, partition: str, room_id: str) -> None:
        """Deletes the same bit by bit: the room's row last. Without it the others would be
        nobody's."""
        table, end = self.removal.table, keys.end_of_rosters(room_id)
        room = await table.get(partition, keys.room_row(room_id))
        if room is None:
            return
        people = set[str]()
        async with aclosing(table.each(partition, keys.details_row(room_id), end, ROSTERS)) as rows:
            async for row in rows:
                people |= _people_in([row])
        await self._forget_all(partition, room, people)
        start = keys.roster_row(room_id, MAX_TIME)
        await self.removal.in_range(partition, start, end, "rosters")
        for _ in range(TRIES):
            start, end = keys.details_row(room_id), keys.after(keys.room_row(room_id))
            last = await table.first(partition, start, end, 2)
            if not last or not self._is_old_tombstone(last[-1]):
                return
            with suppress(Conflict):
                await table.delete(partition, [], unchanged=last)
                self._count(last)
                return
        raise Conflict

    async def _forget_all(self, partition: str, room: TableEntity, people: set[str]) -> None:
        """Deletes all rows by which these people find a deleted room."""
        found_by = listed(room)
        rows = await self.invitees.of(partition, found_by, people)
        there = {row["RowKey"] for row in rows}
        members = {name for row in rows for name in row}
        if any(
            keys.invitee_row(found_by.id, found_by.created_at, each) not in there
            and members.isdisjoint({keys.group_and_member(each)[1], keys.ALL_MEMBERS})
            for each in people
        ) and await is_any_open(self.removal.table):
            raise ErasureGoesOn
        await self.removal.unchanged(rows, "invitee rows")

    def _count(self, rows: Sequence[TableEntity]) -> None:
        rosters = sum(":roster:" in row["RowKey"] for row in rows)
        self.removal.removed["rosters"] += rosters
        self.removal.removed["tombstones"] += 1

    async def _remove_superseded(self, partition: str, room_id: str) -> None:
        """Deletes the old rosters but the newest, which is in force where the time that is kept
        begins. Rows by which people find the room go first, or nothing would lead to them."""
        table, end = self.removal.table, keys.end_of_rosters(room_id)
        oldest_kept = keys.roster_row(room_id, self.cutoffs.kept - 1)
        in_force = await table.first(partition, oldest_kept, end, 1)
        if not in_force:
            return
        behind = keys.after(in_force[0]["RowKey"])
        while rows := await table.first(partition, behind, end, ROSTERS):
            gone = _people_in(rows) - _people_in(in_force)
            room = await table.get(partition, keys.room_row(room_id)) if gone else None
            if room is not None:
                await self.invitees.forget(partition, listed(room), gone, behind)
            await self.removal.each(partition, [row["RowKey"] for row in rows], "rosters")

    async def _note_unarrived(self, partition: str, room_id: str) -> None:
        """Notes when the oldest log record is due to which no arrival leads: there was no order of
        arrival yet, or the arrival went before it."""
        start, end = keys.log_prefix(room_id), keys.room_range(room_id)[1]
        oldest: Ticks | None = None
        async with aclosing(
            self.removal.table.each(
                partition, start, end, MAX_PAGE, ["RowKey", "time", "receivedAt"]
            )
        ) as records:
            async for row in records:
                received = row.get("receivedAt")
                if received is None or parse_time(received) < self.cutoffs.kept:
                    at = parse_time(row["time"])
                    oldest = at if oldest is None else min(at, oldest)
        if oldest is not None:
            due = upsert(row_of(keys.due_row(room_id, oldest)))
            await self.removal.table.rewrite(placed(partition, [due]))


def _room_in(rows: Sequence[TableEntity], room_id: str) -> TableEntity | None:
    return next((row for row in rows if row["RowKey"] == keys.room_row(room_id)), None)


def _people_in(rows: Sequence[TableEntity]) -> set[str]:
    """Returns who finds a room by these rosters and details of it."""
    people = set[str]()
    for row in rows:
        if row["RowKey"].endswith(":details"):
            details: Details = unpack(row)
            people |= external_people(details)
        elif ":roster:" in row["RowKey"]:
            roster: Roster = unpack(row)
            people |= roster.keys()
    return people
