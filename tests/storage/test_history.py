from dataclasses import replace
from itertools import count

import pytest
from azure.data.tables import UpdateMode
from azure.data.tables.aio import TableClient

from rooms.domain.errors import RoomNotFound
from rooms.domain.events import CallEvent
from rooms.domain.limits import Limits
from rooms.domain.log import LogRecord
from rooms.domain.room import JOIN_POLICIES, RoomChange
from rooms.domain.roster import Invited, Role, Roster
from rooms.domain.time import DAY, HOUR, SECOND, Ticks, format_time, now, parse_time
from rooms.domain.time_window import Deletion
from rooms.storage import keys
from rooms.storage.accesses import Accesses
from rooms.storage.calls import Calls
from rooms.storage.errors import TooManyChanges
from rooms.storage.feed import BEGINNING, Feed
from rooms.storage.history import History, RoomSnapshot
from rooms.storage.rooms import Rooms
from rooms.storage.table import Table
from testkit.identifiers import raw_id
from testkit.storage import ORIGIN, Clock
from testkit.storage_proxy import StorageProxy

ALICE, BOB = raw_id(1), raw_id(2)
START = parse_time("2026-05-04T10:00:00Z")
EVER = (0, START + 1_000 * DAY)


@pytest.fixture
def clock() -> Clock:
    return Clock(START)


@pytest.fixture
def rooms(client: TableClient, clock: Clock) -> Rooms:
    return Rooms(Table(client), clock)


@pytest.fixture
def history(client: TableClient) -> History:
    return History(Table(client))


@pytest.fixture
def calls(client: TableClient) -> Calls:
    return Calls(Table(client), now)


def event(second: int) -> CallEvent:
    return CallEvent(
        "ParticipantAdded", str(second), "a call", START + second * SECOND, raw_id=ALICE
    )


async def test_of_a_room_that_nobody_made_nothing_is_known(history: History) -> None:
    assert await history.snapshot("99400000000000000") == RoomSnapshot(None, False, {}, {})
    with pytest.raises(RoomNotFound):
        await history.check("99400000000000000")


async def known(history: History, room_id: str) -> RoomSnapshot:
    """What is known of the room, but for its version."""
    return replace(await history.snapshot(room_id), version=None)


async def test_what_is_known_of_a_room(
    client: TableClient, rooms: Rooms, history: History, clock: Clock, proxy: StorageProxy
) -> None:
    room = (await rooms.create(RoomChange(), {ALICE: "Presenter"}, None, ORIGIN)).room
    assert await known(history, room.id) == RoomSnapshot(room, False, {}, {ALICE: "Presenter"})
    for number in range(3):
        await rooms.patch_roster(room.id, {raw_id(10 + number): "Attendee"}, ORIGIN)
    await rooms.patch_roster(
        room.id, {raw_id(10): None, raw_id(11): None, raw_id(12): None}, ORIGIN
    )
    assert await known(history, room.id) == RoomSnapshot(room, False, {}, {ALICE: "Presenter"})
    await Rooms(Table(client), clock).patch_details(room.id, {"title": "a"}, ORIGIN)
    assert await known(history, room.id) == RoomSnapshot(
        room, False, {"title": "a"}, {ALICE: "Presenter"}
    )
    clock.now += HOUR
    await rooms.delete(room.id, ORIGIN)
    proxy.forget()
    assert await known(history, room.id) == RoomSnapshot(
        room, True, {"title": "a"}, {ALICE: "Presenter"}, clock.now, ORIGIN.actor
    )
    assert len(proxy.seen) == 1
    await history.check(room.id)


async def test_calls_should_be_over_when_the_room_says(
    rooms: Rooms, history: History, clock: Clock
) -> None:
    assert (await history.snapshot("99400000000000000")).planned_end is None
    room = (await rooms.create(RoomChange(), {}, None, ORIGIN)).room
    assert (await history.snapshot(room.id)).planned_end == room.valid_until
    times = {"scheduledStart": format_time(START), "scheduledEnd": format_time(START + 2 * HOUR)}
    await rooms.patch_details(room.id, times, ORIGIN)
    assert (await history.snapshot(room.id)).planned_end == START + 2 * HOUR
    clock.now += HOUR
    await rooms.delete(room.id, ORIGIN)
    assert (await history.snapshot(room.id)).planned_end == clock.now


