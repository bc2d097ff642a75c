"""Goes through a partition for an erasure, row by row, in the phases of `erasure_state`.

Every step can be repeated, and killed at any point: what has been changed has the id of the
erasure, and what has not been is found again.
"""

import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from dataclasses import replace as replace_fields

from azure.data.tables import TableEntity

from rooms.domain.erasure import Person
from rooms.domain.limits import Limits
from rooms.storage import keys
from rooms.storage.entities import Entity, key_of, room_id_of, room_of, unpack
from rooms.storage.erasure_at_acs import AcsRosters
from rooms.storage.erasure_invitees import ErasedInvitees
from rooms.storage.erasure_receipts import Receipts
from rooms.storage.erasure_rows import erased_arrival, erased_row, traces_in
from rooms.storage.erasure_state import Erasure, Part
from rooms.storage.errors import QuarantinedEventNotFound
from rooms.storage.index_rows import whole_index_entity
from rooms.storage.operations import (
    Conflict,
    Operation,
    merge,
    placed,
    remove_unchanged,
    replace,
    replace_unchanged,
)
from rooms.storage.quarantine import Quarantine
from rooms.storage.retry import retried
from rooms.storage.table import Table

BATCH = 200
"""Rows that one read takes."""

SAVE_SECONDS = 2.0

type _Step = Callable[[TableEntity], Awaitable[str | None]]
"""Does what is to do with a row. Returns the row to go on from, if that is not the next one."""

_ROOMS = (("", keys.DOTS_START), (keys.DOTS_END, keys.END))
_INVITEES = (keys.INVITEES_START, keys.INVITEES_END)
_ARRIVED = (keys.ARRIVED_START, keys.ARRIVED_END)
_LISTED = (keys.INDEX_START, keys.INDEX_END)
_QUARANTINE = (keys.QUARANTINE_START, keys.QUARANTINE_END)


