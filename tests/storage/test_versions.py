"""The versions of a room: each change gives it another one, and a change may be of one of them
only."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

import pytest
from azure.data.tables.aio import TableClient

from rooms.domain.errors import RoomNotFound
from rooms.domain.room import Room, RoomChange
from rooms.domain.roster import Roster
from rooms.domain.time import DAY, now
from rooms.storage.changes import Versions
from rooms.storage.edits import Edit
from rooms.storage.erasures import Erasures
from rooms.storage.errors import RoomChanged
from rooms.storage.history import History
from rooms.storage.moves import Moves
from rooms.storage.rooms import Rooms
from rooms.storage.table import Table
from testkit.identifiers import raw_id
from testkit.storage import ORIGIN, Clock
from testkit.storage_proxy import StorageProxy
from testkit.waiting import HANG_SECONDS
from testkit.whole import StoredRoom, stored_rooms

ALICE, BOB = raw_id(1), raw_id(2)

type Change = Callable[[Rooms, str, Versions], Awaitable[object]]

CHANGES: Mapping[str, Change] = {
    "validity": lambda rooms, room_id, versions: rooms.update(
        room_id, RoomChange(now(), now() + DAY), ORIGIN, versions
    ),
    "policy": lambda rooms, room_id, versions: rooms.update(
        room_id, RoomChange(join_policy="CommunicationServiceUsers"), ORIGIN, versions
    ),
    "roster": lambda rooms, room_id, versions: rooms.patch_roster(
        room_id, {BOB: "Attendee"}, ORIGIN, versions
    ),
    "details": lambda rooms, room_id, versions: rooms.patch_details(
        room_id, {"title": "Tea"}, ORIGIN, versions
    ),
    "all": lambda rooms, room_id, versions: rooms.change(
        room_id,
        Edit(
            RoomChange(pstn_dial_out_enabled=True),
            {ALICE: None},
            lambda details: {**details, "externalId": "T-1"},
            versions=versions,
        ),
        ORIGIN,
    ),
    "deletion": lambda rooms, room_id, versions: rooms.delete(room_id, ORIGIN, versions=versions),
}
"""Each kind of change, all of which may be made one after another."""


async def version(client: TableClient, room_id: str) -> str:
    found = (await History(Table(client)).snapshot(room_id)).version
    assert found is not None
    return found


async def stored(client: TableClient, room_id: str) -> StoredRoom:
    return stored_rooms([row async for row in client.list_entities()])[room_id]


async def new_room(rooms: Rooms) -> str:
    return (await rooms.create(RoomChange(), {ALICE: "Presenter"}, None, ORIGIN)).room.id


async def test_each_change_gives_the_room_another_version_even_if_the_clock_stands(
    client: TableClient,
) -> None:
    clock = Clock(now())
    rooms = Rooms(Table(client), clock)
    room_id = await new_room(rooms)
    versions = [await version(client, room_id)]
    for change in CHANGES.values():
        await change(rooms, room_id, None)
        versions.append(await version(client, room_id))
    assert sorted(set(versions)) == versions


async def test_a_move_to_acs_gives_the_room_another_version(
    rooms: Rooms, client: TableClient
) -> None:
    async def prepare(_: Room, __: Roster) -> None:
        pass

    room_id = await new_room(rooms)
    before = await version(client, room_id)
    await Moves(Table(client), now).move(room_id, "acs", ORIGIN, prepare)
    assert await version(client, room_id) > before


@pytest.mark.usefixtures("one_partition")
@pytest.mark.parametrize("person", [{"raw_id": ALICE}, {"external_id": "alice"}])
async def test_an_erasure_gives_the_room_another_version(
    rooms: Rooms, client: TableClient, person: Mapping[str, str]
) -> None:
    """Else a change of what was read before would bring the person back."""
    room_id = await new_room(rooms)
    named = {"participants": {ALICE: {"name": "Alice", "externalId": "alice"}}}
    await rooms.patch_details(room_id, named, ORIGIN)
    before = await version(client, room_id)
    erasures = Erasures(Table(client), now)
    erasure = await erasures.start(person.get("raw_id"), person.get("external_id"), ORIGIN)
    assert (await erasures.run(erasure.id, HANG_SECONDS)).is_done
    after = await version(client, room_id)
    with pytest.raises(RoomChanged):
        await rooms.patch_roster(room_id, {BOB: "Attendee"}, ORIGIN, [before])
    await rooms.patch_roster(room_id, {BOB: "Attendee"}, ORIGIN, [after])
    assert len({before, after, await version(client, room_id)}) == 3


async def test_a_change_of_another_version_is_refused_after_one_request_and_leaves_no_trace(
    rooms: Rooms, client: TableClient, proxy: StorageProxy
) -> None:
    room_id = await new_room(rooms)
    read = await version(client, room_id)
    await rooms.patch_details(room_id, {"externalId": "other"}, ORIGIN)
    before = await stored(client, room_id)
    requests = {}
    for name, change in CHANGES.items():
        proxy.forget()
        with pytest.raises(RoomChanged):
            await change(rooms, room_id, [read])
        requests[name] = len(proxy.seen)
    assert requests == dict.fromkeys(CHANGES, 1)
    assert await stored(client, room_id) == before


async def test_a_change_of_the_version_there_costs_two_requests_as_any(
    rooms: Rooms, client: TableClient, proxy: StorageProxy
) -> None:
    room_id = await new_room(rooms)
    requests = {}
    for name, change in CHANGES.items():
        read = await version(client, room_id)
        proxy.forget()
        await change(rooms, room_id, ["another", read])
        requests[name] = len(proxy.seen)
    assert requests == dict.fromkeys(CHANGES, 2)


async def test_what_is_there_already_may_be_of_any_version(
    rooms: Rooms, client: TableClient
) -> None:
    """A change whose answer was lost is sent again as it was."""
    room_id = await new_room(rooms)
    read = await version(client, room_id)
    for _ in range(2):
        await rooms.patch_roster(room_id, {BOB: "Attendee"}, ORIGIN, [read])
    assert (await stored(client, room_id)).kinds == ["ParticipantsUpdated", "RoomCreated"]


def invitation(number: int) -> Change:
    return lambda rooms, room_id, versions: rooms.patch_roster(
        room_id, {raw_id(10 + number): "Attendee"}, ORIGIN, versions
    )


@pytest.mark.parametrize(
    "changes",
    [[*map(invitation, range(4))], [CHANGES["details"], CHANGES["deletion"]]],
    ids=["invitations", "details and deletion"],
)
async def test_of_writers_with_the_same_version_one_wins(
    client: TableClient, changes: list[Change]
) -> None:
    """They do not queue, as each has a process of its own."""
    writers = [Rooms(Table(client), now) for _ in changes]
    room_id = await new_room(writers[0])
    read = await version(client, room_id)
    outcomes = await asyncio.gather(
        *(change(rooms, room_id, [read]) for change, rooms in zip(changes, writers, strict=True)),
        return_exceptions=True,
    )
    refused = [each for each in outcomes if isinstance(each, RoomChanged | RoomNotFound)]
    assert len(refused) == len(changes) - 1
    assert len((await stored(client, room_id)).log) == 2