async def test_of_a_room_deleted_by_an_older_release_it_is_not_known_who_did_it(
    client: TableClient, rooms: Rooms, history: History, clock: Clock
) -> None:
    room = (await rooms.create(RoomChange(), {}, None, ORIGIN)).room
    clock.now += HOUR
    await rooms.delete(room.id, ORIGIN)
    row = await client.get_entity(keys.home_partition(room.id), keys.room_row(room.id))
    del row["deletedBy"]
    await client.update_entity(row, mode=UpdateMode.REPLACE)
    assert (await history.snapshot(room.id)).deletion == Deletion(START + HOUR, None)


async def test_rooms_whose_ids_begin_alike_are_told_apart(history: History, calls: Calls) -> None:
    for room_id in ("a", "a-", "a-b", "a_b", "ab", "A"):
        await calls.record(room_id, event(0), "{}")
    for room_id in ("a", "a-", "a-b", "a_b", "ab", "A"):
        page = await history.log(room_id, *EVER, None, None, None)
        assert len(page.items) == 1
    for room_id in ("a-a", "b", "a_"):
        with pytest.raises(RoomNotFound):
            await history.check(room_id)


async def test_a_room_of_which_only_events_are_known(history: History, calls: Calls) -> None:
    await calls.record("a", event(0), "{}")
    assert await history.snapshot("a") == RoomSnapshot(None, False, {}, {})
    await history.check("a")


# Rosters.


async def rosters_of_hours(rooms: Rooms, clock: Clock) -> tuple[str, list[Roster]]:
    """A room whose roster changed each hour, and its rosters."""
    room = (await rooms.create(RoomChange(), {raw_id(0): "Attendee"}, None, ORIGIN)).room
    rosters: list[Roster] = [{raw_id(0): "Attendee"}]
    for number in range(1, 4):
        clock.now += HOUR
        await rooms.patch_roster(
            room.id, {raw_id(number): "Attendee", raw_id(number - 1): None}, ORIGIN
        )
        rosters.append({raw_id(number): "Attendee"})
    return room.id, rosters


TIMES: list[tuple[Ticks, Ticks, list[int]]] = [
    (-HOUR, -1, [0]),
    (-HOUR, 0, [0]),
    (0, 0, [0]),
    (0, 1, [0]),
    (HOUR - 1, HOUR - 1, [0]),
    (HOUR - 1, HOUR, [0]),
    (HOUR - 1, HOUR + 1, [0, 1]),
    (HOUR, HOUR, [1]),
    (HOUR, 2 * HOUR, [1]),
    (1, 3 * HOUR, [0, 1, 2]),
    (1, 3 * HOUR + 1, [0, 1, 2, 3]),
    (5 * HOUR, 6 * HOUR, [3]),
    (-DAY, DAY, [0, 1, 2, 3]),
]


async def test_invited_is_who_was_on_the_roster_at_some_moment(
    rooms: Rooms, history: History, clock: Clock, proxy: StorageProxy
) -> None:
    room_id, rosters = await rosters_of_hours(rooms, clock)
    room = await rooms.get(room_id)
    for first, last, hours in TIMES:
        proxy.forget()
        found = await history.invited(room, START + first, START + last)
        assert list(found.roster) == [user for hour in hours for user in rosters[hour]], (
            first,
            last,
        )
        assert len(proxy.seen) == 1


async def test_who_is_not_on_the_roster_at_the_end_was_removed(
    rooms: Rooms, history: History, clock: Clock
) -> None:
    room_id, _ = await rosters_of_hours(rooms, clock)
    room = await rooms.get(room_id)
    for first, last, hours in TIMES:
        found = await history.invited(room, START + first, START + last)
        assert found.removed == {raw_id(hour): START + (hour + 1) * HOUR for hour in hours[:-1]}, (
            first,
            last,
        )


