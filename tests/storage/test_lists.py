import asyncio
import os
from collections.abc import Awaitable, Callable
from itertools import count
from random import Random
from typing import Any

import pytest
from azure.data.tables.aio import TableClient

from rooms.domain.limits import LIMITS, Limits
from rooms.domain.room import ROOM_STATES, Room, RoomChange
from rooms.domain.room_filter import RoomInList, RoomQuery
from rooms.domain.roster import Roster
from rooms.domain.time import DAY, HOUR, Ticks, now, parse_time
from rooms.storage import keys
from rooms.storage.cursors import Page
from rooms.storage.entities import details_entity
from rooms.storage.errors import StorageUnavailable
from rooms.storage.history import History
from rooms.storage.index_rows import whole_index_entity
from rooms.storage.lists import Lists
from rooms.storage.operations import replace
from rooms.storage.rooms import Rooms
from rooms.storage.table import Table
from testkit.identifiers import raw_id
from testkit.partitions import all_at_home
from testkit.past import Collected, checked
from testkit.storage import ORIGIN, Clock
from testkit.storage_proxy import Fault, StorageProxy
from tests.effort import THOROUGH

AT = parse_time("2026-11-21T10:00:00Z")
ALICE, BOB = raw_id(1), raw_id(2)

OTHER_ROOMS = int(os.environ.get("OTHER_ROOMS", "150"))
ROOMS_OF_ONE = min(500, OTHER_ROOMS)


async def made_now(client: TableClient, count: int) -> list[Room]:
    """Rooms that are made one after the other, with few requests."""
    table = Collected(client)
    rooms = Rooms(table, now)
    made = [(await rooms.create(RoomChange(), {}, None, ORIGIN)).room for _ in range(count)]
    await table.flush()
    return made


async def test_the_partitions_of_a_list_are_asked_in_parallel(
    rooms: Rooms, lists: Lists, proxy: StorageProxy
) -> None:
    room = (await rooms.create(RoomChange(), {}, None, ORIGIN)).room
    proxy.forget()
    proxy.together = 10  # the proxy answers none before all ten have come
    assert await lists.all(None) == Page([room], None)


async def test_a_list_is_newest_first_and_whole_over_its_pages(
    client: TableClient, lists: Lists
) -> None:
    created = await made_now(client, 2 * LIMITS.rooms_page + 5)
    listed, cursor, pages = list[Room](), None, 0
    while pages == 0 or cursor is not None:
        page = await lists.all(cursor)
        listed, cursor, pages = listed + page.items, page.cursor, pages + 1
        assert len(page.items) <= LIMITS.rooms_page
    assert listed == created[::-1]
    assert pages >= 3


async def test_a_room_made_between_two_pages_neither_repeats_nor_hides_another(
    client: TableClient, rooms: Rooms, lists: Lists
) -> None:
    created = await made_now(client, LIMITS.rooms_page + 5)
    first = await lists.all(None)
    await rooms.create(RoomChange(), {}, None, ORIGIN)
    second = await lists.all(first.cursor)
    assert first.items + second.items == created[::-1]


async def test_a_list_of_a_crowded_partition_is_whole_and_in_order(
    rooms: Rooms, lists: Lists, crowded_partition: None
) -> None:
    created = [(await rooms.create(RoomChange(), {}, None, ORIGIN)).room for _ in range(25)]
    assert {room.id[-1] for room in created} == {"7"}
    page = await lists.all(None)
    listed = page.items
    assert len(listed) < 25
    while page.cursor is not None:
        page = await lists.all(page.cursor)
        assert page.items or page.cursor is None
        listed += page.items
    assert listed == created[::-1]


@pytest.mark.parametrize("read_timeout", [0.5])
async def test_a_list_that_fails_leaves_no_query_behind(
    rooms: Rooms, lists: Lists, proxy: StorageProxy
) -> None:
    await rooms.create(RoomChange(), {}, None, ORIGIN)
    before = asyncio.all_tasks()
    proxy.choose = lambda number, _: Fault.REFUSED if number % 2 else Fault.DELAYED
    with pytest.raises(StorageUnavailable):
        await lists.all(None)
    await asyncio.sleep(0)  # a cancelled task ends with the next turn of the loop
    assert asyncio.all_tasks() == before


