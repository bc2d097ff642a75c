"""What a pass of upkeep costs, by how much is kept: `python -m bench.upkeep [ROOMS]...`.

It counts requests in a table in memory, which holds more rooms than Azurite.
"""

import asyncio
import time
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Annotated

import typer

from bench.counted_table import CountedTable
from rooms.domain.events import CallEvent
from rooms.domain.room import Room, numbered_room_id
from rooms.domain.time import DAY, HOUR, SECOND, Ticks
from rooms.storage import keys
from rooms.storage.arrivals import with_arrivals
from rooms.storage.changes import Origin, log_record
from rooms.storage.creation import creation
from rooms.storage.entities import Entity, event_entities, stored_time, until_entity
from rooms.storage.index_rows import index_entity
from rooms.storage.operations import Operation, insert, placed
from rooms.storage.table import Table
from testkit.identifiers import raw_id
from testkit.past import CUTOFF, EXPIRED, NOW, looked_at_all, upkeep_of

ORIGIN = Origin("bench", "")

DUE = 200
"""Rooms that have expired. As many were deleted longer ago than the retention."""

PEOPLE, ADMISSIONS, EVENTS = 5, 10, 25
"""Of a room that is due."""

VALID: Ticks = 2 * HOUR


def main(rooms: Annotated[list[int] | None, typer.Argument(help="Rooms kept.")] = None) -> None:
    """Prints the requests of a pass, and the processor time that it takes here."""
    print("rooms kept     due    reads   transactions  seconds")
    for kept in rooms or (1_000, 10_000, 100_000):
        for due in (0, DUE):
            asyncio.run(_measure(kept, due))


async def _measure(kept: int, due: int) -> None:
    table = CountedTable()
    since = CUTOFF + DAY
    created = [since + (NOW - since) * number // kept for number in range(kept)]
    table.fill(_places())
    table.fill(chain.from_iterable(_room(*each, people=1) for each in enumerate(created)))
    went = (CUTOFF - VALID - EXPIRED - DAY, NOW - VALID - EXPIRED - SECOND)
    table.fill(
        row
        for number, created_at in enumerate(went * due, kept)
        for row in (*_room(number, created_at, PEOPLE), *_met(number, created_at))
    )
    began, upkeep, done = time.process_time(), upkeep_of(Table(table.client())), 0
    while done < len(keys.partitions()):
        done = (await upkeep.run(3600)).done
    reads, writes = table.requests["read"], table.requests["written"]
    seconds = time.process_time() - began
    print(f"{kept:10,} {2 * due:7,} {reads:8,} {writes:14,} {seconds:8.1f}")


def _places() -> Iterator[Entity]:
    """Upkeep has gone through all rows once. Each partition has the floor with which it began."""
    for partition in keys.partitions():
        yield looked_at_all(partition)
        for row in (keys.floor_row(1), keys.FLOOR_MADE_ROW):
            yield {"PartitionKey": partition, "RowKey": row}


def _room(number: int, created: Ticks, people: int) -> Iterator[Entity]:
    """The rows of a room, which upkeep has deleted by now if it expired long ago."""
    room = _made(number, created)
    roster = {raw_id(number + each): "Attendee" for each in range(people)}
    rows = {
        row["RowKey"]: row
        for row in _written(room, created, creation(room, roster, None, ORIGIN))  # type: ignore[arg-type]
    }
    deleted = room.valid_until + EXPIRED + SECOND
    if deleted < NOW:
        record = insert(log_record(room.id, deleted, "RoomDeleted", ORIGIN, {}))
        rows |= {row["RowKey"]: row for row in _written(room, deleted, [record])}
        rows[keys.room_row(room.id)] |= {"deleted": True, "changedAt": stored_time(deleted)}
        for gone in (index_entity(room), until_entity(room)):
            del rows[gone["RowKey"]]
    yield from rows.values()


def _met(number: int, created: Ticks) -> Iterator[Entity]:
    """The rows of those who were admitted to the room, and of its call."""
    room = _made(number, created)
    detail = {"rawId": raw_id(number), "role": "Attendee"}
    for each in range(ADMISSIONS):
        at = created + each * SECOND
        record = log_record(room.id, at, "Admitted", ORIGIN, detail)
        yield from _written(room, at, [insert(record)])
    rows: dict[str, Entity] = {}
    for each in range(EVENTS):
        at = created + each * HOUR // EVENTS
        event = CallEvent("ParticipantAdded", f"{each}", f"call of {room.id}", at, "device")
        inserted = map(insert, event_entities(room.id, event, "text", at))
        rows |= {row["RowKey"]: row for row in _written(room, at, inserted)}
    yield from rows.values()


def _made(number: int, created: Ticks) -> Room:
    return Room(numbered_room_id(number), created, created, created + VALID, False)


def _written(room: Room, at: Ticks, operations: Iterable[Operation]) -> Sequence[Entity]:
    written = placed(keys.home_partition(room.id), with_arrivals(operations, 1, at))
    return [dict(entity) for _, entity, *_ in written]


if __name__ == "__main__":
    typer.run(main)
