"""The list of live rooms: what those share who ask for it at the same time."""

import asyncio

import pytest
from azure.data.tables.aio import TableClient

from rooms.storage.calls import Calls
from rooms.storage.errors import InvalidCursor
from rooms.storage.history import History
from rooms.storage.live_rooms import LiveRooms
from rooms.storage.parallel import in_parallel
from rooms.storage.table import Table
from testkit.storage import Clock
from testkit.storage_proxy import StorageProxy
from tests.domain.histories import BOB, added, moment


@pytest.fixture
def clock() -> Clock:
    return Clock(moment(60))


@pytest.fixture
async def live_rooms(client: TableClient, clock: Clock) -> LiveRooms:
    table = Table(client)
    calls = Calls(table, clock)
    await in_parallel(
        calls.record(f"9940000000000000{number}", added(number), "") for number in range(5)
    )
    return LiveRooms(calls, History(table), clock)


async def test_those_who_ask_at_once_share_the_reads_and_the_time(
    live_rooms: LiveRooms, proxy: StorageProxy, clock: Clock
) -> None:
    proxy.forget()
    alone = await live_rooms.page(None)
    cost = len(proxy.seen)
    proxy.forget()
    pages = await asyncio.gather(*(live_rooms.page(None) for _ in range(8)))
    assert len(proxy.seen) <= 2 * cost  # who asks while others wait begins the next read
    assert all(page == alone for page in pages)
    assert (len(alone.items), alone.as_of) == (5, clock.now)


async def test_a_page_that_is_asked_for_later_is_read_anew(
    live_rooms: LiveRooms, clock: Clock
) -> None:
    await live_rooms.page(None)
    clock.now += 1
    assert (await live_rooms.page(None)).as_of == clock.now


async def test_rooms_stay_in_the_order_of_their_starts_while_events_come(
    client: TableClient, clock: Clock
) -> None:
    table = Table(client)
    calls = Calls(table, clock)
    live_rooms = LiveRooms(calls, History(table), clock)
    starts = {7: 30, 1: 20, 3: 20, 5: 10, 9: 40}
    for number, second in starts.items():
        await calls.record(f"9940000000000000{number}", added(second), "")
    expected = [f"9940000000000000{number}" for number in (5, 1, 3, 7, 9)]
    for turn, number in enumerate((9, 5, 3, 7, 1)):
        event = added(60 + turn, raw_id=BOB, participant_id="tablet", event_id=f"more-{turn}")
        await calls.record(f"9940000000000000{number}", event, "")
        clock.now = moment(70 + turn)
        page = await live_rooms.page(None)
        assert [room.room_id for room in page.items] == expected, turn


async def test_all_who_ask_with_a_wrong_cursor_are_told(live_rooms: LiveRooms) -> None:
    answers = await asyncio.gather(
        *(live_rooms.page("wrong") for _ in range(3)), return_exceptions=True
    )
    assert [type(answer) for answer in answers] == [InvalidCursor] * 3
