"""Each log record arrives once, whatever clocks and the network do; and a reader misses none."""

import asyncio
import itertools
from contextlib import nullcontext, suppress
from random import Random

import pytest
from azure.data.tables.aio import TableClient

from rooms.domain.events import CallEvent
from rooms.domain.limits import LIMITS, Limits
from rooms.domain.room import RoomChange
from rooms.domain.time import DAY, HOUR, SECOND, Ticks, now
from rooms.storage import keys
from rooms.storage.arrivals import Arrivals
from rooms.storage.calls import Calls
from rooms.storage.edits import Edit
from rooms.storage.entities import log_entity
from rooms.storage.errors import InvalidCursor, StorageUnavailable
from rooms.storage.feed import BEGINNING, NOW, Feed
from rooms.storage.history import History
from rooms.storage.operations import insert
from rooms.storage.rooms import Rooms
from rooms.storage.table import Table
from testkit.identifiers import raw_id
from testkit.storage import ORIGIN, know_floors
from testkit.storage_proxy import Fault, StorageProxy
from testkit.whole import stored_rooms
from tests.effort import THOROUGH, thorough

ROOM, OTHER = "99400000000000007", "99400000000000017"
CLOCKS: list[Ticks] = [0, 5 * SECOND, -5 * SECOND, HOUR, -HOUR]


EACH_RUN = [
    (Fault.CUT_AFTER, False),
    (Fault.CUT_AFTER, True),
    (Fault.TWICE, True),
    (Fault.LATE, False),
    (Fault.LATE, True),
    (Fault.THROTTLED, False),
    (Fault.REFUSED, True),
]
"""Faults of a transaction, and whether the floor is raised after them, that stand for all."""


def writer(table: Table, ahead: Ticks = 0) -> Arrivals:
    """Who writes with a clock that goes ahead by so much."""
    return Arrivals(table, lambda: now() + ahead)


async def write(arrivals: Arrivals, name: str, room_id: str = ROOM) -> None:
    """Writes a record, which is told from others by its name."""
    record = log_entity(room_id, now(), keys.hashed(name), "RoomDeleted", "tester", name, {})
    await arrivals.commit(room_id, [insert(record)])


class Reader:
    """Who polls, without a pause between the raisings of a floor."""

    def __init__(
        self, table: Table, room_id: str | None = ROOM, since: str = BEGINNING, ahead: Ticks = 0
    ) -> None:
        ticking = iter(range(0, 10**9, 10))
        self._feed = Feed(table, lambda: now() + ahead, monotonic=lambda: float(next(ticking)))
        self._room_id = room_id
        self.cursor = since
        self.seen: list[str] = []

    async def poll(self) -> list[str]:
        """Reads until there is no more, and returns the names of what was new."""
        new: list[str] = []
        more = True
        while more:
            page = await self._feed.page(self._room_id, self.cursor)
            new += [each.record.request_id for each in page.items]
            self.cursor, more = page.cursor, page.more
        self.seen += new
        return new


async def rows(client: TableClient) -> list[str]:
    return [row["RowKey"] async for row in client.list_entities()]


async def check(client: TableClient) -> None:
    stored_rooms([dict(row) async for row in client.list_entities() if ":~" not in row["RowKey"]])


async def arrived(client: TableClient) -> list[str]:
    """The names of all records, in the order of arrival, by their rows."""
    return [
        row["requestId"]
        async for row in client.list_entities()
        if row["RowKey"].startswith(keys.ARRIVED_START)
    ]


# The floor.


async def test_a_transaction_prepared_under_an_old_floor_is_refused_and_then_written_above(
    client: TableClient, proxy: StorageProxy
) -> None:
    late, other = Table(client), Table(client)
    await know_floors(late)
    reader = writer(other)
    below = await reader.made_floor("7")
    floor = await reader.raised("7", below)
    assert floor is not None
    assert floor > below
    proxy.forget()
    await write(writer(late, -HOUR), "late")
    assert len(proxy.seen) == 3  # refused, the new floor, written
    (row,) = [row for row in await rows(client) if row.startswith(keys.ARRIVED_START)]
    assert keys.arrival_floor(keys.arrival_of(row)) == floor


