"""In whatever order requests of several processes reach the storage, each record arrives once."""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Iterable
from itertools import count
from typing import Any

import pytest

from rooms.domain.time import HOUR, SECOND, Ticks, parse_time
from rooms.storage import keys
from rooms.storage.arrivals import Arrivals
from rooms.storage.entities import log_entity
from rooms.storage.feed import BEGINNING, Feed
from rooms.storage.operations import insert
from rooms.storage.table import Table
from testkit.memory_table import Actor, MemoryTable, TurnLock, every_order, run_alone
from tests.effort import THOROUGH

ROOM = "99400000000000007"
NOON = parse_time("2026-05-04T12:00:00Z")


class World:
    """One table, and processes whose clocks differ."""

    def __init__(self) -> None:
        self.table = MemoryTable()
        self.readers: list[tuple[Feed, list[str], list[str]]] = []

    def process(self) -> Table:
        return Table(self.table.client())

    async def write(self, table: Table, name: str, clock: Ticks) -> None:
        record = log_entity(ROOM, NOON, keys.hashed(name), "RoomDeleted", "tester", name, {})
        await Arrivals(table, lambda: clock).commit(ROOM, [insert(record)])

    async def read(self, table: Table, clock: Ticks, polls: int) -> None:
        seconds = count(step=10)
        feed = Feed(table, lambda: clock, monotonic=lambda: float(next(seconds)))
        place, seen = [BEGINNING], list[str]()
        self.readers.append((feed, place, seen))
        for _ in range(polls):
            await poll(feed, place, seen)

    def check(self, written: Iterable[str]) -> None:
        """Lets each reader read the rest. Each has seen each record once, all in the same order."""
        arrived = [
            row["requestId"]
            for (_, key), row in sorted(self.table.rows.items())
            if key.startswith(keys.ARRIVED_START)
        ]
        assert sorted(arrived) == sorted(written)
        for feed, place, seen in self.readers:
            run_alone(poll(feed, place, seen))
            assert seen == arrived


async def poll(feed: Feed, place: list[str], seen: list[str]) -> None:
    page = await feed.page(ROOM, place[0])
    place[0] = page.cursor
    seen += [each.record.request_id for each in page.items]


@pytest.fixture(autouse=True)
def one_after_another(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leaves nothing to the event loop: requests of one process wait for each other, and nobody
    pauses."""

    async def one_by_one(work: Iterable[Coroutine[Any, Any, Any]]) -> list[Any]:
        return [await each for each in work]

    async def no_pause(_: float) -> None:
        pass

    monkeypatch.setattr("rooms.storage.feed.in_parallel", one_by_one)
    monkeypatch.setattr(asyncio, "sleep", no_pause)
    monkeypatch.setattr(asyncio, "Lock", TurnLock)
    monkeypatch.setattr(logging.getLogger("rooms.storage.table"), "disabled", True)


type Scenario = Callable[[World], list[Actor]]


def known(world: World, *, raised: bool = False) -> Table:
    """A process that knows the floor; or knew it, as it was raised since."""
    table = world.process()
    run_alone(_learn(table, NOON))
    if raised:
        run_alone(_raise(world.process(), NOON))
    return table


async def _learn(table: Table, clock: Ticks) -> None:
    await Arrivals(table, lambda: clock).made_floor("7")


async def _raise(table: Table, clock: Ticks) -> None:
    arrivals = Arrivals(table, lambda: clock)
    await arrivals.raised("7", await arrivals.made_floor("7"))


def two_writers_and_a_reader(world: World) -> list[Actor]:
    """The writers' clocks differ by an hour, that of the reader is between them."""
    return [
        world.write(known(world), "one", NOON + HOUR),
        world.write(known(world), "two", NOON),
        world.read(known(world), NOON + 5 * SECOND, polls=2 if THOROUGH else 1),
    ]


def a_writer_and_two_readers(world: World) -> list[Actor]:
    return [
        world.write(known(world), "one", NOON + 5 * SECOND),
        world.read(known(world), NOON, polls=1),
        world.read(known(world), NOON + HOUR, polls=1),
    ]


def a_writer_and_a_reader_in_one_process(world: World) -> list[Actor]:
    table = known(world)
    return [
        world.write(known(world), "one", NOON + HOUR),
        world.write(table, "two", NOON),
        world.read(table, NOON + 5 * SECOND, polls=2),
    ]


def writers_of_an_empty_table(world: World) -> list[Actor]:
    """None of the processes knows a floor, and there is none."""
    return [
        world.write(world.process(), "one", NOON + 5 * SECOND),
        world.write(world.process(), "two", NOON),
        world.read(world.process(), NOON + HOUR, polls=1),
    ]


def a_writer_who_knows_an_old_floor(world: World) -> list[Actor]:
    return [
        world.write(known(world, raised=True), "one", NOON),
        world.write(known(world), "two", NOON - HOUR),
        world.read(known(world), NOON - 2 * HOUR, polls=1),
    ]


@pytest.mark.parametrize(
    ("scenario", "written", "fates"),
    [
        (two_writers_and_a_reader, 2, 0),
        pytest.param(two_writers_and_a_reader, 2, 1, marks=pytest.mark.thorough),
        (a_writer_and_two_readers, 1, 0),
        pytest.param(a_writer_and_two_readers, 1, 1, marks=pytest.mark.thorough),
        (a_writer_and_a_reader_in_one_process, 2, 0),
        pytest.param(a_writer_and_a_reader_in_one_process, 2, 1, marks=pytest.mark.thorough),
        (writers_of_an_empty_table, 2, 0),
        pytest.param(a_writer_who_knows_an_old_floor, 2, 1, marks=pytest.mark.thorough),
    ],
)
def test_each_record_is_seen_once_in_every_order_of_requests(
    scenario: Scenario, written: int, fates: int
) -> None:
    worlds: list[World] = []

    def begin() -> tuple[MemoryTable, list[Actor]]:
        worlds[:] = [World()]
        return worlds[0].table, scenario(worlds[0])

    def check() -> None:
        worlds[0].check(["one", "two"][:written])

    orders = every_order(begin, check, fates)
    print(scenario.__name__, fates, orders)