async def test_who_was_removed_and_invited_again_was_not_removed(
    rooms: Rooms, history: History, clock: Clock
) -> None:
    room = (await rooms.create(RoomChange(), {ALICE: "Attendee"}, None, ORIGIN)).room
    roles: tuple[Role | None, ...] = (None, "Consumer", None, "Presenter")
    for role in roles:
        clock.now += HOUR
        await rooms.patch_roster(room.id, {ALICE: role}, ORIGIN)

    async def removed(hours: int) -> dict[str, Ticks]:
        return dict((await history.invited(room, START, START + hours * HOUR + 1)).removed)

    assert [await removed(hours) for hours in range(5)] == [
        {},
        {ALICE: START + HOUR},
        {},
        {ALICE: START + 3 * HOUR},
        {},
    ]


async def test_the_role_of_those_invited_is_their_last(
    rooms: Rooms, history: History, clock: Clock
) -> None:
    room = (
        await rooms.create(RoomChange(), {ALICE: "Attendee", BOB: "Attendee"}, None, ORIGIN)
    ).room
    clock.now += HOUR
    await rooms.patch_roster(room.id, {ALICE: "Presenter"}, ORIGIN)
    clock.now += HOUR
    await rooms.patch_roster(room.id, {ALICE: "Consumer"}, ORIGIN)
    roles = {ALICE: "Presenter", BOB: "Attendee"}
    assert (await history.invited(room, START, START + HOUR + 1)).roster == roles
    roles = {ALICE: "Attendee", BOB: "Attendee"}
    assert (await history.invited(room, START, START + HOUR)).roster == roles


async def test_a_room_was_open_if_it_was_so_at_some_moment(
    rooms: Rooms, history: History, clock: Clock, proxy: StorageProxy
) -> None:
    created = (await rooms.create(RoomChange(), {ALICE: "Attendee"}, None, ORIGIN)).room
    for policy in JOIN_POLICIES[::-1]:  # open from one hour until just before two
        clock.now += HOUR
        await rooms.update(created.id, RoomChange(join_policy=policy), ORIGIN)
    room = await rooms.get(created.id)
    for first, last, was_open in [
        (-HOUR, HOUR, False),
        (0, 0, False),
        (0, HOUR + 1, True),
        (HOUR - 1, HOUR - 1, False),
        (HOUR, HOUR, True),
        (2 * HOUR - 1, 5 * HOUR, True),
        (2 * HOUR, 2 * HOUR, False),
        (2 * HOUR, 5 * HOUR, False),
        (-DAY, DAY, True),
    ]:
        proxy.forget()
        found = await history.invited(room, START + first, START + last)
        assert found == Invited({ALICE: "Attendee"}, was_open), (first, last)
        assert len(proxy.seen) == 1


async def test_a_room_that_was_made_open_was_so_before_too(
    rooms: Rooms, history: History, clock: Clock
) -> None:
    wanted = RoomChange(join_policy="CommunicationServiceUsers")
    room = (await rooms.create(wanted, {}, None, ORIGIN)).room
    assert (await history.invited(room, START - DAY, START)).open


async def test_more_changes_of_a_roster_than_one_answer_is_made_of(
    client: TableClient, rooms: Rooms, clock: Clock
) -> None:
    room_id, rosters = await rosters_of_hours(rooms, clock)
    room = await rooms.get(room_id)
    enough = History(Table(client), Limits(roster_versions=4))
    assert len((await enough.invited(room, *EVER)).roster) == len(rosters) == 4
    with pytest.raises(TooManyChanges):
        await History(Table(client), Limits(roster_versions=3)).invited(room, *EVER)


# The log.


async def test_pages_of_the_log(client: TableClient, calls: Calls, proxy: StorageProxy) -> None:
    history = History(Table(client), Limits(log_page=5))
    for second in range(10):
        await calls.record("a", event(second), "{}")
    cursor, seconds, sizes = None, list[int](), list[int]()
    proxy.forget()
    while not sizes or cursor is not None:
        page = await history.log("a", *EVER, cursor, None, None)
        seconds += [int(record.request_id) for record in page.items]
        sizes.append(len(page.items))
        cursor = page.cursor
    assert seconds == list(reversed(range(10)))
    assert sizes == [5, 5, 0]
    assert len(proxy.seen) == 3