# Some rooms.


class Made:
    """Rooms that are made at chosen times, with few requests."""

    def __init__(self, client: TableClient) -> None:
        self._table = Collected(client)

    async def room(
        self, created: Ticks, valid_from: Ticks, valid_until: Ticks, roster: Roster | None = None
    ) -> Room:
        rooms = Rooms(self._table, Clock(created))
        return (
            await rooms.create(RoomChange(valid_from, valid_until), roster or {}, None, ORIGIN)
        ).room

    async def title(self, room: Room, title: str, people: int = 0) -> RoomInList:
        """The room with that title, which is in no log."""
        details = {"title": title}
        rows = whole_index_entity(room, people, details), details_entity(room.id, details)
        await self._table.commit(all_at_home(map(replace, rows)))
        return RoomInList(room, title, people=people)

    async def flush(self) -> None:
        await self._table.flush()


def still() -> float:
    """A clock on which no time passes."""
    return 0.0


def hasty() -> Callable[[], float]:
    """A clock on which a minute passes whenever somebody looks."""
    minutes = count()
    return lambda: 60.0 * next(minutes)


def lists_of(
    client: TableClient, limits: Limits = LIMITS, monotonic: Callable[[], float] = still
) -> Lists:
    return Lists(Table(client), History(Table(client)), limits, monotonic)


def newest_first(rooms: list[Room]) -> list[Room]:
    return sorted(rooms, key=lambda room: keys.index_row(room.id, room.created_at))


async def listed_pages(
    client: TableClient, wanted: RoomQuery, at: Ticks = AT, lists: Lists | None = None
) -> list[list[RoomInList]]:
    lists, cursor, pages = lists or lists_of(client), None, list[list[RoomInList]]()
    while not pages or cursor is not None:
        page = await lists.some(wanted, cursor, at)
        cursor = page.cursor
        pages.append(page.items)
        assert len(page.items) <= LIMITS.rooms_page
    return pages


async def pages_of_some(client: TableClient, wanted: RoomQuery, at: Ticks = AT) -> list[list[Room]]:
    return [[each.room for each in page] for page in await listed_pages(client, wanted, at)]


async def some(client: TableClient, wanted: RoomQuery, at: Ticks = AT) -> list[Room]:
    """The rooms on all pages."""
    return [room for page in await pages_of_some(client, wanted, at) for room in page]


async def rooms_of_the_years(client: TableClient, number: int) -> list[Room]:
    """Rooms, the newest first, that were made just now, and yesterday, and so on until years ago:
    some at the same time, some at the border of a step of the search."""
    random, made, rooms = Random(number), Made(client), []
    steps = [AT - DAY * days + tick for days in (0, 1, 5, 21, 85) for tick in (-1, 0, 1)]
    for n in range(number):
        created = (
            steps[n]
            if n < len(steps)
            else AT - random.randrange(int(DAY * 10 ** random.uniform(-3, 3.3)))
        )
        rooms.append(await made.room(created, created, AT + random.choice((-DAY, DAY))))
        if n % 10 == 0:
            rooms.append(await made.room(created, created, AT + DAY))
    await made.flush()
    return newest_first(rooms)


async def test_the_storage_chooses_the_rooms_that_fit_newest_first(
    direct: TableClient, one_partition: None
) -> None:
    random, made, rooms = Random(1), Made(direct), []
    times = [AT + near for near in range(-2, 3)]
    for n, (valid_from, valid_until) in enumerate((a, b) for a in times for b in times if a <= b):
        for days in (n, 300 * n % 1000):
            rooms.append(await made.room(AT - DAY * days, valid_from, valid_until))
    await made.flush()
    ends = [None, *times, 0, AT - DAY, AT + DAY]
    for _ in range(40 if THOROUGH else 15):
        state, start, end = (
            random.choice([None, *ROOM_STATES]),
            random.choice(ends),
            random.choice(ends),
        )
        wanted, at = RoomQuery(state, start, end), random.choice(times)
        assert await some(direct, wanted, at) == newest_first(
            [room for room in rooms if wanted.at(at).fits(RoomInList(room, None))]
        )


