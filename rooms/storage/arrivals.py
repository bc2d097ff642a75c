"""The order in which log records arrive, and how a reader can be sure of it.

Each transaction that inserts a log record also inserts two arrival rows, under the floor of its
partition, which it touches: without that floor it is refused. A reader who raises the floor knows
that nothing can be written below it any more, whatever a clock or a network does. So what is below
a floor is final.
"""

import logging
import secrets
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from azure.data.tables import TransactionOperation

from rooms.domain.events import EVENT_KINDS
from rooms.domain.limits import LIMITS
from rooms.domain.time import HOUR, Ticks, parse_time
from rooms.storage import keys
from rooms.storage.entities import (
    Entity,
    binary_of,
    binary_properties,
    room_id_of,
    row_of,
    stored_time,
)
from rooms.storage.errors import StorageUnavailable
from rooms.storage.operations import Conflict, Operation, RowMissing, insert, placed, remove, upsert
from rooms.storage.table import Table

_log = logging.getLogger(__name__)

COPIED = ("time", "kind", "actor", "onBehalfOf", "requestId", "receivedAt")
"""What arrival rows have of a log record, besides its detail. Few records have `onBehalfOf`."""

_SHOWN = ["RowKey", "spread"]

LATE: Ticks = HOUR
"""From so long before its arrival on, upkeep finds a log record by its own time."""

RAISE_SECONDS = 1.0
"""The shortest time in which a process raises a floor twice: writers that are under way then try
again."""


