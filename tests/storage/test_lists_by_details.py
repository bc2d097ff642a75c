"""Lists of rooms by what the details say: schedules and names; and rows of an earlier version,
which do not have them."""

from typing import Any

from azure.data.tables import UpdateMode
from azure.data.tables.aio import TableClient

from rooms.domain.room import RoomChange
from rooms.domain.room_filter import RoomInList, RoomQuery
from rooms.domain.time import HOUR, format_time, now, parse_time
from rooms.storage import keys
from rooms.storage.first_pass import FirstPass
from rooms.storage.history import History
from rooms.storage.index_rows import where_of
from rooms.storage.lists import Lists
from rooms.storage.moves import Moves
from rooms.storage.rooms import Rooms
from rooms.storage.table import Table
from testkit.identifiers import raw_id
from testkit.past import checked, run
from testkit.storage import ORIGIN
from testkit.storage_proxy import StorageProxy

ALICE, BOB, CAROL = raw_id(1), raw_id(2), raw_id(3)
START = parse_time("2031-05-04T10:00:00Z")
SLOT = {"scheduledStart": format_time(START), "scheduledEnd": format_time(START + HOUR)}
OF_DETAILS = ("title", "scheduledStart", "scheduledEnd", "people", "namesIn", "names")


def lists_of(client: TableClient) -> Lists:
    """The lists, whose searches end when all is found."""
    return Lists(Table(client), History(Table(client)), monotonic=lambda: 0.0)


async def found(lists: Lists, wanted: RoomQuery) -> list[RoomInList]:
    listed, cursor = list[RoomInList](), None
    while True:
        page = await lists.some(wanted, cursor, now())
        listed, cursor = listed + page.items, page.cursor
        if cursor is None:
            return listed


async def ids(lists: Lists, wanted: RoomQuery) -> list[str]:
    return [each.room.id for each in await found(lists, wanted)]


async def make(rooms: Rooms, details: dict[str, Any]) -> str:
    room = (await rooms.create(RoomChange(), {ALICE: "Presenter"}, None, ORIGIN)).room
    await rooms.patch_details(room.id, details, ORIGIN)
    return room.id


async def as_before(client: TableClient) -> None:
    """Takes out of the list of rooms what an earlier version did not write."""
    async for row in client.query_entities(f"RowKey lt '{keys.INDEX_END}'"):
        if row["RowKey"].startswith(keys.INDEX_START):
            kept = {name: row[name] for name in row if name not in OF_DETAILS[1:]}
            await client.update_entity(kept, mode=UpdateMode.REPLACE)


async def prepare(*_: object) -> None:
    pass


async def test_the_list_has_what_the_room_its_roster_and_its_details_say_after_each_change(
    rooms: Rooms, client: TableClient
) -> None:
    room = (await rooms.create(RoomChange(), {ALICE: "Presenter"}, None, ORIGIN)).room
    lists, shown = lists_of(client), list[object]()

    async def look() -> None:
        of_person = await lists.of_participant(ALICE, RoomQuery(), None, now())
        assert await found(lists, RoomQuery()) == of_person.items
        shown.extend((each.title, each.scheduled, each.people) for each in of_person.items)

    await look()
    await rooms.patch_roster(room.id, {BOB: "Attendee", CAROL: "Attendee"}, ORIGIN)
    await look()
    await rooms.patch_details(room.id, {"title": "Tea", **SLOT}, ORIGIN)
    await look()
    await rooms.patch_roster(room.id, {BOB: None, CAROL: "Presenter"}, ORIGIN)
    await look()
    await rooms.update(room.id, RoomChange(pstn_dial_out_enabled=True), ORIGIN)
    await Moves(Table(client), now).move(room.id, "acs", ORIGIN, prepare)
    await look()
    await rooms.patch_details(room.id, dict.fromkeys(SLOT), ORIGIN)
    await look()
    slot = START, START + HOUR
    assert shown == [
        (None, None, 1),
        (None, None, 3),
        ("Tea", slot, 3),
        ("Tea", slot, 2),
        ("Tea", slot, 2),
        ("Tea", None, 2),
    ]
    await checked(client)


async def test_names_too_long_for_the_list_are_found_in_the_details(
    rooms: Rooms, client: TableClient
) -> None:
    many = {raw_id(n): {"name": f"{n:04} {'x' * 250}"} for n in range(10, 60)}
    long = await make(rooms, {"participants": many})
    short = await make(rooms, {"participants": {ALICE: {"name": "Alice 0059"}}})
    await make(rooms, {"participants": {ALICE: {"externalId": "0059"}}})
    lists = lists_of(client)
    assert await ids(lists, RoomQuery(name="0059")) == [short, long]
    assert await ids(lists, RoomQuery(name="0058 X")) == [long]
    await rooms.patch_details(long, {"participants": {raw_id(58): None}}, ORIGIN)
    assert await ids(lists, RoomQuery(name="0058 X")) == []
    await checked(client)


async def test_rows_of_an_earlier_version_are_listed_as_all_others(
    rooms: Rooms, client: TableClient, proxy: StorageProxy
) -> None:
    """By what is read of their rooms, until upkeep has been there."""
    named = {"participants": {ALICE: {"name": "Alice"}}}
    expected = [await make(rooms, {"title": f"{n}", **SLOT, **named}) for n in range(3)][::-1]
    await make(rooms, {"title": "unscheduled"})
    whole = await found(lists_of(client), RoomQuery())
    await as_before(client)
    await rooms.patch_roster(expected[0], {BOB: "Attendee", ALICE: None}, ORIGIN)
    chosen = [
        RoomQuery(scheduled_from=START),
        RoomQuery(scheduled_until=START + 1),
        RoomQuery(name="ALICE"),
        RoomQuery(scheduled_from=START, name="alice"),
    ]
    none = [RoomQuery(scheduled_from=START + 1), RoomQuery(scheduled_until=START)]
    for _ in range(2):
        lists = lists_of(client)
        assert await found(lists, RoomQuery()) == whole
        assert [await ids(lists, wanted) for wanted in chosen] == [expected] * len(chosen)
        assert [await ids(lists, wanted) for wanted in none] == [[], []]
        await run(client, now() + 1)
    await checked(client)
    for wanted in (RoomQuery(title="1"), RoomQuery(title="1", name="alice")):
        proxy.forget()
        assert await ids(lists, wanted) == [expected[1]]
        assert len(proxy.seen) == 70


def test_the_storage_chooses_by_schedule_and_name_where_no_row_lacks_them() -> None:
    wanted = RoomQuery(scheduled_from=START, scheduled_until=START + HOUR, name="a").at(START)
    assert where_of(wanted, all_are_whole=False) == ""
    assert where_of(wanted, all_are_whole=True) == (
        "scheduledStart ge '2031-05-04T10:00:00.0000000Z'"
        " and scheduledStart lt '2031-05-04T11:00:00.0000000Z'"
        " and (names gt '' or namesIn eq 'details')"
    )


async def test_whether_the_first_pass_is_over_is_asked_once_a_minute_until_it_is(
    client: TableClient, proxy: StorageProxy
) -> None:
    moment = 0.0
    first_pass, requests = FirstPass(Table(client), lambda: moment), list[int]()

    async def is_over() -> bool:
        proxy.forget()
        answer = await first_pass.is_over()
        requests.append(len(proxy.seen))
        return answer

    assert [await is_over(), await is_over()] == [False, False]
    await run(client)
    assert not await is_over()
    moment = 60.0
    assert [await is_over(), await is_over()] == [True, True]
    moment = 600.0
    assert await is_over()
    assert requests == [10, 0, 0, 10, 0, 0]