async def test_pages_of_some_rooms_are_whole_and_in_order(direct: TableClient) -> None:
    rooms = [room for room in await rooms_of_the_years(direct, 120) if room.valid_until > AT]
    pages = await pages_of_some(direct, RoomQuery("open"))
    assert [room for page in pages for room in page] == [
        room for room in rooms if room.valid_from <= AT
    ]
    assert len(pages) > 2


async def test_pages_of_a_search_without_time_end_after_a_step_and_are_whole_all_the_same(
    direct: TableClient,
) -> None:
    rooms = await rooms_of_the_years(direct, 50)
    wanted = RoomQuery("expired")
    pages = await listed_pages(direct, wanted, lists=lists_of(direct, monotonic=hasty()))
    assert [each.room for page in pages for each in page] == [
        room for room in rooms if wanted.at(AT).fits(RoomInList(room, None))
    ]
    assert [] in pages[:-1]
    assert len(pages) < 40


async def test_pages_of_some_rooms_of_a_crowded_partition_are_whole_and_in_order(
    direct: TableClient, one_partition: None
) -> None:
    rooms = [room for room in await rooms_of_the_years(direct, 60) if room.valid_until > AT]
    pages = await pages_of_some(direct, RoomQuery(start=AT))
    assert [room for page in pages for room in page] == rooms
    assert len(pages[0]) == LIMITS.rooms_page


async def test_a_room_made_between_two_pages_of_some_neither_shows_nor_hides_another(
    direct: TableClient,
) -> None:
    made, lists = Made(direct), lists_of(direct)
    rooms = newest_first(
        [await made.room(AT - n, AT, AT + DAY) for n in range(LIMITS.rooms_page + 5)]
    )
    await made.flush()
    page = await lists.some(RoomQuery(start=0), None, AT)
    listed = page.items
    await made.room(AT + 1, AT, AT + DAY)
    await made.flush()
    while page.cursor is not None:
        page = await lists.some(RoomQuery(start=0), page.cursor, AT)
        listed += page.items
    assert [each.room for each in listed] == rooms


async def test_a_list_of_some_follows_the_changes_of_rooms(
    rooms: Rooms, client: TableClient
) -> None:
    moment = now()
    room, gone = [(await rooms.create(RoomChange(), {}, None, ORIGIN)).room for _ in range(2)]
    await rooms.delete(gone.id, ORIGIN)
    later = await rooms.update(room.id, RoomChange(moment + DAY, moment + 2 * DAY), ORIGIN)
    shown = [await some(client, RoomQuery(state), now()) for state in ROOM_STATES]
    assert dict(zip(ROOM_STATES, shown, strict=True)) == {
        "open": [],
        "upcoming": [later],
        "expired": [],
    }


async def test_a_page_of_some_rooms_asks_each_partition_as_often_as_it_has_to_go_back(
    client: TableClient, proxy: StorageProxy
) -> None:
    made = Made(client)
    for n in range(LIMITS.rooms_page + 10):
        await made.room(AT - n, AT, AT + DAY)
    await made.flush()
    lists, requests = lists_of(client), []
    for wanted in (
        RoomQuery(start=AT),
        RoomQuery("upcoming"),
        RoomQuery(),
        RoomQuery(title="a"),
    ):
        proxy.forget()
        await lists.some(wanted, None, AT)
        requests.append(len(proxy.seen))
    assert requests == [10, 70, 10, 70], (
        "rooms of today; none at all, back to the year 2020; and the same of all, and of a title"
    )


