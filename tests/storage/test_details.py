import asyncio
from contextlib import suppress
from typing import Any

import pytest
from azure.data.tables import UpdateMode
from azure.data.tables.aio import TableClient

from rooms.domain.errors import IncompleteSchedule, RoomNotFound
from rooms.domain.room import RoomChange
from rooms.domain.room_filter import RoomQuery
from rooms.domain.time import now
from rooms.storage.changes import Origin
from rooms.storage.errors import StorageUnavailable
from rooms.storage.history import History
from rooms.storage.index_rows import index_entity
from rooms.storage.lists import Lists
from rooms.storage.rooms import Rooms
from rooms.storage.table import Table
from testkit.identifiers import raw_id
from testkit.partitions import at_home
from testkit.past import checked
from testkit.storage import ORIGIN, know_floors
from testkit.storage_proxy import Fault, StorageProxy

ALICE = raw_id(1)
NAMES: dict[str, Any] = {"title": "a", "participants": {ALICE: {"name": "Alice"}}}


@pytest.fixture
def history(client: TableClient) -> History:
    return History(Table(client))


async def kinds(history: History, room_id: str) -> list[str]:
    return [
        record.kind for record in (await history.log(room_id, 0, now() + 1, None, None, None)).items
    ]


async def test_a_patch_is_kept_with_one_record_of_who_and_which_request(
    rooms: Rooms, history: History
) -> None:
    room = (await rooms.create(RoomChange(), {}, None, ORIGIN)).room
    assert await rooms.patch_details(room.id, NAMES, Origin("alice", "r1")) == NAMES
    assert (await history.snapshot(room.id)).details == NAMES
    newest = (await history.log(room.id, 0, now() + 1, None, None, None)).items[0]
    assert (newest.kind, newest.actor, newest.request_id) == ("DetailsUpdated", "alice", "r1")
    assert newest.detail == {"before": {}, "after": NAMES}


async def test_details_leave_room_and_roster_as_they_are_and_are_left_by_their_changes(
    rooms: Rooms, history: History
) -> None:
    room = (await rooms.create(RoomChange(), {ALICE: "Presenter"}, None, ORIGIN)).room
    await rooms.patch_details(room.id, NAMES, ORIGIN)
    assert (await rooms.get(room.id), (await rooms.with_roster(room.id)).roster) == (
        room,
        {ALICE: "Presenter"},
    )
    await rooms.update(room.id, RoomChange(pstn_dial_out_enabled=True), ORIGIN)
    await rooms.patch_roster(room.id, {ALICE: None}, ORIGIN)
    assert (await history.snapshot(room.id)).details == NAMES


async def test_what_is_refused_is_not_kept(rooms: Rooms, history: History) -> None:
    room = (await rooms.create(RoomChange(), {}, None, ORIGIN)).room
    with pytest.raises(IncompleteSchedule):
        await rooms.patch_details(
            room.id, {"title": "a", "scheduledStart": "2026-05-04T10:00:00+00:00"}, ORIGIN
        )
    assert (await history.snapshot(room.id)).details == {}
    assert await kinds(history, room.id) == ["RoomCreated"]


async def test_there_are_none_of_rooms_that_are_not_there(
    rooms: Rooms,
) -> None:
    room = (await rooms.create(RoomChange(), {}, None, ORIGIN)).room
    await rooms.delete(room.id, ORIGIN)
    for room_id in (room.id, "99400000000000000"):
        for patch in (NAMES, {}):
            with pytest.raises(RoomNotFound):
                await rooms.patch_details(room_id, patch, ORIGIN)


async def test_a_title_that_the_list_lacks_comes_with_the_next_change(
    client: TableClient, rooms: Rooms, history: History
) -> None:
    room = (await rooms.create(RoomChange(), {}, None, ORIGIN)).room
    await rooms.patch_details(room.id, {"title": "Tea"}, ORIGIN)
    await client.upsert_entity(at_home(index_entity(room)), mode=UpdateMode.REPLACE)
    await rooms.patch_details(room.id, {"externalId": "A-7"}, ORIGIN)
    page = await Lists(Table(client), history).some(RoomQuery(title="tea"), None, now())
    assert room.id in [each.room.id for each in page.items]