async def test_records_of_a_time_a_kind_and_an_actor(
    history: History, calls: Calls, rooms: Rooms, clock: Clock
) -> None:
    clock.now = START + 5 * SECOND
    room = (await rooms.create(RoomChange(), {}, None, ORIGIN)).room
    for second in range(10):
        await calls.record(room.id, event(second), "{}")

    async def log(
        first: int, last: int, kind: str | None = None, actor: str | None = None
    ) -> list[str]:
        found = await history.log(
            room.id, START + first * SECOND, START + last * SECOND, None, kind, actor
        )
        return [record.request_id for record in found.items]

    assert await log(2, 5) == ["4", "3", "2"]
    assert set(await log(5, 6)) == {"5", ORIGIN.request_id}
    assert await log(0, 10, kind="RoomCreated") == [ORIGIN.request_id]
    assert await log(0, 10, actor=ORIGIN.actor) == [ORIGIN.request_id]
    assert await log(0, 10, kind="ParticipantAdded", actor=ORIGIN.actor) == []
    assert len(await log(0, 10, kind="ParticipantAdded")) == 10


async def test_who_looked_is_in_the_log_only_if_it_is_asked_for(
    client: TableClient, rooms: Rooms, history: History, clock: Clock
) -> None:
    room = (await rooms.create(RoomChange(), {}, None, ORIGIN)).room
    accesses = Accesses(Table(client), clock)
    for _ in range(3):
        clock.now += SECOND
        await accesses.record(room.id, {"what": "presence", "query": {}}, ORIGIN)
    clock.now += SECOND  # arrivals of the same tick are in no order
    await rooms.patch_details(room.id, {"title": "a"}, ORIGIN)
    all_kinds = await history.log(room.id, *EVER, None, None, None)
    assert [record.kind for record in all_kinds.items] == ["DetailsUpdated", "RoomCreated"]
    looked = await History(Table(client), Limits(log_page=2)).log(
        room.id, *EVER, None, "Accessed", None
    )
    assert [record.at - START for record in looked.items] == [3 * SECOND, 2 * SECOND]
    rest = await history.log(room.id, *EVER, looked.cursor, "Accessed", None)
    assert [record.detail for record in rest.items] == [{"what": "presence", "query": {}}]
    feed = Feed(Table(client), clock, monotonic=count().__next__)
    arrived = (await feed.page(room.id, BEGINNING)).items
    assert [each.record.kind for each in arrived] == [
        "RoomCreated",
        *["Accessed"] * 3,
        "DetailsUpdated",
    ]


async def test_a_row_to_go_on_behind_shows_nothing_outside_of_the_time(
    client: TableClient, calls: Calls
) -> None:
    history = History(Table(client), Limits(log_page=5))
    for second in range(10):
        await calls.record("a", event(second), "{}")
    first = await history.log("a", *EVER, None, None, None)
    rest = await history.log("a", START, START + 3 * SECOND, first.cursor, None, None)
    assert [record.request_id for record in rest.items] == ["2", "1", "0"]


async def test_a_page_of_the_log_ends_with_large_records(
    client: TableClient, history: History, rooms: Rooms, clock: Clock
) -> None:
    room = (await rooms.create(RoomChange(), {}, None, ORIGIN)).room
    for _ in range(4):
        clock.now += SECOND
        await rooms.patch_roster(room.id, {raw_id(): "Attendee" for _ in range(40)}, ORIGIN)
    whole = await history.log(room.id, *EVER, None, None, None)
    assert whole.cursor is None
    short_pages = History(Table(client), Limits(log_page_bytes=1_500))
    listed, sizes, cursor = list[LogRecord](), list[int](), None
    while not sizes or cursor is not None:
        page = await short_pages.log(room.id, *EVER, cursor, None, None)
        listed += page.items
        sizes.append(len(page.items))
        cursor = page.cursor
    assert listed == whole.items
    assert 1 < len(sizes) < len(whole.items)