@pytest.mark.parametrize("read_timeout", [0.5])
async def test_a_list_of_some_that_fails_leaves_no_query_behind(
    rooms: Rooms, lists: Lists, proxy: StorageProxy
) -> None:
    await rooms.create(RoomChange(), {ALICE: "Presenter"}, None, ORIGIN)
    before = asyncio.all_tasks()
    asked: list[Callable[[], Awaitable[Page[RoomInList]]]] = [
        lambda: lists.some(RoomQuery(title="a"), None, now()),
        lambda: lists.some(RoomQuery(), None, now()),
        lambda: lists.of_participant(ALICE, RoomQuery(), None, now()),
    ]
    for ask in asked:
        proxy.forget()
        proxy.choose = lambda number, _: Fault.REFUSED if number % 2 else Fault.DELAYED
        with pytest.raises(StorageUnavailable):
            await ask()
        # A cancelled task ends with the next turn of the loop, what it began with the one after.
        for _ in range(3):
            await asyncio.sleep(0)
        assert asyncio.all_tasks() == before


# Titles.


async def test_the_list_has_the_title_that_the_details_have(
    rooms: Rooms, client: TableClient
) -> None:
    shown = []
    room = (await rooms.create(RoomChange(), {ALICE: "Presenter"}, None, ORIGIN)).room

    async def look() -> None:
        of_person = await lists_of(client).of_participant(ALICE, RoomQuery(), None, now())
        everything = [
            each for page in await listed_pages(client, RoomQuery(), now()) for each in page
        ]
        assert everything == of_person.items
        shown.append([each.title for each in everything])

    await look()
    patches: list[dict[str, Any]] = [
        {"title": "Tea"},
        {"externalId": "1"},
        {"title": "Cake"},
        {"title": None},
        {"title": TITLE},
    ]
    for patch in patches:
        await rooms.patch_details(room.id, patch, ORIGIN)
        await look()
    await rooms.update(room.id, RoomChange(pstn_dial_out_enabled=True), ORIGIN)
    await look()
    await rooms.delete(room.id, ORIGIN)
    await look()
    assert shown == [[None], ["Tea"], ["Tea"], ["Cake"], [None], [TITLE], [TITLE], []]
    await checked(client)


TITLE = (
    "\x00\x1f\x7f\r\n--batch\r\n\r\nGET /x HTTP/1.1 '\"\\%00 \ufffe\uffff\u202e"
    + "\U0001f600" * 200
)
"""What no storage may stumble over."""


@pytest.mark.parametrize("title", ["\x00", " ", "\u200b", "\U0001f600", TITLE], ids=ascii)
async def test_a_title_of_any_characters_is_found(
    rooms: Rooms, client: TableClient, title: str
) -> None:
    room = (await rooms.create(RoomChange(), {}, None, ORIGIN)).room
    await Rooms(Table(client), now).patch_details(room.id, {"title": title}, ORIGIN)
    assert await some(client, RoomQuery(title=title), now()) == [room]


async def titled_rooms(client: TableClient, number: int) -> list[RoomInList]:
    """Rooms of the years, the newest first: of those with a title few are called Tea."""
    random, made = Random(number), Made(client)
    listed = [
        await made.title(room, random.choice(("Tea", "coffee", "Cocoa", "water", "wine", "beer")))
        if random.random() < 0.7
        else RoomInList(room, None)
        for room in await rooms_of_the_years(client, number)
    ]
    await made.flush()
    return listed


@pytest.mark.thorough
@pytest.mark.parametrize(("most", "is_hasty"), [(1, False), (3, True), (500, False)])
async def test_pages_of_titles_are_whole_and_in_order_wherever_requests_end(
    direct: TableClient, most: int, is_hasty: bool
) -> None:
    lists = lists_of(direct, Limits(rooms_rows=1, search_rows=most), hasty() if is_hasty else still)
    listed = await titled_rooms(direct, 60)
    for wanted in (
        RoomQuery(title="TEA"),
        RoomQuery(title="e"),
        RoomQuery("open", title="co"),
    ):
        pages = await listed_pages(direct, wanted, lists=lists)
        assert [each for page in pages for each in page] == [
            each for each in listed if wanted.at(AT).fits(each)
        ]