async def test_the_storage_requests(
    client: TableClient, history: History, proxy: StorageProxy
) -> None:
    table = Table(client)
    await know_floors(table)
    rooms = Rooms(table, now)
    room = (await rooms.create(RoomChange(), {ALICE: "Presenter"}, None, ORIGIN)).room
    counts = []
    for patch in (NAMES, NAMES, {"title": None}):
        proxy.forget()
        await rooms.patch_details(room.id, patch, ORIGIN)
        counts.append(len(proxy.seen))
    proxy.forget()
    await history.snapshot(room.id)
    assert (counts, len(proxy.seen)) == ([2, 1, 2], 1)


async def test_writers_of_several_processes_lose_nothing(
    client: TableClient, rooms: Rooms, history: History
) -> None:
    room = (await rooms.create(RoomChange(), {}, None, ORIGIN)).room
    processes = [Rooms(Table(client), now) for _ in range(4)]
    patches = [
        each.patch_details(
            room.id, {"participants": {raw_id(10 * number + n): {"name": "a"}}}, ORIGIN
        )
        for number, each in enumerate(processes)
        for n in range(3)
    ]
    await asyncio.gather(
        *patches,
        *(rooms.patch_roster(room.id, {raw_id(number): "Attendee"}, ORIGIN) for number in range(3)),
    )
    known = await history.snapshot(room.id)
    assert len(known.details["participants"]) == 12
    assert len(known.roster) == 3
    assert len(await kinds(history, room.id)) == 16


async def test_writers_of_title_and_room_leave_the_list_as_the_room_is(
    client: TableClient, rooms: Rooms
) -> None:
    room = (await rooms.create(RoomChange(), {}, None, ORIGIN)).room
    processes = [Rooms(Table(client), now) for _ in range(3)]
    titles = [
        each.patch_details(room.id, {"title": f"Tea {n}"}, ORIGIN)
        for n, each in enumerate(processes * 3)
    ]
    updates = [
        each.update(room.id, RoomChange(room.valid_from, room.valid_until - n, bool(n % 2)), ORIGIN)
        for n, each in enumerate(processes * 3)
    ]
    await asyncio.gather(*titles, *updates)
    assert len((await checked(client, 0))[room.id].kinds) > 9


@pytest.mark.thorough
@pytest.mark.parametrize(("read_timeout", "retries"), [(0.5, 10)])
@pytest.mark.parametrize("fault", [Fault.DELAYED, Fault.LATE])  # for the others see tests/faults
@pytest.mark.parametrize("at", range(2))
@pytest.mark.parametrize("title", ["Tea", None])
async def test_a_fault_at_any_request_leaves_the_list_with_the_title_of_the_details(
    client: TableClient,
    rooms: Rooms,
    proxy: StorageProxy,
    title: str | None,
    at: int,
    fault: Fault,
) -> None:
    room = (await rooms.create(RoomChange(), {}, None, ORIGIN)).room
    await rooms.patch_details(room.id, {"title": "Coffee"}, ORIGIN)
    for change in (
        lambda: rooms.patch_details(room.id, {"title": title}, ORIGIN),
        lambda: rooms.update(room.id, RoomChange(pstn_dial_out_enabled=True), ORIGIN),
    ):
        proxy.forget()
        proxy.choose = lambda number, _: fault if number == at else None
        with suppress(StorageUnavailable):
            await change()
        proxy.forget()
        await change()  # as a client does
    assert (await checked(client, 0))[room.id].kinds == [
        "RoomUpdated",
        "DetailsUpdated",
        "DetailsUpdated",
        "RoomCreated",
    ]


@pytest.mark.parametrize("fault", [Fault.REFUSED, Fault.CUT_BEFORE, Fault.CUT_AFTER, Fault.TWICE])
async def test_a_change_whose_outcome_is_not_known_is_carried_out_once(
    rooms: Rooms, history: History, proxy: StorageProxy, fault: Fault
) -> None:
    room = (await rooms.create(RoomChange(), {}, None, ORIGIN)).room
    proxy.forget()
    proxy.choose = lambda number, _: fault if number == 1 else None
    assert await rooms.patch_details(room.id, NAMES, ORIGIN) == NAMES
    assert (await history.snapshot(room.id)).details == NAMES
    assert await kinds(history, room.id) == ["DetailsUpdated", "RoomCreated"]
