"""Whether an operation takes longer in a table of many rooms, or in a room with a long log."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from itertools import batched, count
from pathlib import Path
from statistics import median

import psutil

from bench.load import measure
from bench.operations import GROWING, Operation
from bench.site import ORIGIN, PRESENTER, Site, new_room, site
from bench.speed import KINDS, Kind, through_service, warm_up
from faults.result import Tell
from rooms.domain.room import Room
from rooms.storage.changes import log_record
from rooms.storage.entities import room_entity, stored_time
from rooms.storage.index_rows import whole_index_entity
from rooms.storage.operations import Operation as Write
from rooms.storage.operations import insert
from rooms.storage.table import Table
from testkit.stored_events import write

LIMIT = 1.2
"""What an operation may take in the larger table or room, of what it takes in the smaller one, but
for what the storage client alone takes more there."""

SMALL = "few rooms"

TICK = 0.01
"""Seconds of processor time that the system can tell from none."""


@dataclass(slots=True)
class Series:
    """One operation in one table, over all rounds, through the service or by the storage client
    alone."""

    clock: list[float] = field(default_factory=list)
    """Milliseconds a call: the median of each round."""
    cpu: float = 0
    """Seconds of processor time."""
    calls: int = 0


@dataclass(frozen=True, slots=True)
class Taken:
    """Milliseconds of a call."""

    service: float
    """Through the service."""
    storage: float
    """By the storage client alone."""


@dataclass(frozen=True, slots=True)
class Grown:
    """One operation in one table."""

    name: str
    table: str
    clock: Taken
    """By the clock, all in all."""
    cpu: Taken
    """Of processor time, that the app had, or the storage client alone."""


@dataclass(frozen=True, slots=True)
class Multiple:
    """What a call takes through the service in a larger table or room, of what it takes with few
    rooms."""

    service: float
    own: float
    """Of what it would take there if the service added as much as with few rooms."""


def multiple(small: Taken, large: Taken) -> Multiple:
    """Of the same operation."""
    expected = small.service + max(0, large.storage - small.storage)
    return Multiple(large.service / small.service, large.service / expected)


def multiples(grown: Sequence[Grown]) -> Mapping[tuple[str, str], tuple[Multiple, Multiple]]:
    """By the clock and of processor time, by operation and table."""
    small = {each.name: each for each in grown if each.table == SMALL}
    return {
        (each.name, each.table): (
            multiple(small[each.name].clock, each.clock),
            multiple(small[each.name].cpu, each.cpu),
        )
        for each in grown
        if each.table != SMALL
    }


async def growth(
    folder: Path,
    storage: str,
    people: int,
    few: int,
    many: int,
    records: int,
    calls: int,
    rounds: int,
    tell: Tell,
) -> list[Grown]:
    """Operations in a table of `few` rooms, in one of `many`, and in one of `few` where a room has
    so many log records."""
    async with AsyncExitStack() as stack:
        tables = SMALL, "many rooms", "long log"
        sites = {
            name: await stack.enter_async_context(
                site(folder / str(number), storage, people, table=f"growth{number}")
            )
            for number, name in enumerate(tables)
        }
        for name, rooms in zip(tables, (few, many, few), strict=True):
            await _fill(sites[name], rooms, tell)
        sites["long log"] = await _with_long_log(sites["long log"], records, tell)
        return await _measured(sites, calls, rounds, tell)


async def _measured(sites: Mapping[str, Site], calls: int, rounds: int, tell: Tell) -> list[Grown]:
    found = {
        (operation.name, table): (Series(), Series()) for operation in GROWING for table in sites
    }
    numbers = count()
    for each in range(rounds):
        for operation in GROWING:
            for table, at in sites.items():
                tell(f"round {each + 1} of {rounds}: {operation.name}, {table}")
                for series, kind in zip(found[operation.name, table], KINDS, strict=True):
                    await _add(
                        series, at, kind, operation, max(2, calls // operation.cost), numbers
                    )
    return [
        Grown(
            name,
            table,
            clock=Taken(*(median(each.clock) for each in series)),
            cpu=Taken(*(1000 * max(each.cpu, TICK) / each.calls for each in series)),
        )
        for (name, table), series in found.items()
    ]


async def _add(
    series: Series, at: Site, kind: Kind, operation: Operation, calls: int, numbers: Iterator[int]
) -> None:
    process = psutil.Process(at.app.process.pid if kind is through_service else None)
    requests = kind(at, operation, [next(numbers) for _ in range(calls)])
    await warm_up(at, kind, 1)
    before = process.cpu_times()
    series.clock.append((await measure(requests, 1)).p50)
    after = process.cpu_times()
    series.cpu += after.user + after.system - before.user - before.system
    series.calls += calls


async def _fill(at: Site, rooms: int, tell: Tell) -> None:
    """Makes it so many rooms, in the partitions in turn.

    Each has its own row and its index row, and no others: Azurite takes ever longer to add one.
    """
    for some in batched(range(len(at.rooms) + 1, rooms), 1000, strict=False):
        tell(f"{some[0]} of {rooms} rooms are there")
        await write(Table(at.table), (each for number in some for each in _least(new_room(number))))


def _least(room: Room) -> tuple[Write, Write]:
    changed_at = stored_time(room.created_at)
    listed = whole_index_entity(room, 0, {})
    return insert(room_entity(room) | {"changedAt": changed_at}), insert(listed)


async def _with_long_log(at: Site, records: int, tell: Tell) -> Site:
    """The site with only those two rooms whose log is long."""
    tell(f"{records} log records")
    for room_id in (at.rooms[0].id, at.crowd.room_id):
        admitted = {"rawId": PRESENTER, "role": "Presenter"}
        await write(
            Table(at.table),
            (
                insert(log_record(room_id, next(at.clock), "Admitted", ORIGIN, admitted))
                for _ in range(records)
            ),
        )
    return replace(at, rooms=at.rooms[:1])
