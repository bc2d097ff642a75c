"""The log in the order of arrival, from a time on."""

import itertools
from random import Random

import pytest
from azure.data.tables.aio import TableClient

from rooms.domain.time import DAY, HOUR, SECOND, Ticks, now
from rooms.storage import keys
from rooms.storage.arrivals import Arrivals
from rooms.storage.entities import log_entity
from rooms.storage.feed import BEGINNING, Feed
from rooms.storage.operations import insert
from rooms.storage.table import Table
from testkit.storage import Clock
from testkit.storage_proxy import StorageProxy

ROOM, NEIGHBOUR, ELSEWHERE = "99400000000000007", "99400000000000017", "99400000000000003"
BEGAN: Ticks = now() - 30 * DAY


class Log:
    """What is written and read with one clock."""

    def __init__(self, client: TableClient) -> None:
        self.clock = Clock(BEGAN)
        ticking = itertools.count(0, 10)  # a floor may be raised at each read
        self.table = Table(client)
        self.arrivals = Arrivals(self.table, self.clock)
        self.feed = Feed(self.table, self.clock, monotonic=lambda: float(next(ticking)))
        self.written: list[tuple[Ticks, str]] = []

    async def write(self, room_id: str) -> None:
        at = self.clock.now
        record = log_entity(room_id, at, keys.hashed(f"{at}"), "RoomDeleted", "tester", "", {})
        await self.arrivals.commit(room_id, [insert(record)])
        self.written.append((at, room_id))

    async def since(self, room_id: str | None, since: str | Ticks) -> list[tuple[Ticks, str]]:
        """Reads until there is no more."""
        found: list[tuple[Ticks, str]] = []
        more = True
        while more:
            page = await self.feed.page(room_id, since)
            found += [(each.record.received_at or 0, each.room_id) for each in page.items]
            since, more = page.cursor, page.more
        return found


@pytest.fixture
def log(client: TableClient) -> Log:
    return Log(client)


async def read_to_the_end(log: Log) -> None:
    await log.since(None, BEGINNING)


@pytest.mark.parametrize(
    "seed", [0, *(pytest.param(seed, marks=pytest.mark.thorough) for seed in range(1, 4))]
)
async def test_it_is_what_arrived_then_or_later_whenever_it_was_read(log: Log, seed: int) -> None:
    random = Random(seed)
    for _ in range(20):
        log.clock.now += random.choice((1, SECOND, 90 * SECOND, 2 * HOUR, DAY))
        await log.write(random.choice((ROOM, ROOM, NEIGHBOUR, ELSEWHERE)))
        if random.random() < 0.5:
            log.clock.now += random.choice((0, SECOND))
            await log.since(random.choice((ROOM, None)), BEGINNING)
    log.clock.now += SECOND
    await read_to_the_end(log)
    for at, _ in random.sample(log.written, 4):
        since = at + random.choice((-1, 0, 1, random.randrange(HOUR)))
        expected = [each for each in log.written if each[0] >= since]
        assert await log.since(ROOM, since) == [each for each in expected if each[1] == ROOM]
        assert await log.since(None, since) == expected


async def test_a_time_in_the_future_counts_as_now(log: Log) -> None:
    await log.write(ROOM)
    log.clock.now += SECOND
    await read_to_the_end(log)
    page = await log.feed.page(ROOM, log.clock.now + HOUR)
    assert page.items == []
    log.clock.now += SECOND
    await log.write(ROOM)
    assert await log.since(ROOM, page.cursor) == log.written[1:]


async def test_it_costs_one_request_more_if_nobody_has_read_since(
    log: Log, proxy: StorageProxy
) -> None:
    await log.write(ROOM)
    await read_to_the_end(log)
    log.clock.now += HOUR
    proxy.forget()
    await log.feed.page(ROOM, log.clock.now)
    assert len(proxy.seen) == 2


async def test_it_costs_few_requests_among_many_that_have_read(
    log: Log, proxy: StorageProxy
) -> None:
    for _ in range(40):
        log.clock.now += 2 * SECOND
        await log.write(ROOM)
        await log.since(ROOM, BEGINNING)
    at, _ = log.written[-20]
    proxy.forget()
    await log.feed.page(ROOM, at)
    assert len(proxy.seen) <= 12
