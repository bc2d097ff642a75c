"""Marks: what is under way at ACS, written down before ACS is asked.

A change that is committed here removes its mark in the same transaction. So a mark that is left
stands for a change of which it is not known whether ACS carried it out. Marks do not lock: a room
may have several.

The mark of a create is found by its Repeatability-Request-ID, so that a create that is sent again
meets it. It stays for a day after it is done, without whom the room was to invite.
"""

import uuid
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace

from azure.data.tables import TableEntity

from rooms.domain.limits import LIMITS, Limits
from rooms.domain.room import Room, RoomChange
from rooms.domain.roster import RosterPatch
from rooms.domain.time import SECOND, Ticks, parse_time
from rooms.storage import keys
from rooms.storage.arrivals import Arrivals
from rooms.storage.changes import Origin
from rooms.storage.entities import (
    Entity,
    created_room_of,
    pack,
    room_properties,
    row_of,
    stored_time,
    unpack,
)
from rooms.storage.operations import Conflict, Operation, insert, remove, remove_unchanged
from rooms.storage.operations import replace as replace_row
from rooms.storage.parallel import in_parallel
from rooms.storage.retry import retried
from rooms.storage.table import Table

MAX_MARKS = 1_000
"""Marks that are read at once."""


@dataclass(frozen=True, slots=True)
class Create:
    """What the mark of a create has besides: by which ACS and we know it when it comes again, a
    hash of the caller's body, and the room as ACS made it, once that is known."""

    request_id: str
    first_sent: str
    body_hash: str
    made: Room | None = None


@dataclass(frozen=True, slots=True)
class Mark:
    """A change that was to be carried out at ACS: what `wanted` sets, the `patch` of the roster, or
    the deletion of the room. A create has its roster as `patch`, and no `room_id`."""

    change: str
    """32 hex digits."""
    room_id: str | None
    origin: Origin
    started_at: Ticks
    until: Ticks
    """Until then the request may be under way. After it nobody works on it any more."""
    wanted: RoomChange = field(default_factory=RoomChange)
    patch: RosterPatch = field(default_factory=dict)
    deletes: bool = False
    create: Create | None = None
    row: TableEntity | None = field(default=None, compare=False, repr=False)
    """As it was read."""

    @property
    def key(self) -> Entity:
        """Where it is. That of a change is in the partition of its room."""
        if self.create is not None:
            partition, row = keys.create_mark_key(self.create.request_id)
            return {"PartitionKey": partition, "RowKey": row}
        assert self.room_id is not None
        return row_of(keys.mark_row(self.room_id, self.change))