@pytest.mark.parametrize(("read_timeout", "retries"), [(0.5, 0)])
@pytest.mark.parametrize(
    ("fault", "raised"),
    [
        pytest.param(
            fault, raised, marks=[] if (fault, raised) in EACH_RUN else [pytest.mark.thorough]
        )
        for fault in Fault
        for raised in (False, True)
    ],
)
async def test_a_record_arrives_once_whatever_becomes_of_its_transaction(
    client: TableClient, direct: TableClient, proxy: StorageProxy, fault: Fault, raised: bool
) -> None:
    """Also if the floor is raised ahead of the second try."""
    table = Table(client)
    await know_floors(table)
    proxy.forget()

    def choose(number: int, what: str) -> Fault | None:
        return fault if number == 0 else None

    proxy.choose = choose
    writing = asyncio.create_task(write(writer(table), "one"))
    if raised:
        while not proxy.seen:  # noqa: ASYNC110 - the proxy tells nobody
            await asyncio.sleep(0)
        async with TableClient.from_connection_string(
            proxy.target, client.table_name
        ) as without_proxy:
            another = writer(Table(without_proxy))
            await another.raised("7", await another.made_floor("7"))
    refused = suppress(StorageUnavailable) if fault is Fault.THROTTLED else nullcontext()
    with refused:
        await writing
    proxy.choose = lambda _number, _what: None
    if fault is Fault.THROTTLED:  # refused at once, for the client to try again
        await write(writer(Table(client)), "one")
    while proxy.late:
        await client.get_entity("7", keys.FLOOR_MADE_ROW)  # late ones wait for a next request
    assert await arrived(client) == ["one"]
    reader = Reader(Table(client))
    assert await reader.poll() == ["one"]
    assert await reader.poll() == []


async def test_processes_that_begin_with_an_empty_table_at_once_make_one_floor(
    client: TableClient,
) -> None:
    names = [str(number) for number in range(12)]
    await asyncio.gather(
        *(
            write(writer(Table(client), CLOCKS[number % len(CLOCKS)]), name)
            for number, name in enumerate(names)
        )
    )
    floors = [row for row in await rows(client) if row.startswith(keys.FLOORS_START)]
    assert len(floors) == 1
    assert sorted(await Reader(Table(client)).poll()) == sorted(names)


async def test_a_floor_made_late_is_not_made_below_one_that_was_raised(
    client: TableClient,
) -> None:
    first = writer(Table(client))

    class Late(Table):
        async def commit(self, *arguments: object, **options: object) -> None:
            if not self.floors.known:
                floor = await first.made_floor("7")
                await first.raised("7", floor)
            await super().commit(*arguments, **options)  # type: ignore[arg-type]

    await write(writer(Late(client), -HOUR), "late")
    assert len([row for row in await rows(client) if row.startswith(keys.FLOORS_START)]) == 1


async def test_a_lost_floor_is_an_error_that_says_so(
    client: TableClient, caplog: pytest.LogCaptureFixture
) -> None:
    floor = await writer(Table(client)).made_floor("7")
    await client.delete_entity("7", keys.floor_row(floor))
    with pytest.raises(StorageUnavailable):
        await write(writer(Table(client)), "one")
    assert "the partition 7 has lost the row of its floor" in caplog.text


async def test_a_table_that_is_deleted_gets_new_floors(client: TableClient) -> None:
    table = Table(client)
    reader = Reader(Table(client))
    await write(writer(table), "before")
    assert await reader.poll() == ["before"]
    await client.delete_table()
    await write(writer(table), "after")
    assert await reader.poll() == []  # which learns of the new floor
    assert await reader.poll() == ["after"]


# Requests.


async def test_a_record_costs_one_request_and_one_more_the_first_time(
    client: TableClient, proxy: StorageProxy
) -> None:
    await know_floors(Table(client))
    one, counts = writer(Table(client)), []
    for name in ("a", "b", "c"):
        proxy.forget()
        await write(one, name)
        counts.append(len(proxy.seen))
    assert counts == [2, 1, 1]


@pytest.mark.parametrize(("room_id", "partitions"), [(ROOM, 1), (None, 10)])
async def test_a_poll_costs_one_request_a_partition_if_there_is_nothing_new(
    client: TableClient, proxy: StorageProxy, room_id: str | None, partitions: int
) -> None:
    table = Table(client)
    await know_floors(table)
    reader, counts = Reader(table, room_id, NOW), []
    for number in range(4):
        if number == 2:
            await write(writer(table), "new")
        proxy.forget()
        await reader.poll()
        counts.append(len(proxy.seen))
    assert counts == [partitions, partitions, partitions + 2, partitions]