async def test_a_search_for_a_title_reads_only_rooms_that_have_one(
    client: TableClient, proxy: StorageProxy, crowded_partition: None
) -> None:
    made = Made(client)
    rooms = [await made.room(AT - n, AT, AT + DAY) for n in range(100)]
    wanted = await made.title(rooms[-1], "Tea")
    await made.flush()
    proxy.forget()
    assert await lists_of(client).some(RoomQuery(title="tea"), None, AT) == Page([wanted], None)
    assert len(proxy.seen) == 70, "ten for each round back to the year 2020"


async def test_a_search_goes_on_with_more_and_more_rows(
    client: TableClient, proxy: StorageProxy, crowded_partition: None
) -> None:
    made = Made(client)
    for n in range(230):
        await made.title(await made.room(AT - n, AT, AT + DAY), f"Lesson {n}")
    await made.flush()
    proxy.forget()
    page = await lists_of(client).some(RoomQuery(title="lesson 9"), None, AT)
    assert ([each.title for each in page.items], page.cursor) == (
        ["Lesson 9", *(f"Lesson {n}" for n in range(90, 100))],
        None,
    )
    assert len(proxy.seen) == 10 * (4 + 6), (
        "10, 40, 160 and 20 rows of a day, and six times none of before"
    )


async def test_rooms_of_a_person_are_chosen_by_title(direct: TableClient) -> None:
    made = Made(direct)
    rooms = [await made.room(AT - n, AT, AT + DAY, {ALICE: "Presenter"}) for n in range(5)]
    tea = [await made.title(room, f"Tea {n}", 1) for n, room in enumerate(rooms[:2])]
    await made.title(rooms[2], "Coffee")
    await made.flush()
    wanted = RoomQuery(title="TEA")
    assert await lists_of(direct).of_participant(ALICE, wanted, None, AT) == Page(tea, None)


async def test_a_deleted_room_is_in_no_list_whatever_it_was_called(
    rooms: Rooms, client: TableClient
) -> None:
    room = (await rooms.create(RoomChange(), {ALICE: "Presenter"}, None, ORIGIN)).room
    await Rooms(Table(client), now).patch_details(room.id, {"title": "Tea"}, ORIGIN)
    await rooms.delete(room.id, ORIGIN)
    for wanted in (RoomQuery(), RoomQuery(title="tea")):
        assert await some(client, wanted, now()) == []
        assert await rooms_of(client, ALICE, wanted) == ([], 1)


# The rooms of a person.


async def rooms_of(
    client: TableClient,
    person: str,
    wanted: RoomQuery,
    at: Ticks = AT,
    monotonic: Callable[[], float] = still,
) -> tuple[list[Room], int]:
    """The rooms on all pages, and how many pages there are."""
    lists, cursor = lists_of(client, monotonic=monotonic), None
    rooms, pages = list[Room](), 0
    while pages == 0 or cursor is not None:
        page = await lists.of_participant(person, wanted, cursor, at)
        cursor, pages = page.cursor, pages + 1
        rooms += [each.room for each in page.items]
        assert len(page.items) <= LIMITS.rooms_page
    return rooms, pages


