import asyncio
import secrets
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest
from azure.core.exceptions import HttpResponseError, ResourceNotFoundError
from azure.data.tables.aio import TableClient

from rooms.domain.errors import RoomNotFound, TooManyParticipants
from rooms.domain.limits import LIMITS
from rooms.domain.room import RoomChange
from rooms.domain.roster import Roster
from rooms.domain.time import DAY, now, parse_time
from rooms.storage import keys
from rooms.storage.changes import Origin
from rooms.storage.creation import Repeatability
from rooms.storage.cursors import Page
from rooms.storage.edits import Edit
from rooms.storage.entities import unpack
from rooms.storage.errors import RequestIdReused, StorageUnavailable
from rooms.storage.identities import Identities
from rooms.storage.lists import Lists
from rooms.storage.rooms import Rooms
from rooms.storage.table import Table
from testkit.identifiers import raw_id
from testkit.storage import ORIGIN, know_floors
from testkit.storage_proxy import Fault, StorageProxy
from testkit.whole import StoredRoom, stored_rooms

ALICE, BOB = raw_id(1), raw_id(2)


async def stored(client: TableClient) -> dict[str, StoredRoom]:
    return stored_rooms([row async for row in client.list_entities()])


async def test_a_room_is_read_back_as_it_was_created(rooms: Rooms) -> None:
    wanted = RoomChange(now() - DAY, now() + DAY, True)
    room = (await rooms.create(wanted, {ALICE: "Presenter", BOB: "Attendee"}, None, ORIGIN)).room
    assert await rooms.get(room.id) == room
    assert (room.valid_from, room.valid_until, room.pstn_dial_out_enabled) == (
        wanted.valid_from,
        wanted.valid_until,
        True,
    )
    assert list((await rooms.with_roster(room.id)).roster.items()) == [
        (ALICE, "Presenter"),
        (BOB, "Attendee"),
    ]


async def test_each_change_has_one_log_record_of_who_and_which_request(
    rooms: Rooms, client: TableClient
) -> None:
    room = (await rooms.create(RoomChange(), {}, None, Origin("alice", "r1"))).room
    await rooms.update(room.id, RoomChange(pstn_dial_out_enabled=True), Origin("bob", "r2"))
    await rooms.patch_roster(room.id, {ALICE: "Presenter"}, Origin("carol", "r3"))
    await rooms.delete(room.id, Origin("dave", "r4"))
    log = (await stored(client))[room.id].log
    assert [(record["kind"], record["actor"], record["requestId"]) for record in log] == [
        ("RoomDeleted", "dave", "r4"),
        ("ParticipantsUpdated", "carol", "r3"),
        ("RoomUpdated", "bob", "r2"),
        ("RoomCreated", "alice", "r1"),
    ]


async def test_a_change_that_changes_nothing_writes_nothing(
    rooms: Rooms, client: TableClient
) -> None:
    room = (await rooms.create(RoomChange(), {ALICE: "Presenter"}, None, ORIGIN)).room
    await rooms.update(room.id, RoomChange(), ORIGIN)
    await rooms.update(room.id, RoomChange(room.valid_from, room.valid_until, False), ORIGIN)
    await rooms.patch_roster(room.id, {}, ORIGIN)
    await rooms.patch_roster(room.id, {ALICE: "Presenter", BOB: None}, ORIGIN)
    assert (await stored(client))[room.id].kinds == ["RoomCreated"]


async def test_the_policy_is_kept_with_the_room_and_with_each_roster(
    rooms: Rooms, client: TableClient
) -> None:
    wanted = RoomChange(join_policy="CommunicationServiceUsers")
    room = (await rooms.create(wanted, {ALICE: "Presenter"}, None, ORIGIN)).room
    assert (await rooms.get(room.id)).join_policy == "CommunicationServiceUsers"
    await rooms.patch_roster(room.id, {BOB: "Attendee"}, ORIGIN)
    closed = await rooms.update(room.id, RoomChange(join_policy="InviteOnly"), ORIGIN)
    assert closed == await rooms.get(room.id) == replace(room, join_policy="InviteOnly")
    await rooms.update(room.id, RoomChange(pstn_dial_out_enabled=True), ORIGIN)
    first, end = f"{room.id}:roster:", f"{room.id}:roster;"
    stored = [
        (row["roomJoinPolicy"], list(unpack(row)))
        async for row in client.list_entities()
        if first <= row["RowKey"] < end
    ]
    assert stored == [
        ("InviteOnly", [ALICE, BOB]),
        ("CommunicationServiceUsers", [ALICE, BOB]),
        ("CommunicationServiceUsers", [ALICE]),
    ]