async def test_a_floor_is_raised_once_a_second_however_many_read(
    client: TableClient, proxy: StorageProxy
) -> None:
    table, seconds = Table(client), [0.0]
    feed = Feed(table, now, monotonic=lambda: seconds[0])
    floor = await writer(table).made_floor("7")
    cursor, found = BEGINNING, []
    for number in range(4):
        await write(writer(table), str(number))
        pages = await asyncio.gather(*(feed.page(ROOM, cursor) for _ in range(5)))
        cursor = pages[0].cursor
        found.append([[each.record.request_id for each in page.items] for page in pages])
        seconds[0] += 0.5
    assert found == [[["0"]] * 5, [[]] * 5, [["1", "2"]] * 5, [[]] * 5]
    assert table.floors.known["7"] > floor


# Readers and writers at once.


@pytest.mark.parametrize("seed", range(3 if THOROUGH else 1))
@pytest.mark.parametrize("room_id", [ROOM, None])
async def test_readers_beside_writers_of_other_clocks_see_each_record_once_in_one_order(
    direct: TableClient, room_id: str | None, seed: int
) -> None:
    random = Random(seed)
    rooms = [ROOM] if room_id else [ROOM, OTHER, "99400000000000003", "anywhere"]
    each_writes = 15 if THOROUGH else 6
    names = [[f"{number} {each}" for each in range(each_writes)] for number in range(len(CLOCKS))]

    async def write_all(ahead: Ticks, some: list[str]) -> None:
        table = Table(direct)
        for name in some:
            await write(writer(table, ahead), name, random.choice(rooms))

    writing = asyncio.gather(*map(write_all, CLOCKS, names))
    readers = [Reader(Table(direct), room_id, ahead=ahead) for ahead in CLOCKS[1:4]]

    async def read(reader: Reader) -> None:
        while not writing.done():
            await reader.poll()

    await asyncio.gather(writing, *map(read, readers))
    for reader in readers:
        await reader.poll()
        assert sorted(reader.seen) == sorted(itertools.chain(*names))
        if room_id:
            assert reader.seen == await arrived(direct)


# What is read.


async def test_records_are_those_of_the_log_also_the_large_ones(client: TableClient) -> None:
    table = Table(client)
    rooms = Rooms(table, now)
    people = {raw_id(): "Attendee" for _ in range(500)}
    room = (await rooms.create(RoomChange(), people, None, ORIGIN)).room  # type: ignore[arg-type]
    names = {person: {"name": raw_id()} for person in people}
    await rooms.patch_details(room.id, {"title": "Tea", "participants": names}, ORIGIN)
    await rooms.patch_roster(room.id, dict.fromkeys(people), ORIGIN)
    await Calls(table, now).record(room.id, CallEvent("CallStarted", "e", "c", now() - DAY), "text")
    await rooms.delete(room.id, ORIGIN)
    log = await History(table).log(room.id, 0, now() + DAY, None, None, None)
    kinds = ["RoomCreated", "DetailsUpdated", "ParticipantsUpdated", "CallStarted", "RoomDeleted"]
    for of in (room.id, None):
        page = await Feed(table, now).page(of, BEGINNING)
        assert [each.record.kind for each in page.items] == kinds
        records = [each.record for each in page.items]
        assert sorted(records, key=lambda record: record.at, reverse=True) == log.items
        assert {each.room_id for each in page.items} == {room.id}
    sizes = [
        row["size"]
        async for row in client.list_entities()
        if row["RowKey"].startswith(keys.ARRIVED_START)
    ]
    assert max(sizes) > LIMITS.arrival_bytes > min(sizes)


async def test_two_records_of_one_transaction_arrive_in_their_order(client: TableClient) -> None:
    table = Table(client)
    rooms = Rooms(table, now)
    room = (await rooms.create(RoomChange(), {}, None, ORIGIN)).room
    start = (await Feed(table, now).page(room.id, BEGINNING)).cursor
    edit = Edit(RoomChange(pstn_dial_out_enabled=True), {raw_id(1): "Attendee"})
    await rooms.change(room.id, edit, ORIGIN)
    page = await Feed(Table(client), now).page(room.id, start)
    assert [each.record.kind for each in page.items] == ["RoomUpdated", "ParticipantsUpdated"]