@pytest.mark.thorough
async def test_the_rooms_of_a_person_cost_requests_in_proportion_whatever_others_there_are(
    direct: TableClient, proxy: StorageProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twenty for each page of thirty, and one for each room. OTHER_ROOMS says how many others there
    are."""
    numbers = count(1)
    monkeypatch.setattr("rooms.storage.rooms.new_room_id", lambda *_: f"994{next(numbers):014d}")
    made, random = Made(direct), Random(2)
    expected = [
        await made.room(AT - HOUR * n, AT, AT + DAY, {BOB: "Presenter", ALICE: "Attendee"})
        for n in range(ROOMS_OF_ONE)
    ]
    await made.flush()
    requests = []
    async with TableClient.from_connection_string(
        proxy.connection_string, direct.table_name
    ) as counted:
        for others in (OTHER_ROOMS // 10, OTHER_ROOMS - OTHER_ROOMS // 10):
            for n in range(others):
                created = AT - random.randrange(HOUR * ROOMS_OF_ONE)
                await made.room(
                    created, AT, AT + DAY, {BOB: "Presenter", raw_id(n + 10): "Attendee"}
                )
            await made.flush()
            proxy.forget()
            rooms, pages = await rooms_of(counted, ALICE, RoomQuery())
            assert rooms == expected
            requests.append(len(proxy.seen))
    print(
        f"{ROOMS_OF_ONE} rooms of a person: {requests} requests "
        f"with {OTHER_ROOMS // 10:,} and {OTHER_ROOMS:,} others"
    )
    assert requests == [ROOMS_OF_ONE + 20 * pages] * 2
    assert pages == -(-ROOMS_OF_ONE // LIMITS.rooms_page)


MANY: Roster = {raw_id(number): "Attendee" for number in range(1000, 1070)}
"""Whom only rows of groups invite."""


@pytest.mark.thorough
@pytest.mark.usefixtures("one_partition")
@pytest.mark.parametrize(
    "crowded", [range(0, 35, 3), range(35), range(15), range(15, 35), range(0)], ids=str
)
async def test_the_rooms_of_a_person_are_whole_and_in_order_wherever_rows_end(
    direct: TableClient, crowded: range
) -> None:
    made = Made(direct)
    rooms = [
        await made.room(
            AT - n, AT, AT + DAY, {ALICE: "Presenter", **(MANY if n in crowded else {})}
        )
        for n in range(35)
    ]
    await made.flush()
    found, _ = await rooms_of(direct, ALICE, RoomQuery())
    assert found == rooms


async def test_rooms_of_others_of_the_same_group_are_not_read(
    direct: TableClient, proxy: StorageProxy
) -> None:
    made = Made(direct)
    rooms = [
        await made.room(AT - n, AT, AT + DAY, {**({ALICE: "Presenter"} if n < 2 else {}), **MANY})
        for n in range(20)
    ]
    await made.flush()
    async with TableClient.from_connection_string(
        proxy.connection_string, direct.table_name
    ) as counted:
        proxy.forget()
        assert await rooms_of(counted, ALICE, RoomQuery()) == (rooms[:2], 1)
    assert len(proxy.seen) == 20 + 2


async def test_rooms_written_with_few_requests_are_as_the_service_writes_them(
    direct: TableClient,
) -> None:
    made = Made(direct)
    rooms = [await made.room(AT, AT, AT + DAY, {ALICE: "Presenter"}) for _ in range(20)]
    await made.flush()
    assert set(await checked(direct)) == {room.id for room in rooms}


async def test_a_page_of_the_rooms_of_a_person_is_empty_only_if_its_time_is_over(
    direct: TableClient, one_partition: None
) -> None:
    made = Made(direct)
    rooms = [await made.room(AT - n, AT, AT + (n + 1), {ALICE: "Presenter"}) for n in range(35)]
    await made.flush()
    wanted, at = RoomQuery("open"), AT + 33
    assert await rooms_of(direct, ALICE, wanted, at, hasty()) == (rooms[-2:], 4)
    page = await lists_of(direct, monotonic=hasty()).of_participant(ALICE, wanted, None, at)
    assert (page.items, page.cursor is None) == ([], False)
    assert await rooms_of(direct, ALICE, wanted, at) == (rooms[-2:], 1)


async def test_a_room_made_between_two_pages_of_a_person_neither_shows_nor_hides_another(
    direct: TableClient,
) -> None:
    made, lists = Made(direct), lists_of(direct)
    rooms = [
        await made.room(AT - n, AT, AT + DAY, {ALICE: "Presenter"})
        for n in range(LIMITS.rooms_page + 5)
    ]
    await made.flush()
    page = await lists.of_participant(ALICE, RoomQuery(), None, AT)
    listed = page.items
    await made.room(AT + 1, AT, AT + DAY, {ALICE: "Presenter"})
    await made.flush()
    while page.cursor is not None:
        page = await lists.of_participant(ALICE, RoomQuery(), page.cursor, AT)
        listed += page.items
    assert [each.room for each in listed] == rooms