async def test_a_room_from_before_open_rooms_is_for_the_invited(
    rooms: Rooms, client: TableClient
) -> None:
    room = (await rooms.create(RoomChange(), {}, None, ORIGIN)).room
    row = await client.get_entity(keys.home_partition(room.id), keys.room_row(room.id))
    del row["roomJoinPolicy"]
    await client.update_entity(row, mode="replace")
    assert await rooms.get(room.id) == room


async def test_a_room_and_its_roster_are_changed_together_or_not_at_all(
    rooms: Rooms, client: TableClient
) -> None:
    room = (await rooms.create(RoomChange(), {ALICE: "Presenter"}, None, ORIGIN)).room

    dial_out = RoomChange(pstn_dial_out_enabled=True)
    too_many: Roster = {raw_id(number): "Attendee" for number in range(LIMITS.participants + 1)}
    with pytest.raises(TooManyParticipants):
        await rooms.change(room.id, Edit(dial_out, too_many), ORIGIN)
    assert await rooms.get(room.id) == room
    edit = Edit(dial_out, {ALICE: None, BOB: "Attendee"})
    after = await rooms.change(room.id, edit, ORIGIN)
    known = await rooms.with_roster(room.id)
    assert (after.room, after.roster) == (known.room, known.roster)
    assert (after.room, after.roster) == (
        replace(room, pstn_dial_out_enabled=True),
        {BOB: "Attendee"},
    )
    assert (await stored(client))[room.id].kinds == [
        "ParticipantsUpdated",
        "RoomUpdated",
        "RoomCreated",
    ]


async def test_the_order_of_the_log_is_the_order_of_the_changes_even_if_the_clock_goes_back(
    client: TableClient,
) -> None:
    start = parse_time("2026-05-04T10:00:00Z")
    clock = iter(range(start, start - 1000, -1))
    rooms = Rooms(Table(client), lambda: next(clock))
    room = (await rooms.create(RoomChange(), {}, None, ORIGIN)).room
    for number in range(5):
        await rooms.patch_roster(room.id, {raw_id(number): "Attendee"}, ORIGIN)
    assert list((await stored(client))[room.id].roster) == [raw_id(number) for number in range(5)]


async def test_the_storage_requests_of_each_operation(
    client: TableClient, lists: Lists, proxy: StorageProxy
) -> None:
    table = Table(client)
    await know_floors(table)
    rooms = Rooms(table, now)
    counted = {}

    async def count[T](name: str, operation: Awaitable[T]) -> T:
        proxy.forget()
        result = await operation
        counted[name] = len(proxy.seen)
        return result

    created = await count("create", rooms.create(RoomChange(), {ALICE: "Presenter"}, None, ORIGIN))
    room = created.room
    await count("get", rooms.get(room.id))
    await count("participants", rooms.with_roster(room.id))
    await count("patch room", rooms.update(room.id, RoomChange(pstn_dial_out_enabled=True), ORIGIN))
    await count("patch participants", rooms.patch_roster(room.id, {BOB: "Attendee"}, ORIGIN))
    await count("list", lists.all(None))
    await count("delete", rooms.delete(room.id, ORIGIN))
    assert counted == {
        "create": 1,
        "get": 1,
        "participants": 1,
        "patch room": 2,
        "patch participants": 2,
        "list": 10,
        "delete": 2,
    }


async def test_changes_of_a_room_show_in_the_list_and_a_deleted_one_does_not(
    rooms: Rooms, lists: Lists
) -> None:
    kept, gone = [(await rooms.create(RoomChange(), {}, None, ORIGIN)).room for _ in range(2)]
    kept = await rooms.update(kept.id, RoomChange(now(), now() + DAY, True), ORIGIN)
    await rooms.delete(gone.id, ORIGIN)
    assert await lists.all(None) == Page([kept], None)


async def test_a_missing_or_deleted_room_is_not_found(rooms: Rooms) -> None:
    room = (await rooms.create(RoomChange(), {}, None, ORIGIN)).room
    await rooms.delete(room.id, ORIGIN)
    for room_id in (room.id, "99400000000000000"):
        for attempt in (
            rooms.get(room_id),
            rooms.with_roster(room_id),
            rooms.update(room_id, RoomChange(pstn_dial_out_enabled=True), ORIGIN),
            rooms.patch_roster(room_id, {ALICE: "Presenter"}, ORIGIN),
            rooms.delete(room_id, Origin("tester", "another")),
            rooms.delete(room_id, Origin("tester", "")),
        ):
            with pytest.raises(RoomNotFound):
                await attempt