class Arrivals:
    """The arrivals of all log records. Raises StorageUnavailable as Table does."""

    def __init__(
        self,
        table: Table,
        clock: Callable[[], Ticks],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._table = table
        self._clock = clock
        self._monotonic = monotonic

    async def commit(self, room_id: str, operations: Sequence[Operation]) -> None:
        """Commits a transaction of a room as `Table.commit` does, with the arrivals of the log
        records that it inserts. One request.

        In a partition whose floor this process does not know, one more; if another process has
        raised it, two more.
        """
        while True:
            partition, floor = await self._place_of(room_id)
            arriving = placed(partition, with_arrivals(operations, floor, self._clock()))
            try:
                # Whatever became of it: the next try inserts the same first row.
                await self._table.commit(arriving, needed=floor_entity(partition, floor))
                return
            except RowMissing:
                self._table.floors.forget(partition, floor)

    async def rewrite(self, room_id: str, operations: Sequence[Operation]) -> None:
        """Carries out a transaction of a room that inserts no log record, as `Table.rewrite` does.
        Requests as `commit`."""
        while True:
            partition, floor = await self._place_of(room_id)
            try:
                await self._table.rewrite(
                    placed(partition, operations), needed=floor_entity(partition, floor)
                )
                return
            except RowMissing:
                self._table.floors.forget(partition, floor)

    async def _place_of(self, room_id: str) -> tuple[str, Ticks]:
        """Returns the partition of a room, and its floor. A floor may tell that rooms have
        moved."""
        while True:
            partition = await self._table.partition_of(room_id)
            floor = await self.made_floor(partition)
            if await self._table.partition_of(room_id) == partition:
                return partition, floor

    async def floor(self, partition: str, at_least: Ticks = 0) -> Ticks | None:
        """Returns the floor, or None if nothing was ever written here. A request if this process
        does not know it, or knows one below `at_least`."""
        floors = self._table.floors
        async with floors.lock(partition):
            known = floors.known.get(partition)
            return await self._read(partition) if known is None or known < at_least else known

    async def raised(self, partition: str, above: Ticks) -> Ticks | None:
        """Returns a floor above this one: everything below it is final. One request.

        None if this process has raised it just now, or if there is none any more, or if it must
        stay as rooms move.
        """
        floors = self._table.floors
        async with floors.lock(partition):
            floor = floors.known.get(partition) or await self._read(partition)
            if floor is None or floor > above:
                return floor
            if self._table.known_spread.known.keeps_floor(partition):
                return None
            now = self._monotonic()
            if now < floors.raised.get(partition, now - RAISE_SECONDS) + RAISE_SECONDS:
                return None
            floors.raised[partition] = now
            higher = max(self._clock(), floor + 1)
            spread = max(floors.spread.get(partition, 0), self._table.known_spread.known.version)
            try:
                await self._table.commit(
                    [
                        insert(floor_entity(partition, higher, spread)),
                        remove(floor_entity(partition, floor)),
                    ]
                )
            except Conflict:  # another process has raised it
                return await self._read(partition)
            floors.learn(partition, higher, spread)
            return higher

    async def made_floor(self, partition: str) -> Ticks:
        """Returns the floor; makes one if there is none. No request if this process knows it."""
        if (known := self._table.floors.known.get(partition)) is not None:
            return known
        while (floor := await self.floor(partition)) is None:
            await self._make(partition)
        return floor

    async def _read(self, partition: str) -> Ticks | None:
        rows = await self._table.first(partition, keys.FLOORS_START, keys.FLOORS_END, 1, _SHOWN)
        floor = keys.floor_of(rows[0]["RowKey"]) if rows else None
        spread = rows[0].get("spread", 0) if rows else 0
        await self._table.known_spread.learn(spread)  # first: who knows the floor knows it, too
        self._table.floors.learn(partition, floor, spread)
        return floor

    async def _make(self, partition: str) -> None:
        """Makes the first floor. Only once: a process that is late must not make one below those
        that were raised since."""
        async with self._table.floors.lock(partition):
            if partition in self._table.floors.known:
                return
            floor, spread = self._clock(), self._table.known_spread.known.version
            once = {"PartitionKey": partition, "RowKey": keys.FLOOR_MADE_ROW}
            try:
                await self._table.commit(
                    [insert(floor_entity(partition, floor, spread)), insert(once)]
                )
            except Conflict as error:  # another process has made one
                if await self._read(partition) is None:
                    _log.error("storage: the partition %s has lost the row of its floor", partition)
                    raise StorageUnavailable from error
                return
            self._table.floors.learn(partition, floor, spread)


def with_arrivals(
    operations: Iterable[Operation], floor: Ticks, received: Ticks
) -> Iterator[Operation]:
    """Yields the operations, and those that insert arrival rows. The records of one transaction
    arrive one tick after another.

    Upkeep finds a record by its arrival. For one that arrives late there is a row more. Events need
    none: they are found by the hours of their calls.
    """
    arrivals: list[Entity] = []
    late: dict[str, Entity] = {}
    for operation in operations:
        entity = operation[1]
        if operation[0] == TransactionOperation.CREATE and keys.is_log_row(entity["RowKey"]):
            at = received + len(arrivals) // 2
            record = {**entity, "receivedAt": stored_time(at)}
            arrivals += _arrival_entities(record, floor, at)
            if is_late(record, at):
                due = keys.due_row(room_id_of(record), parse_time(record["time"]))
                late[due] = row_of(due)
            yield insert(record)
        else:
            yield operation
    yield from map(insert, arrivals)
    yield from map(upsert, late.values())


def is_late(record: Mapping[str, Any], received: Ticks) -> bool:
    """Returns whether a log record is of a time long before it was received, and none of the events
    of calls."""
    return parse_time(record["time"]) + LATE < received and record["kind"] not in EVENT_KINDS


def _arrival_entities(record: Entity, floor: Ticks, received: Ticks) -> Iterator[Entity]:
    """Yields the rows of the arrival of a log record: among those of its room, and among those of
    all rooms.

    They have all of it, unless its detail is large: then they only say how many bytes it has.
    """
    data = binary_of(record)
    properties = {name: record[name] for name in COPIED if name in record}
    properties |= {"record": record["RowKey"], "size": len(data)}
    if len(data) <= LIMITS.arrival_bytes:
        properties |= binary_properties(data)
    room_id = room_id_of(record)
    arrival = keys.arrival(floor, received, secrets.token_hex(8))
    for row in (keys.arrived_row(room_id, arrival), keys.all_arrived_row(room_id, arrival)):
        yield properties | {"RowKey": row}


def floor_entity(partition: str, floor: Ticks, spread: int = 0) -> Entity:
    """Returns the row of a floor, which was raised when the spread had this version."""
    key = {"PartitionKey": partition, "RowKey": keys.floor_row(floor)}
    return key | {"spread": spread} if spread else key