class Marks:
    """All marks. Raises StorageUnavailable as Table does."""

    def __init__(self, table: Table, clock: Callable[[], Ticks], limits: Limits = LIMITS) -> None:
        self._table = table
        self._arrivals = Arrivals(table, clock)
        self._clock = clock
        self._seconds = limits.mark_seconds

    def of_change(
        self,
        room_id: str,
        origin: Origin,
        wanted: RoomChange | None = None,
        patch: RosterPatch | None = None,
        *,
        deletes: bool = False,
    ) -> Mark:
        """Returns the mark of a change of a room. No request: `write` does that."""
        mark = self._begun(room_id, origin)
        return replace(mark, wanted=wanted or RoomChange(), patch=patch or {}, deletes=deletes)

    def of_create(
        self, origin: Origin, wanted: RoomChange, patch: RosterPatch, create: Create
    ) -> Mark:
        """Returns the mark of a create. No request: `begin` writes it."""
        return replace(self._begun(None, origin), wanted=wanted, patch=patch, create=create)

    async def write(self, mark: Mark) -> None:
        """Writes the mark of a change, whether or not it is there. One request."""
        assert mark.room_id is not None
        await self._arrivals.commit(mark.room_id, [replace_row(_entity(mark))])

    async def begin(self, mark: Mark) -> Mark | None:
        """Writes the mark of a create, or returns the one that this create left before. That one is
        begun again, if it is not known which room ACS made. One request; two or three if there is
        one."""

        async def attempt() -> Mark | None:
            key = mark.key
            try:
                await self._table.rewrite([insert(_entity(mark))])
                return None
            except Conflict:
                row = await self._table.get(key["PartitionKey"], key["RowKey"])
                if row is None:  # it was removed meanwhile
                    raise
            before = _mark(row)
            if before.create is not None and before.create.made is None:
                await self._table.merge(key | {"until": stored_time(mark.until)})
            return before

        return await retried(attempt, Conflict)

    async def made(self, mark: Mark, room: Room) -> None:
        """Notes which room ACS made. One request."""
        await self._table.merge(mark.key | {"roomId": room.id} | room_properties(room))

    async def finish(self, mark: Mark) -> None:
        """Notes that a create is done, and forgets whom it invited. One request."""
        assert mark.create is not None
        done = replace(mark, patch={}, wanted=RoomChange())
        await self._table.commit([replace_row(_entity(done) | {"open": False})])

    async def remove(self, mark: Mark) -> None:
        """Removes a mark, if it is there. One request."""
        with suppress(Conflict):
            await self._rewrite(mark, remove(mark.key))

    async def give_up(self, mark: Mark) -> None:
        """Removes a mark that was read, unless it has changed since: then the create was sent
        again. One request."""
        with suppress(Conflict):
            await self._rewrite(mark, removal(mark))

    async def of_room(self, room_id: str) -> list[Mark]:
        """Returns the marks of changes of a room, the oldest first. One request."""
        rows = await self._table.first(
            await self._table.partition_of(room_id), *keys.marks_range(room_id), MAX_MARKS
        )
        return sorted(map(_mark, rows), key=lambda mark: mark.started_at)

    async def over(self, room_id: str) -> list[Mark] | None:
        """Returns the same. None: a change is under way. One request."""
        marks = await self.of_room(room_id)
        return None if any(mark.until > self._clock() for mark in marks) else marks

    async def open(self, partition: str) -> list[Mark]:
        """Returns the marks of a partition, of changes and of creates that are not done, the oldest
        first. One request."""
        rows = await self._table.first(
            partition, keys.MARKS_START, keys.MARKS_END, MAX_MARKS, where="open eq true"
        )
        return sorted(map(_mark, rows), key=lambda mark: mark.started_at)

    async def open_in_all(self) -> list[Mark]:
        """Returns the same of all partitions, but the oldest first only of each. One request for
        each, in parallel."""
        spread = await self._table.spread()
        found = await in_parallel(map(self.open, spread.partitions))
        return [
            mark
            for partition, marks in zip(spread.partitions, found, strict=True)
            for mark in marks
            if spread.has(partition, mark.key["RowKey"])
        ]

    async def count_open(self) -> int:
        """Returns how many changes and creates are under way, or in doubt: not creates whose room
        is known. It counts up to MAX_MARKS of a partition. One request for each, in
        parallel."""
        select, where = ["RowKey", "roomId"], "open eq true"
        spread = await self._table.spread()
        found = await in_parallel(
            self._table.first(partition, keys.MARKS_START, keys.MARKS_END, MAX_MARKS, select, where)
            for partition in spread.partitions
        )
        return sum(
            row.get("roomId") is None and spread.has(partition, row["RowKey"])
            for partition, rows in zip(spread.partitions, found, strict=True)
            for row in rows
        )

    async def _rewrite(self, mark: Mark, operation: Operation) -> None:
        if mark.room_id is None:
            await self._table.rewrite([operation])
        else:
            await self._arrivals.rewrite(mark.room_id, [operation])

    def _begun(self, room_id: str | None, origin: Origin) -> Mark:
        now = self._clock()
        until = now + round(self._seconds * SECOND)
        return Mark(uuid.uuid4().hex, room_id, origin, now, until)


def removal(mark: Mark) -> Operation:
    """Returns the operation that removes a mark: as it was read, if it was."""
    return remove(mark.key) if mark.row is None else remove_unchanged(mark.row)


def _entity(mark: Mark) -> Entity:
    origin = mark.origin
    entity = mark.key | {
        "open": True,
        "change": mark.change,
        "actor": origin.actor,
        "requestId": origin.request_id,
        "startedAt": stored_time(mark.started_at),
        "until": stored_time(mark.until),
    }
    if origin.on_behalf_of is not None:
        entity["onBehalfOf"] = origin.on_behalf_of
    if mark.deletes:
        entity["deletes"] = True
    if (create := mark.create) is not None:
        entity |= {
            "repeatabilityId": create.request_id,
            "firstSent": create.first_sent,
            "bodyHash": create.body_hash,
        }
        if create.made is not None:
            entity |= {"roomId": create.made.id} | room_properties(create.made)
    return entity | pack({"wanted": asdict(mark.wanted), "patch": mark.patch})


def _mark(row: TableEntity) -> Mark:
    body = unpack(row)
    create = None
    if "repeatabilityId" in row:
        made = created_room_of(row) if "roomId" in row else None
        create = Create(row["repeatabilityId"], row["firstSent"], row["bodyHash"], made)
    return Mark(
        change=row["change"],
        room_id=keys.room_of_mark(row["RowKey"]) if create is None else None,
        origin=_origin(row),
        started_at=parse_time(row["startedAt"]),
        until=parse_time(row["until"]),
        wanted=RoomChange(**body["wanted"]),
        patch=body["patch"],
        deletes=row.get("deletes", False),
        create=create,
        row=row,
    )


def _origin(row: Mapping[str, str]) -> Origin:
    return Origin(row["actor"], row["requestId"], row.get("onBehalfOf"))