async def test_a_delete_that_is_sent_again_finds_it_done(rooms: Rooms, client: TableClient) -> None:
    room = (await rooms.create(RoomChange(), {}, None, ORIGIN)).room
    await rooms.delete(room.id, Origin("tester", "the same"))
    await rooms.delete(room.id, Origin("tester", "the same"))
    assert (await stored(client))[room.id].kinds == ["RoomDeleted", "RoomCreated"]


async def test_a_create_that_is_sent_again_answers_with_the_room_it_made(
    rooms: Rooms, client: TableClient
) -> None:
    request = Repeatability("7b3f", "hash of the body")
    created = await rooms.create(RoomChange(), {ALICE: "Presenter"}, request, ORIGIN)
    again = await asyncio.gather(
        *(rooms.create(RoomChange(), {ALICE: "Presenter"}, request, ORIGIN) for _ in range(5))
    )
    assert again == [created] * 5
    room = created.room
    assert list(await stored(client)) == [room.id]
    with pytest.raises(RequestIdReused):
        await rooms.create(RoomChange(), {}, Repeatability("7b3f", "another"), ORIGIN)


async def test_an_id_that_another_room_has_is_not_taken(rooms: Rooms, client: TableClient) -> None:
    first = (await rooms.create(RoomChange(), {}, Repeatability("mine", ""), ORIGIN)).room
    row = await client.get_entity(first.id[-1], f"{first.id}:room")
    for name in ("repeatabilityId", "bodyHash"):
        del row[name]  # as if the id had been a random one
    await client.update_entity(row, mode="replace")
    second = (await rooms.create(RoomChange(), {}, Repeatability("mine", ""), ORIGIN)).room
    assert second.id != first.id
    assert set(await stored(client)) == {first.id, second.id}


async def test_a_create_that_is_sent_again_makes_a_new_room_while_upkeep_removes_the_old_one(
    rooms: Rooms, client: TableClient
) -> None:
    request = Repeatability("old", "")
    old = await rooms.create(RoomChange(), {}, request, ORIGIN)
    await rooms.delete(old.room.id, ORIGIN)
    roster_row = keys.roster_row(old.room.id, old.changed_at)
    await client.delete_entity(keys.home_partition(old.room.id), roster_row)
    assert (await rooms.create(RoomChange(), {}, request, ORIGIN)).room.id != old.room.id


@pytest.mark.parametrize("processes", [1, 2])
async def test_concurrent_writers_all_succeed_with_one_log_record_each(
    rooms: Rooms, client: TableClient, processes: int
) -> None:
    room = (await rooms.create(RoomChange(), {}, None, ORIGIN)).room
    writers = [rooms] + [Rooms(Table(client), now) for _ in range(processes - 1)]
    users = [raw_id(number) for number in range(32)]
    await asyncio.gather(
        *(
            writers[number % processes].patch_roster(room.id, {user: "Attendee"}, ORIGIN)
            for number, user in enumerate(users)
        )
    )
    after = (await stored(client))[room.id]
    assert set(after.roster) == set(users)
    assert after.kinds == ["ParticipantsUpdated"] * 32 + ["RoomCreated"]


type Change = Callable[[Rooms, str], Awaitable[Any]]

CHANGES: dict[str, Change] = {
    "create": lambda rooms, _: rooms.create(
        RoomChange(), {ALICE: "Presenter"}, Repeatability("r", ""), ORIGIN
    ),
    "update": lambda rooms, room_id: rooms.update(
        room_id, RoomChange(pstn_dial_out_enabled=True), ORIGIN
    ),
    "patch": lambda rooms, room_id: rooms.patch_roster(room_id, {BOB: "Presenter"}, ORIGIN),
    "delete": lambda rooms, room_id: rooms.delete(room_id, ORIGIN),
}


@pytest.mark.thorough
@pytest.mark.parametrize(("read_timeout", "retries"), [(0.5, 10)])
@pytest.mark.parametrize("fault", [Fault.DELAYED, Fault.LATE])  # for the others see tests/faults
@pytest.mark.parametrize("at", range(2))
@pytest.mark.parametrize("change", CHANGES)
async def test_a_fault_at_any_request_leaves_the_change_done_once(
    rooms: Rooms, client: TableClient, proxy: StorageProxy, change: str, at: int, fault: Fault
) -> None:
    room = (await rooms.create(RoomChange(), {ALICE: "Presenter"}, None, ORIGIN)).room
    proxy.forget()
    proxy.choose = lambda number, _: fault if number == at else None
    try:
        await CHANGES[change](rooms, room.id)
    except StorageUnavailable:
        await CHANGES[change](rooms, room.id)  # as a client does
    proxy.forget()
    after = await stored(client)
    if change == "create":
        assert len(after) == 2
        assert {tuple(room.kinds) for room in after.values()} == {("RoomCreated",)}
    else:
        kind = {"update": "RoomUpdated", "patch": "ParticipantsUpdated", "delete": "RoomDeleted"}[
            change
        ]
        assert after[room.id].kinds == [kind, "RoomCreated"]