async def test_a_record_that_upkeep_removed_meanwhile_is_left_out(client: TableClient) -> None:
    table = Table(client)
    people = {raw_id(): "Attendee" for _ in range(500)}
    room = (await Rooms(table, now).create(RoomChange(), people, None, ORIGIN)).room  # type: ignore[arg-type]
    (record,) = [row for row in await rows(client) if ":~" in row]
    await client.delete_entity(keys.home_partition(room.id), record)
    page = await Feed(table, now).page(room.id, BEGINNING)
    assert (page.items, page.more) == ([], False)


@pytest.mark.parametrize(
    "limits",
    [
        Limits(arrivals_page=3, arrivals_rows=2),
        Limits(arrivals_page_bytes=1),
        *thorough(Limits(arrivals_page_bytes=25)),
    ],
)
@pytest.mark.parametrize("room_id", [ROOM, None])
async def test_pages_are_whole_and_in_order_wherever_they_end(
    client: TableClient, room_id: str | None, limits: Limits
) -> None:
    table = Table(client)
    for number in range(8):
        await write(writer(table), str(number), ROOM if room_id else f"9940000000000000{number}")
    feed, since, seen, more = Feed(table, now, limits), BEGINNING, list[str](), True
    while more:
        page = await feed.page(room_id, since)
        assert 0 < len(page.items) <= 8
        seen += [each.record.request_id for each in page.items]
        since, more = page.cursor, page.more
        if page.more and not page.items:
            raise AssertionError
        if len(seen) == 8:
            break
    assert seen == [str(number) for number in range(8)]


async def test_now_is_behind_all_that_has_arrived(client: TableClient) -> None:
    table = Table(client)
    await write(writer(table, HOUR), "before")
    reader = Reader(table, since=NOW)
    assert await reader.poll() == []
    await write(writer(table, -HOUR), "after")
    assert await reader.poll() == ["after"]


async def test_a_room_is_followed_from_before_its_first_record(client: TableClient) -> None:
    reader = Reader(Table(client), since=NOW)
    assert await reader.poll() == []
    await write(writer(Table(client)), "first")
    assert await reader.poll() == ["first"]


async def test_records_are_chosen_by_kind_and_actor(client: TableClient) -> None:
    table = Table(client)
    for name in ("one", "two"):
        await write(writer(table), name)
    feed = Feed(table, now)
    await feed.page(ROOM, BEGINNING)
    for kind, actor, count in (
        ("RoomDeleted", None, 2),
        ("RoomCreated", None, 0),
        (None, "tester", 2),
        ("RoomDeleted", "other", 0),
    ):
        page = await feed.page(ROOM, BEGINNING, kind, actor)
        assert len(page.items) == count
        assert (await feed.page(ROOM, page.cursor)).items == []


async def test_a_cursor_is_of_one_room_or_of_all(client: TableClient) -> None:
    table = Table(client)
    await write(writer(table), "one")
    feed = Feed(table, now)
    cursors: dict[str | None, str] = {
        of: (await feed.page(of, BEGINNING)).cursor for of in (ROOM, OTHER, None)
    }
    for of, cursor in cursors.items():
        assert cursor.replace("-", "").replace("_", "").isalnum()
        assert (await feed.page(of, cursor)).items == []
        for other in cursors.keys() - {of}:
            with pytest.raises(InvalidCursor):
                await feed.page(other, cursor)
    for wrong in ("", "x", "Now", cursors[ROOM] + "A", "A" * 5_000):
        with pytest.raises(InvalidCursor):
            await feed.page(ROOM, wrong)


async def test_a_cursor_of_a_table_that_was_emptied_begins_anew(client: TableClient) -> None:
    """Also if the clocks of then were ahead."""
    reader = Reader(Table(client), ahead=HOUR)
    await write(writer(Table(client), HOUR), "before")
    assert await reader.poll() == ["before"]
    await client.delete_table()
    await write(writer(Table(client)), "after")
    assert await Reader(Table(client), since=reader.cursor).poll() == ["after"]
