"""Who is invited to a room finds it, and nobody else does, whatever becomes of the requests that
write the rows of it."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from itertools import count
from random import Random
from typing import Any

import pytest
from azure.data.tables.aio import TableClient

from rooms.domain.details import Details, patched_details
from rooms.domain.limits import LIMITS, Limits
from rooms.domain.room import Room, RoomChange
from rooms.domain.room_filter import RoomQuery
from rooms.domain.roster import Role, Roster
from rooms.domain.time import DAY, SECOND, now
from rooms.storage import keys
from rooms.storage.creation import Repeatability
from rooms.storage.edits import Edit
from rooms.storage.entities import invitee_entity
from rooms.storage.errors import StorageUnavailable
from rooms.storage.history import History
from rooms.storage.keys import GROUPS, group_and_member
from rooms.storage.lists import Lists
from rooms.storage.operations import replace as replace_row
from rooms.storage.rooms import Rooms
from rooms.storage.table import Table
from rooms.upkeep.ranges import INVITEES_AT_A_TIME
from testkit.identifiers import raw_id
from testkit.partitions import at_home
from testkit.past import RETENTION, Watched, checked, rows_of, run, upkeep_of
from testkit.storage import ORIGIN, know_floors
from testkit.storage_proxy import SETTLED, Fault, StorageProxy
from testkit.transactions import transactions as transactions_of
from testkit.whole import StoredRoom, stored_rooms
from tests.effort import KILLS_APART

ALICE, BOB, CAROL = (raw_id(number) for number in range(1, 4))
CROWD = [raw_id(number) for number in range(1000, 1250)]
"""Too many for a row for each."""

REPEATABLE = Repeatability("the request", "hash of its body")


async def listed(table: Table, person: str, limits: Limits = LIMITS) -> list[Room]:
    """The rooms to which the person is invited."""
    lists = Lists(table, History(table), limits)
    page = await lists.of_participant(person, RoomQuery(), None, now())
    rooms = page.items
    while page.cursor is not None:
        page = await lists.of_participant(person, RoomQuery(), page.cursor, now())
        rooms += page.items
    return [each.room for each in rooms]


async def found(client: TableClient, person: str) -> list[str]:
    """The ids of these rooms."""
    return [room.id for room in await listed(Table(client), person)]


async def stored(client: TableClient) -> dict[str, StoredRoom]:
    return stored_rooms((await rows_of(client)).values())


def attendees(people: Sequence[str]) -> Roster:
    return dict.fromkeys(people, "Attendee")


def some_of(people: Sequence[str]) -> list[str]:
    """Three of them."""
    return [people[0], people[len(people) // 2], people[-1]]


def groups_of(room: Room, people: Sequence[str]) -> list[tuple[str, list[str]]]:
    """The rows of groups of people who are invited at once, and who is in each."""
    groups = defaultdict[int, list[str]](list)
    for person in people:
        group, member = group_and_member(person)
        groups[group].append(member)
    return [
        (keys.group_row(room.id, room.created_at, group, members), members)
        for group, members in groups.items()
    ]


def invitees_of(rows: Any) -> list[str]:
    """The keys of the rows of invitees."""
    return [row for _, row in rows if row.startswith((".invitee:", ".invitees:"))]


async def create(
    table: Table, people: Sequence[str], repeatability: Repeatability | None = None
) -> Room:
    return (
        await Rooms(table, now).create(RoomChange(), attendees(people), repeatability, ORIGIN)
    ).room


# Who is found.


async def test_a_person_finds_the_rooms_to_which_they_are_invited_newest_first(
    direct: TableClient,
) -> None:
    table = Table(direct)
    created = [await create(table, people) for people in ([ALICE, BOB], [BOB], [ALICE], [])]
    invited_later = created[3]
    await Rooms(table, now).patch_roster(invited_later.id, {ALICE: "Presenter"}, ORIGIN)
    assert await listed(table, ALICE) == [invited_later, created[2], created[0]]


async def test_a_room_is_found_as_it_is_now(direct: TableClient) -> None:
    table = Table(direct)
    room = await create(table, [ALICE])
    changed = await Rooms(table, now).update(room.id, RoomChange(now(), now() + DAY, True), ORIGIN)
    assert await listed(table, ALICE) == [changed]


@pytest.mark.usefixtures("one_partition")
async def test_who_is_removed_does_not_find_the_room_until_they_are_invited_again(
    direct: TableClient,
) -> None:
    rooms, seen = Rooms(Table(direct), now), []
    room = await create(Table(direct), [ALICE, BOB])
    for role in (None, "Consumer", None, "Presenter"):
        await rooms.patch_roster(room.id, {ALICE: role}, ORIGIN)
        seen.append(len(await found(direct, ALICE)))
    assert seen == [0, 1, 0, 1]


async def test_a_deleted_room_is_not_found(direct: TableClient) -> None:
    room = await create(Table(direct), [ALICE])
    await Rooms(Table(direct), now).delete(room.id, ORIGIN)
    assert await found(direct, ALICE) == []


async def test_a_create_that_is_sent_again_makes_the_room_be_found_once(
    direct: TableClient,
) -> None:
    rooms = [await create(Table(direct), CROWD, REPEATABLE) for _ in range(3)]
    assert len(set(rooms)) == 1
    assert [await found(direct, person) for person in some_of(CROWD)] == [[rooms[0].id]] * 3


@pytest.mark.usefixtures("one_partition")
async def test_people_invited_by_hundreds_one_by_one_and_removed_are_found_while_invited(
    direct: TableClient,
) -> None:
    rooms = Rooms(Table(direct), now)
    room = (await rooms.create(RoomChange(), attendees(CROWD[:100]), None, ORIGIN)).room
    steps: list[Mapping[str, Role | None]] = [
        attendees(CROWD[100:200]),  # by groups, of which most have rows
        attendees([ALICE]),
        dict.fromkeys([CROWD[0], CROWD[150], ALICE]),
        attendees(CROWD),  # those removed, and fifty more
        {
            **dict.fromkeys(CROWD[:200]),
            **attendees([raw_id(number) for number in range(2000, 2070)]),
        },
    ]
    for step in steps:
        await rooms.patch_roster(room.id, step, ORIGIN)
        roster = (await stored(direct))[room.id].roster
        for person in (ALICE, BOB, CROWD[0], CROWD[99], CROWD[150], CROWD[249], raw_id(2069)):
            assert await found(direct, person) == ([room.id] if person in roster else [])


@pytest.mark.usefixtures("one_partition")
async def test_a_room_that_is_found_by_the_person_and_by_the_group_is_listed_once(
    direct: TableClient,
) -> None:
    rooms, few = Rooms(Table(direct), now), Limits(rooms_page=5)
    created = [
        (await rooms.create(RoomChange(), attendees([ALICE]), None, ORIGIN)).room
        for _ in range(few.rooms_page + 5)
    ]
    for room in created:
        await rooms.patch_roster(room.id, {ALICE: None}, ORIGIN)
        await rooms.patch_roster(room.id, attendees([ALICE, *CROWD[:GROUPS]]), ORIGIN)
    assert await listed(Table(direct), ALICE, few) == created[::-1]


async def test_those_who_are_invited_at_once_have_rows_of_groups_of_their_own(
    direct: TableClient,
) -> None:
    """Else a row would lose who was removed, or grow to the number of properties that Table Storage
    allows."""
    rooms, others = Rooms(Table(direct), now), [raw_id(number) for number in range(2000, 2250)]
    room = (await rooms.create(RoomChange(), attendees(CROWD), None, ORIGIN)).room
    for _ in range(3):  # the same people have the same rows
        await rooms.patch_roster(room.id, {**dict.fromkeys(CROWD), **attendees(others)}, ORIGIN)
        await rooms.patch_roster(room.id, {**dict.fromkeys(others), **attendees(CROWD)}, ORIGIN)
    written = {
        row: {name for name in entity if name.startswith("p")}
        for (_, row), entity in (await rows_of(direct)).items()
        if row.startswith(".invitees:")
    }
    assert written == {
        row: set(members) for people in (CROWD, others) for row, members in groups_of(room, people)
    }


@pytest.mark.usefixtures("one_partition")
async def test_a_room_whose_id_had_another_room_before_is_listed_once(direct: TableClient) -> None:
    room = await create(Table(direct), [ALICE])
    before = replace(room, created_at=room.created_at - SECOND)
    await direct.upsert_entity(at_home(invitee_entity(before, ALICE)))
    assert await listed(Table(direct), ALICE) == [room]


def test_a_row_of_a_group_of_the_largest_roster_has_less_properties_than_are_allowed() -> None:
    sizes = Counter(group_and_member(raw_id())[0] for _ in range(LIMITS.participants))
    assert max(sizes.values()) < 200
    assert set(sizes) == set(range(GROUPS))


# Requests.


class Transactions:
    """How many operations, and bytes of content, each transaction of a client has."""

    def __init__(self, client: TableClient, monkeypatch: pytest.MonkeyPatch) -> None:
        self.sizes: list[int] = []
        self.bytes: list[int] = []
        submit = client.submit_transaction

        async def counted(operations: Any, **options: Any) -> Any:
            self.sizes.append(len(operations))
            self.bytes.append(sum(_bytes_of(entity) for _, entity, *_ in operations))
            return await submit(operations, **options)

        monkeypatch.setattr(client, "submit_transaction", counted)


def _bytes_of(entity: Mapping[str, Any]) -> int:
    """Of binary properties as they are sent, in base64; each with its name and type."""
    return sum(
        100 + (len(value) * 4 // 3 if isinstance(value, bytes) else len(str(value)))
        for value in entity.values()
    )


@pytest.fixture
def transactions(client: TableClient, monkeypatch: pytest.MonkeyPatch) -> Transactions:
    return Transactions(client, monkeypatch)


def rows_for(people: Sequence[str]) -> int:
    """How many rows invite them: one for each, or for each of their groups."""
    return (
        len(people)
        if len(people) <= GROUPS
        else len({group_and_member(person)[0] for person in people})
    )


ARRIVAL = 3
"""Operations more of a transaction with a log record: the floor and two arrival rows. Each further
record has two more."""

SIZES = [0, 1, GROUPS, GROUPS + 1, len(CROWD), LIMITS.participants - 1]


def many(count: int) -> list[str]:
    return [raw_id(number) for number in range(1000, 1000 + count)]


@pytest.mark.parametrize("count", SIZES)
async def test_a_room_is_made_with_one_request_whatever_the_number_of_people(
    client: TableClient, proxy: StorageProxy, transactions: Transactions, count: int
) -> None:
    table = Table(client)
    await know_floors(table)
    rooms = Rooms(table, now)
    proxy.forget()
    transactions.sizes.clear()
    await rooms.create(RoomChange(), attendees(many(count)), None, ORIGIN)
    assert (transactions.sizes, len(proxy.seen)) == ([5 + ARRIVAL + rows_for(many(count))], 1)


@pytest.mark.parametrize("count", SIZES[1:])
async def test_a_roster_is_changed_with_two_requests_whatever_the_number_of_people(
    rooms: Rooms, proxy: StorageProxy, transactions: Transactions, count: int
) -> None:
    room = (await rooms.create(RoomChange(), {ALICE: "Attendee"}, None, ORIGIN)).room
    proxy.forget()
    transactions.sizes.clear()
    await rooms.patch_roster(room.id, attendees(many(count)), ORIGIN)
    assert (transactions.sizes, len(proxy.seen)) == ([4 + ARRIVAL + rows_for(many(count))], 2)


async def test_rows_are_written_for_those_who_are_new_and_nobody_else(
    rooms: Rooms, transactions: Transactions, client: TableClient
) -> None:
    room = (await rooms.create(RoomChange(), attendees(CROWD), None, ORIGIN)).room
    transactions.sizes.clear()
    await rooms.patch_roster(
        room.id, {**dict.fromkeys(CROWD, "Consumer"), ALICE: "Presenter"}, ORIGIN
    )
    await rooms.patch_roster(room.id, dict.fromkeys(CROWD), ORIGIN)
    assert transactions.sizes == [4 + ARRIVAL + 1, 4 + ARRIVAL]


# External ids.


async def rooms_with(client: TableClient, external_id: str) -> list[str]:
    """The ids of the rooms with this external id, or with somebody who has it."""
    lists, found, cursor = Lists(Table(client), History(Table(client))), list[str](), None
    while True:
        page = await lists.of_external_id(external_id, RoomQuery(), cursor, now())
        found += [each.room.id for each in page.items]
        if (cursor := page.cursor) is None:
            return found


def named(external_ids: Mapping[str, str | None]) -> dict[str, Any]:
    """A patch of details: external ids by raw id."""
    return {"participants": {who: {"externalId": text} for who, text in external_ids.items()}}


async def test_a_room_is_found_by_its_external_id_and_by_that_of_who_is_invited(
    direct: TableClient,
) -> None:
    rooms = Rooms(Table(direct), now)
    of_alice, of_bob, own = [await create(Table(direct), people) for people in ([ALICE], [BOB], [])]
    await rooms.patch_details(of_alice.id, named({ALICE: "P-1", BOB: "P-2"}), ORIGIN)
    await rooms.patch_details(of_bob.id, named({BOB: "P-1"}), ORIGIN)
    await rooms.patch_details(own.id, {"externalId": "P-1"}, ORIGIN)
    assert await rooms_with(direct, "P-1") == [own.id, of_bob.id, of_alice.id]
    assert await rooms_with(direct, "P-2") == []  # Bob is named there, and not invited
    await rooms.patch_roster(of_alice.id, {BOB: "Attendee"}, ORIGIN)
    assert await rooms_with(direct, "P-2") == [of_alice.id]
    assert await rooms_with(direct, "p-2") == []
    await stored(direct)


@pytest.mark.usefixtures("one_partition")
async def test_an_external_id_that_is_removed_or_moved_finds_the_room_by_who_has_it(
    direct: TableClient,
) -> None:
    rooms, seen = Rooms(Table(direct), now), []
    room = await create(Table(direct), [ALICE, BOB])
    steps: list[dict[str, str | None]] = [
        {ALICE: "P-1"},
        {ALICE: None},
        {BOB: "P-1"},
        {ALICE: "P-1", BOB: "P-2"},
        {ALICE: "P-3"},
    ]
    for step in steps:
        await rooms.patch_details(room.id, named(step), ORIGIN)
        seen.append([len(await rooms_with(direct, each)) for each in ("P-1", "P-2", "P-3")])
    assert seen == [[1, 0, 0], [0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 1]]
    await rooms.patch_roster(room.id, {ALICE: None}, ORIGIN)
    assert [await rooms_with(direct, each) for each in ("P-2", "P-3")] == [[room.id], []]
    await rooms.delete(room.id, ORIGIN)
    assert await rooms_with(direct, "P-2") == []
    await stored(direct)


async def test_raw_ids_and_external_ids_do_not_meet(direct: TableClient) -> None:
    rooms = Rooms(Table(direct), now)
    room = await create(Table(direct), [ALICE])
    await rooms.patch_details(room.id, named({ALICE: BOB}), ORIGIN)
    assert await rooms_with(direct, BOB) == [room.id]
    assert [await rooms_with(direct, ALICE), await found(direct, BOB)] == [[], []]


@pytest.mark.usefixtures("one_partition")
@pytest.mark.parametrize("count", [1, GROUPS // 2, GROUPS // 2 + 1, LIMITS.participants])
async def test_people_are_invited_with_external_ids_by_one_transaction(
    rooms: Rooms,
    client: TableClient,
    proxy: StorageProxy,
    transactions: Transactions,
    count: int,
) -> None:
    room = (await rooms.create(RoomChange(), {}, None, ORIGIN)).room
    await rooms.patch_details(room.id, {"title": "before"}, ORIGIN)
    proxy.forget()
    transactions.sizes.clear()
    people = many(count)
    ids = {who: f"E-{number}" for number, who in enumerate(people)}

    def edit_details(details: Details) -> Details:
        return patched_details(details, named(ids))

    await rooms.change(room.id, Edit(patch=attendees(people), details=edit_details), ORIGIN)
    rows = rows_for([*people, *map(keys.by_external_id, ids.values())])
    assert (transactions.sizes, len(proxy.seen)) == ([6 + ARRIVAL + 2 + rows], 2)
    assert transactions.sizes[0] <= 100
    proxy.forget()
    assert [await rooms_with(client, ids[who]) for who in some_of(people)] == [[room.id]] * 3
    assert [await found(client, who) for who in some_of(people)] == [[room.id]] * 3
    await stored(client)


@pytest.mark.filterwarnings("ignore:Sending a large body:ResourceWarning")
async def test_the_largest_change_fits_one_transaction(
    rooms: Rooms, client: TableClient, transactions: Transactions
) -> None:
    """Table Storage allows 4 MiB; the names are as long as the details can hold."""
    source, people = Random(1), many(LIMITS.participants)
    names = {
        who: {"name": source.randbytes(14).hex(), "externalId": source.randbytes(14).hex()}
        for who in people
    }
    room = (await rooms.create(RoomChange(), {}, None, ORIGIN)).room
    for _ in range(2):
        for each in names.values():
            each |= {"name": source.randbytes(14).hex(), "externalId": source.randbytes(14).hex()}
        edit = Edit(
            patch=lambda roster: dict.fromkeys(roster, "Consumer") if roster else attendees(people),
            details=lambda _: {"participants": names},
        )
        await rooms.change(room.id, edit, ORIGIN)
    assert max(transactions.bytes) < 4 * 1024 * 1024
    known = await History(Table(client)).snapshot(room.id)
    assert known.details == {"participants": names}


@pytest.mark.usefixtures("one_partition")
async def test_ids_that_were_chosen_to_be_in_one_group_are_found_all_the_same(
    rooms: Rooms, client: TableClient
) -> None:
    """They would be more than a row of Table Storage has properties."""
    group, _ = group_and_member(keys.by_external_id("0"))
    chosen = [
        text
        for text in map(str, range(30_000))
        if group_and_member(keys.by_external_id(text))[0] == group
    ][:300]
    people = dict(zip(many(len(chosen)), chosen, strict=False))
    room = (await rooms.create(RoomChange(), attendees([*people]), None, ORIGIN)).room
    await rooms.patch_details(room.id, named(people), ORIGIN)
    assert [await rooms_with(client, each) for each in some_of(chosen)] == [[room.id]] * 3
    assert await rooms_with(client, "-1") == []
    await stored(client)


# Faults.


type Change = Callable[[Rooms, str, Sequence[str]], Awaitable[Any]]

CHANGES: dict[str, tuple[Change, int]] = {
    "create": (
        lambda rooms, _, people: rooms.create(RoomChange(), attendees(people), REPEATABLE, ORIGIN),
        1,
    ),
    "patch": (
        lambda rooms, room_id, people: rooms.patch_roster(room_id, attendees(people), ORIGIN),
        2,
    ),
}
"""What invites people, and with how many requests."""

EACH_REQUEST = [
    pytest.param(change, at, id=f"{change}-{at}")
    for change, (_, requests) in CHANGES.items()
    for at in (range(requests + 2) if change == "create" else range(1, requests))
]
"""The table of a create is not there: two more. A patch begins with a read, as all changes do."""


@pytest.mark.thorough
@pytest.mark.parametrize(("read_timeout", "retries"), [(0.5, 10)])
@pytest.mark.usefixtures("one_partition")
@pytest.mark.parametrize("fault", SETTLED)
@pytest.mark.parametrize(("change", "at"), EACH_REQUEST)
async def test_a_fault_at_any_request_leaves_all_invited_once(
    rooms: Rooms, client: TableClient, proxy: StorageProxy, change: str, at: int, fault: Fault
) -> None:
    invite, _ = CHANGES[change]
    room_id = (
        ""
        if change == "create"
        else (await rooms.create(RoomChange(), {ALICE: "Presenter"}, None, ORIGIN)).room.id
    )
    proxy.forget()
    proxy.choose = lambda number, _: fault if number == at else None
    try:
        await invite(rooms, room_id, CROWD)
    except StorageUnavailable:
        await invite(rooms, room_id, CROWD)  # as a client does
    assert len(proxy.seen) > at
    proxy.forget()
    ((room_id, room),) = (await stored(client)).items()
    assert room.kinds == (
        ["RoomCreated"] if change == "create" else ["ParticipantsUpdated", "RoomCreated"]
    )
    assert set(room.roster) >= set(CROWD)
    assert [await found(client, person) for person in some_of(CROWD)] == [[room_id]] * 3


async def test_a_storage_that_refuses_the_rows_is_unavailable_at_once(proxy: StorageProxy) -> None:
    key = next(
        part for part in proxy.connection_string.split(";") if part.startswith("AccountKey=")
    )
    wrong = proxy.connection_string.replace(key, "AccountKey=d3Jvbmc=")
    async with TableClient.from_connection_string(wrong, "refused", retry_total=0) as client:
        with pytest.raises(StorageUnavailable):
            await create(Table(client), CROWD)
    assert len(proxy.seen) == 1


# Killed.


class Killed(BaseException):
    """What is under way ends here, and nothing is done about it."""


@pytest.mark.usefixtures("one_partition")
@pytest.mark.parametrize("upkeep_between", [False, True])
@pytest.mark.parametrize("change", CHANGES)
async def test_a_change_that_is_killed_ahead_of_its_write_shows_to_nobody_until_it_is_sent_again(
    direct: TableClient, change: str, upkeep_between: bool
) -> None:
    async def kill(what: str, _row: str) -> None:
        if what == "commit":
            raise Killed

    (invite, _), some = CHANGES[change], some_of(CROWD)
    room = await create(Table(direct), [ALICE])
    with pytest.raises(Killed):
        await invite(Rooms(Watched(direct, kill), now), room.id, CROWD)
    assert len(invitees_of(await rows_of(direct))) == 1
    assert [await found(direct, person) for person in some] == [[]] * 3
    if upkeep_between:
        assert (await run(direct, now() + 2 * DAY)).removed["invitee rows"] == 0
    await invite(Rooms(Table(direct), now), room.id, CROWD)
    changed = next(
        room_id for room_id, room in (await stored(direct)).items() if CROWD[0] in room.roster
    )
    assert [await found(direct, person) for person in some] == [[changed]] * 3
    await run(direct, now() + 4 * DAY)
    assert [await found(direct, person) for person in some] == [[changed]] * 3
    assert await found(direct, ALICE) == [room.id]


# What upkeep removes.


async def stale_table(client: TableClient) -> tuple[list[str], list[str]]:
    """The rows that a roster or details need that are kept, and those that have to go: of people
    who were removed, and of rooms that were deleted, longer ago than the retention."""
    long_ago = now() - RETENTION - 10 * DAY
    past, rooms = Rooms(Table(client), lambda: long_ago), Rooms(Table(client), now)
    validity = RoomChange(long_ago, now() + 100 * DAY)

    async def room_of(people: Sequence[str]) -> Room:
        return (await past.create(validity, attendees(people), None, ORIGIN)).room

    def row(room: Room, person: str) -> str:
        return keys.invitee_row(room.id, room.created_at, person)

    some = await room_of([ALICE, BOB, CAROL, raw_id(4)])
    await past.patch_roster(some.id, {BOB: None}, ORIGIN)
    await rooms.patch_roster(some.id, {CAROL: None}, ORIGIN)
    deleted, deleted_lately = await room_of([ALICE]), await room_of([ALICE])
    await past.delete(deleted.id, ORIGIN)
    await rooms.delete(deleted_lately.id, ORIGIN)
    named = await room_of([])
    await rooms.patch_details(named.id, {"externalId": "A-7"}, ORIGIN)
    await rooms.patch_details(named.id, {"externalId": "A-8"}, ORIGIN)
    crowded = await room_of(CROWD)
    group_of = {person: group_and_member(person)[0] for person in CROWD}
    emptied = {group_of[person] for person in CROWD[:4]}
    left = [person for person in CROWD if group_of[person] in emptied]
    await past.patch_roster(crowded.id, dict.fromkeys(left), ORIGIN)
    groups = dict(groups_of(crowded, CROWD))
    empty = {key for key in groups if int(key.split(":")[1]) in emptied}
    return (
        [row(some, person) for person in (ALICE, CAROL, raw_id(4))]
        + [row(deleted_lately, ALICE), row(named, keys.by_external_id("A-8"))]
        + [*(groups.keys() - empty)],
        [row(some, BOB), row(deleted, ALICE), row(named, keys.by_external_id("A-7")), *empty],
    )


@pytest.mark.usefixtures("one_partition")
async def test_upkeep_removes_rows_by_which_nobody_finds_a_room_and_no_others(
    direct: TableClient,
) -> None:
    kept, gone = await stale_table(direct)
    before = await rows_of(direct)
    assert sorted(invitees_of(before)) == sorted([*kept, *gone])
    report = await run(direct, now() + 2 * DAY)
    after = await rows_of(direct)
    assert sorted(invitees_of(after)) == sorted(kept)
    assert all(row == before[place] for place, row in after.items())
    assert report.removed["invitee rows"] == len(gone)
    await checked(direct, now() + 2 * DAY - RETENTION)


@pytest.mark.usefixtures("one_partition")
async def test_who_is_invited_between_the_look_of_upkeep_and_its_removal_finds_the_room(
    direct: TableClient,
) -> None:
    rooms = Rooms(Table(direct), now)
    long_ago = now() - RETENTION - 10 * DAY
    past = Rooms(Table(direct), lambda: long_ago)
    validity = RoomChange(long_ago, now() + 100 * DAY)
    room = (await past.create(validity, attendees([ALICE]), None, ORIGIN)).room
    await past.patch_roster(room.id, {ALICE: None}, ORIGIN)
    invited = 0

    async def invite(what: str, row: str) -> None:
        nonlocal invited
        if what == "delete" and row.startswith((".invitee:", ".invitees:")):
            invited += 1
            await rooms.patch_roster(room.id, {ALICE: "Attendee"}, ORIGIN)

    report = await upkeep_of(Watched(direct, invite), now() + 2 * DAY).run(20.0)
    assert (invited, report.removed["invitee rows"]) == (1, 0)
    assert await found(direct, ALICE) == [room.id]
    await checked(direct, now() + 2 * DAY - RETENTION)


@pytest.mark.usefixtures("one_partition")
async def test_upkeep_killed_at_any_request_leaves_who_is_invited_and_is_finished_by_the_next(
    direct: TableClient,
) -> None:
    kept, gone = await stale_table(direct)
    filled = list((await rows_of(direct)).values())
    for last in count(step=3 * KILLS_APART - 2):
        requests = 0

        async def kill(_what: str, _row: str, last: int = last) -> None:
            nonlocal requests
            requests += 1
            if requests > last:
                raise Killed

        for some in transactions_of(replace_row(dict(row)) for row in filled):
            await Table(direct).commit(some)
        try:
            await upkeep_of(Watched(direct, kill), now() + (2 + 2 * last) * DAY).run(20.0)
        except Killed:
            assert set(invitees_of(await rows_of(direct))) >= set(kept)
        await run(direct, now() + (3 + 2 * last) * DAY)
        assert sorted(invitees_of(await rows_of(direct))) == sorted(kept)
        if requests <= last:
            break
    assert last > len(gone)


@pytest.mark.usefixtures("one_partition")
async def test_of_two_upkeeps_at_once_each_row_is_removed_by_one(direct: TableClient) -> None:
    kept, gone = await stale_table(direct)
    reports = await asyncio.gather(
        *(upkeep_of(Table(direct), now() + 2 * DAY).run(20.0) for _ in range(3))
    )
    assert [(report.done, report.unavailable) for report in reports] == [(1, 0)] * 3
    assert sum(report.removed["invitee rows"] for report in reports) == len(gone)
    assert sorted(invitees_of(await rows_of(direct))) == sorted(kept)


@pytest.mark.usefixtures("one_partition")
async def test_a_broken_room_keeps_the_rows_of_its_invitees_and_does_not_end_upkeep(
    direct: TableClient, caplog: pytest.LogCaptureFixture
) -> None:
    _, gone = await stale_table(direct)
    broken = await create(Table(direct), [ALICE, BOB])
    await direct.update_entity(
        {"PartitionKey": "7", "RowKey": keys.room_row(broken.id), "validUntil": "soon"},
        mode="merge",
    )
    report = await run(direct, now() + 2 * DAY)
    assert report.removed["invitee rows"] == len(gone)
    assert sum(row.endswith(broken.id) for row in invitees_of(await rows_of(direct))) == 2
    assert f"upkeep: left the invitees of the room {broken.id}" in caplog.messages


@pytest.mark.usefixtures("one_partition")
async def test_upkeep_reads_a_room_once_for_rows_of_its_invitees_that_stand_together(
    direct: TableClient,
) -> None:
    room = await create(Table(direct), CROWD)
    reads = 0

    async def look(what: str, row: str) -> None:
        nonlocal reads
        reads += (what, row) == ("first", keys.details_row(room.id))

    await upkeep_of(Watched(direct, look), now() + 2 * DAY).run(20.0)
    of_the_room_itself = 2  # one of them for its row in the list
    assert reads == of_the_room_itself - (-GROUPS // INVITEES_AT_A_TIME)