async def test_a_storage_that_stays_down_is_said_to_be_unavailable(
    rooms: Rooms, lists: Lists, proxy: StorageProxy
) -> None:
    room = (await rooms.create(RoomChange(), {}, None, ORIGIN)).room
    proxy.choose = lambda _number, _what: Fault.CUT_BEFORE
    for change in CHANGES.values():
        with pytest.raises(StorageUnavailable):
            await change(rooms, room.id)
    for read in (rooms.get(room.id), rooms.with_roster(room.id), lists.all(None)):
        with pytest.raises(StorageUnavailable):
            await read


async def test_a_table_that_cannot_be_made_is_a_storage_that_is_unavailable(
    rooms: Rooms, client: TableClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def wrong_endpoint() -> None:
        raise ResourceNotFoundError("no such account")

    monkeypatch.setattr(client, "create_table", wrong_endpoint)
    with pytest.raises(StorageUnavailable):
        await rooms.create(RoomChange(), {}, None, ORIGIN)


def random_user() -> str:
    resource, user = (uuid.UUID(bytes=secrets.token_bytes(16)) for _ in range(2))
    return f"8:acs:{resource}_{user}"


async def test_the_largest_roster_and_its_largest_change_fit_the_limits_of_table_storage(
    client: TableClient,
) -> None:
    sent: list[list[Any]] = []

    class Watched(Table):
        async def commit(self, operations: Any, needed: Any = None) -> None:
            sent.append([operation[1] for operation in operations])
            await super().commit(operations, needed)

    rooms = Rooms(Watched(client), now)
    before: Roster = {random_user(): "Presenter" for _ in range(LIMITS.participants)}
    room = (await rooms.create(RoomChange(), before, None, ORIGIN)).room
    half = list(before)[: LIMITS.participants // 2]
    worst = dict.fromkeys(half) | {random_user(): "Collaborator" for _ in half}
    await rooms.patch_roster(room.id, worst, ORIGIN)
    await rooms.patch_roster(
        room.id, dict.fromkeys((await rooms.with_roster(room.id)).roster, "Consumer"), ORIGIN
    )
    assert set((await rooms.with_roster(room.id)).roster) == set(before) - set(half) | set(
        worst
    ) - set(half)
    for transaction in sent:
        assert len(transaction) <= 100
        assert sum(map(size_of, transaction)) < 4 * 2**20
        for entity in transaction:
            assert size_of(entity) < 2**20
            assert all(len(value) <= 2**16 for value in entity.values() if isinstance(value, bytes))
            assert all(
                2 * len(value) <= 2**16 for value in entity.values() if isinstance(value, str)
            )


def size_of(entity: dict[str, Any]) -> int:
    """Bytes, as Table Storage counts them: names and text in UTF-16."""
    return sum(
        8
        + 2 * len(name)
        + (len(value) + 4 if isinstance(value, bytes) else 2 * len(str(value)) + 4)
        for name, value in entity.items()
    )


async def test_a_refused_storage_key_is_unavailable_and_does_not_show(
    proxy: StorageProxy, caplog: pytest.LogCaptureFixture
) -> None:
    wrong = "d3Jvbmc" + "A" * 20 + "=="
    text = proxy.connection_string.replace(
        next(part for part in proxy.connection_string.split(";") if part.startswith("AccountKey=")),
        f"AccountKey={wrong}",
    )
    async with TableClient.from_connection_string(text, "refused", retry_total=0) as client:
        rooms = Rooms(Table(client), now)
        for attempt in (
            rooms.get("99400000000000000"),
            rooms.create(RoomChange(), {}, None, ORIGIN),
            Identities(Table(client)).revise("0", ""),
        ):
            with pytest.raises(StorageUnavailable) as caught:
                await attempt
            assert isinstance(caught.value.__cause__, HttpResponseError)
    assert wrong not in caplog.text
    assert "AuthorizationFailure" in caplog.text or "AuthenticationFailed" in caplog.text
