import asyncio
import uuid

import pytest
from azure.data.tables.aio import TableClient

from rooms.errors import StorageUnavailable
from rooms.rules.room import Room, RoomChange
from rooms.storage.lists import PAGE, Lists
from rooms.storage.rooms import Repeatability, Rooms
from tests.storage.conftest import ORIGIN
from tests.storage_proxy import Fault, StorageProxy


async def test_the_partitions_of_a_list_are_asked_in_parallel(rooms: Rooms, lists: Lists, proxy: StorageProxy) -> None:
    room = await rooms.create(RoomChange(), {}, None, ORIGIN)
    proxy.forget()
    proxy.together = 10  # the proxy answers none before all ten have come
    page, more = await lists.all(None)
    assert (page, more) == ([room], None)


async def test_a_list_is_newest_first_and_whole_over_its_pages(rooms: Rooms, lists: Lists) -> None:
    created = [await rooms.create(RoomChange(), {}, None, ORIGIN) for _ in range(2 * PAGE + 5)]
    listed, after, pages = [], None, 0
    while True:
        page, after = await lists.all(after)
        listed += page
        pages += 1
        assert len(page) <= PAGE
        if after is None:
            break
    assert listed == created[::-1]
    assert pages >= 3


async def test_a_room_made_between_two_pages_neither_repeats_nor_hides_another(rooms: Rooms, lists: Lists) -> None:
    created = [await rooms.create(RoomChange(), {}, None, ORIGIN) for _ in range(PAGE + 5)]
    first, after = await lists.all(None)
    await rooms.create(RoomChange(), {}, None, ORIGIN)
    second, _ = await lists.all(after)
    assert first + second == created[::-1]


async def test_a_list_of_a_crowded_partition_is_whole_and_in_order(rooms: Rooms, lists: Lists, client: TableClient) -> None:
    created: list[Room] = []
    while len(created) < 25:  # ids that all end in the same digit
        request = Repeatability(str(uuid.uuid4()), "")
        room = await rooms.create(RoomChange(), {}, request, ORIGIN)
        if room.id.endswith("7"):
            created.append(room)
        else:
            await rooms.delete(room.id, ORIGIN)
    listed, after = await lists.all(None)
    assert len(listed) < 25
    while after is not None:
        page, after = await lists.all(after)
        assert page or after is None
        listed += page
    assert listed == created[::-1]


async def test_a_list_that_fails_leaves_no_query_behind(rooms: Rooms, lists: Lists, proxy: StorageProxy) -> None:
    await rooms.create(RoomChange(), {}, None, ORIGIN)
    before = asyncio.all_tasks()
    proxy.choose = lambda number, _: Fault.REFUSED if number % 2 else Fault.DELAYED
    with pytest.raises(StorageUnavailable):
        await lists.all(None)
    await asyncio.sleep(0)  # a cancelled task ends with the next turn of the loop
    assert asyncio.all_tasks() == before