@dataclass
class Walk:
    """The way of one erasure through one partition. Raises StorageUnavailable as Table does."""

    table: Table
    erasure: Erasure
    part: Part
    quarantine: Quarantine
    receipts: Receipts
    limits: Limits
    monotonic: Callable[[], float] = time.monotonic
    acs_rosters: AcsRosters | None = None
    """Who is invited at ACS, if this service reads it."""
    settled: set[str] = field(default_factory=set)
    """Rooms whose current roster and details are without the person."""

    def __post_init__(self) -> None:
        self.person: Person = replace_fields(
            self.erasure.person, participants=frozenset(self.part.participants)
        )
        self.invitees = ErasedInvitees(self.table, self.erasure.id, self.person, self.limits)

    async def go(self, deadline: float, save: Callable[[Part], Awaitable[None]]) -> bool:
        """Goes on until the deadline, or the end of the phase. Returns whether that was reached.
        Makes at least one step."""
        if self.part.phase == "receipts":
            return await self._write_receipts(deadline, save)
        ranges = self._ranges()
        saved = self.monotonic()
        while self.part.at is not None:
            number, cursor = self.part.at
            start, end, step = ranges[number]
            rows = await self.table.first(self.part.partition, max(start, cursor), end, BATCH)
            for row in rows:
                back = await self._tried(step, row)
                self.part.rows += 1
                self.part.at = (number, back or keys.after(row["RowKey"]))
                if (moment := self.monotonic()) >= min(deadline, saved + SAVE_SECONDS):
                    await save(self.part)
                    saved = moment
                if moment >= deadline:
                    return False
                if back:
                    break
            else:
                if len(rows) < BATCH:
                    self.part.at = (number + 1, "") if number + 1 < len(ranges) else None
        await save(self.part)
        return True

    def _ranges(self) -> Sequence[tuple[str, str, _Step]]:
        match self.part.phase:
            case "ids":
                return [(*each, self._trace) for each in _ROOMS]
            case "participants":
                return [
                    *((*each, self._trace) for each in _ROOMS),
                    (*_QUARANTINE, self._count_quarantined),
                ]
            case _:
                return [
                    *((*each, self._erase) for each in _ROOMS),
                    (*_INVITEES, self._erase_invitee),
                    (*_ARRIVED, self._erase_arrival),
                    (*_QUARANTINE, self._erase_quarantined),
                    (*_LISTED, self._erase_listed),
                ]

    async def _tried(self, step: _Step, row: TableEntity) -> str | None:
        """Takes a step, with the row as it is then if it was changed meanwhile."""
        now: TableEntity | None = row

        async def attempt() -> str | None:
            nonlocal now
            try:
                return None if now is None else await step(now)
            except Conflict:
                now = await self.table.get(row["PartitionKey"], row["RowKey"])
                raise

        return await retried(attempt, Conflict)

    async def _trace(self, row: TableEntity) -> None:
        raw_ids, external_ids, participants = traces_in(self.person, row)
        self.part.raw_ids |= raw_ids
        self.part.external_ids |= external_ids
        self.part.participants |= participants
        if self.part.phase == "participants" and self.acs_rosters is not None and raw_ids:
            room_id = room_id_of(row)
            if await self.acs_rosters.invite(self.person, room_id):
                self.part.at_acs.add(room_id)

    async def _count_quarantined(self, row: TableEntity) -> None:
        if await self._is_of_the_person(row):
            self.part.found["quarantined"] += 1

    async def _erase(self, row: TableEntity) -> str | None:
        room_id = room_id_of(row)
        if await self.table.partition_of(room_id) != row["PartitionKey"]:
            await self._remove_left(row)
            return None
        if row.get("erased") == self.erasure.id:
            self.part.rooms.add(room_id)
        after = erased_row(self.person, self.erasure.id, row)
        if after is None:
            return None
        self.part.rooms.add(room_id)
        if keys.details_row(room_id) <= row["RowKey"] < keys.end_of_rosters(room_id):
            is_first = room_id not in self.settled
            there = await self._settle(room_id)
            self.settled.add(room_id)
            if is_first and there:  # and what was written until then is found from here
                return keys.details_row(room_id)
            if there and not row["RowKey"].startswith(f"{room_id}:roster:"):
                return None
        await self._rewrite(row, after)
        return None

    async def _remove_left(self, row: TableEntity) -> None:
        """Removes a row that a move of its room has left behind, if the person may be in it."""
        if row["RowKey"].startswith(keys.arrived_prefix(room_id_of(row))):
            erased = erased_arrival(self.person, self.erasure.id, row, None)
            tells = erased is not None or "data0" not in row
        else:
            tells = erased_row(self.person, self.erasure.id, row) is not None
        if tells:
            await self.table.rewrite([remove_unchanged(row)])

    async def _erase_listed(self, row: TableEntity) -> None:
        """Removes a row of the list that a move of its room has left behind, with whatever names it
        has. The others were written anew with the details."""
        room_id = keys.listed_room_id(row["RowKey"])
        if "names" in row and await self.table.partition_of(room_id) != row["PartitionKey"]:
            await self.table.rewrite([remove_unchanged(row)])

    async def _settle(self, room_id: str) -> bool:
        """Takes the person out of the room's row, its details, its current roster and the list of
        all rooms, so that no change can be made any more that builds on these. Returns whether the
        room is there."""

        async def attempt() -> bool:
            rows = await self.table.first(
                await self.table.partition_of(room_id),
                keys.details_row(room_id),
                keys.end_of_rosters(room_id),
                3,
            )
            room = next((row for row in rows if row["RowKey"] == keys.room_row(room_id)), None)
            if room is None:
                return False
            after = {row["RowKey"]: erased_row(self.person, self.erasure.id, row) for row in rows}
            own = after.pop(room["RowKey"]) or key_of(room)
            operations: list[Operation] = [
                replace_unchanged(changed, row)
                for row in rows
                if (changed := after.get(row["RowKey"])) is not None
            ]
            details = after.get(keys.details_row(room_id))
            if details is not None and not room.get("deleted"):
                operations += placed(room["PartitionKey"], [replace(_listed(room, details, rows))])
            if operations or len(own) > 2:
                erased = own | {"erased": self.erasure.id}  # which makes it another version
                await self.table.rewrite([merge(erased, room), *operations])
            return True

        return await retried(attempt, Conflict)

    async def _erase_invitee(self, row: TableEntity) -> None:
        room_id = keys.listed_room_id(keys.place_in(row["RowKey"]))
        if await self.table.partition_of(room_id) != row["PartitionKey"]:
            if self.invitees.people_in(row):  # a move of the room has left it behind
                await self.table.rewrite([remove_unchanged(row)])
        elif await self.invitees.erase(row) is not None:
            self.part.rooms.add(room_id)

    async def _erase_arrival(self, row: TableEntity) -> None:
        """Changes an arrival, and the one of its room, which may be in another storage account."""
        room_id, arrival = keys.listed_room_id(row["RowKey"]), keys.arrival_of(row["RowKey"])
        partition = await self.table.partition_of(room_id)
        record = None
        if "data0" not in row:
            record = await self.table.get(partition, row["record"])
        after = erased_arrival(self.person, self.erasure.id, row, record)
        if after is None:
            return
        self.part.rooms.add(room_id)
        own = await self.table.get(partition, keys.arrived_row(room_id, arrival))
        changes = [replace_unchanged(after, row)]
        if own is not None:
            changes.append(replace_unchanged({**after, **key_of(own)}, own))
        if partition == row["PartitionKey"]:
            await self.table.rewrite(changes)
        else:  # first that of the room: only the other one is found again
            for change in reversed(changes):
                await self.table.rewrite([change])

    async def _erase_quarantined(self, row: TableEntity) -> None:
        if await self._is_of_the_person(row):
            with suppress(QuarantinedEventNotFound):
                await self.quarantine.remove(_event_id(row))

    async def _is_of_the_person(self, row: TableEntity) -> bool:
        """Returns whether an event in quarantine names the person."""
        if row["parts"] == 1:
            return self.person.is_in(unpack(row))
        try:
            _, text = await self.quarantine.get(_event_id(row))
        except QuarantinedEventNotFound:  # it is being removed
            return False
        return self.person.is_in(text)

    async def _rewrite(self, row: TableEntity, after: dict[str, object]) -> None:
        if after["RowKey"] == row["RowKey"]:
            await self.table.rewrite([replace_unchanged(after, row)])
        else:
            await self.table.rewrite([remove_unchanged(row), replace(after)])

    async def _write_receipts(
        self, deadline: float, save: Callable[[Part], Awaitable[None]]
    ) -> bool:
        """Writes into the log of each room what was changed there, one after the other."""
        part = self.part
        if part.at == (0, ""):
            part.found["invitations"] += await self.invitees.count(part.partition)
            part.at = (0, "0")
        _, cursor = part.at or (0, keys.END)
        for room_id in sorted(part.rooms):
            if f"0{room_id}" <= cursor:
                continue
            part.found += await self.receipts.write(self.erasure, room_id)
            part.at = (0, f"0{room_id}")
            await save(part)
            if self.monotonic() >= deadline:
                return False
        part.at = None
        await save(part)
        return True


def _listed(
    room: TableEntity, details: Mapping[str, object], rows: Sequence[TableEntity]
) -> Entity:
    """Returns the row in the list of a room with these details, whose rows were read."""
    roster = next((row for row in rows if ":roster:" in row["RowKey"]), None)
    people = 0 if roster is None else len(unpack(roster))
    return whole_index_entity(room_of(room), people, unpack(details))


def _event_id(row: TableEntity) -> str:
    event_id: str = row["RowKey"].removeprefix(keys.QUARANTINE_START)
    return event_id
