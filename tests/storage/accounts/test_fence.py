"""That nobody writes by an old spread, and nobody sees rows that are not where they belong."""

from dataclasses import replace

import pytest
from azure.data.tables.aio import TableClient

from rooms.domain.room_filter import RoomQuery
from rooms.domain.time import Ticks, now
from rooms.storage.arrivals import Arrivals, floor_entity
from rooms.storage.erasures import Erasures
from rooms.storage.errors import RoomMoves, StorageUnavailable
from rooms.storage.feed import BEGINNING, NOW, Feed
from rooms.storage.history import History
from rooms.storage.lists import Lists
from rooms.storage.marks import Marks
from rooms.storage.operations import insert, remove
from rooms.storage.rooms import Rooms
from rooms.storage.rows_of_rooms import room_of_row
from rooms.storage.spread import Spread
from rooms.storage.table import Table
from testkit.identifiers import raw_id
from testkit.spread import go_on, table_over
from testkit.storage import ORIGIN
from testkit.traces import rows_with, traces_of
from testkit.waiting import HANG_SECONDS
from tests.storage.accounts.conftest import made_rooms

pytestmark = pytest.mark.usefixtures("sevens")

ROOM = "99400000000000047"
ALICE, BOB = raw_id(1), raw_id(2)


@pytest.fixture(autouse=True)
def one_id(monkeypatch: pytest.MonkeyPatch) -> None:
    """Makes rooms with that id."""
    monkeypatch.setattr("rooms.storage.creation.numbered_room_id", lambda _: ROOM)


class Mover:
    """Who moves the digit of the room from account 1 to account 2, step by step."""

    def __init__(self, clients: list[TableClient], spread: Spread) -> None:
        self.clients = clients
        self.spread = spread
        self._table = table_over(clients, spread_seconds=0)

    async def begin(self, **fields: object) -> None:
        """Writes the next spread, and raises the floor of the source."""
        self.spread = await go_on(self.clients, replace(self.spread, **fields))  # type: ignore[arg-type]
        self.floor = await self._raise("17")

    async def copy(self) -> None:
        """Copies the rows of the room."""
        async for row in self.clients[1].query_entities("PartitionKey eq '17'"):
            if room_of_row(row["RowKey"]) is not None:
                await self.clients[2].upsert_entity({**row, "PartitionKey": "27"})

    async def switch(self) -> None:
        """Lets the room be where it was copied to."""
        await self._raise("27", self.floor)
        there = replace(self.spread, accounts="0120220120", moving=None, phase=None)
        self.spread = await go_on(self.clients, there)

    async def move(self) -> None:
        """Does all of it."""
        await self.begin(moving="4", to=2, phase="frozen")
        await self.copy()
        await self.switch()

    async def _raise(self, partition: str, at_least: Ticks = 0) -> Ticks:
        floor = await Arrivals(self._table, now).made_floor(partition)
        higher = max(now(), floor + 1, at_least)
        raised = floor_entity(partition, higher, self.spread.version)
        client = self._table.accounts[int(partition[0])].client
        await client.submit_transaction([insert(raised), remove(floor_entity(partition, floor))])
        return higher


@pytest.fixture
def mover(clients: list[TableClient], spread: Spread) -> Mover:
    return Mover(clients, spread)


async def invite(table: Table, person: str) -> None:
    await Rooms(table, now).patch_roster(ROOM, {person: "Attendee"}, ORIGIN)


async def roster(table: Table) -> set[str]:
    return set((await Rooms(table, now).with_roster(ROOM)).roster)


async def test_who_writes_by_an_old_spread_writes_where_the_room_is_now(
    clients: list[TableClient], table: Table, mover: Mover
) -> None:
    await made_rooms(table, {ALICE: "Presenter"}, 1)
    await mover.move()
    await invite(table, BOB)
    assert await roster(table_over(clients)) == {ALICE, BOB}
    assert table.known_spread.known.version == mover.spread.version


async def test_a_mark_by_an_old_spread_is_where_the_room_is_now(
    clients: list[TableClient], table: Table, mover: Mover
) -> None:
    await made_rooms(table, {}, 1)
    await mover.move()
    marks = Marks(table, now)
    await marks.write(marks.of_change(ROOM, ORIGIN))
    assert len(await Marks(table_over(clients), now).of_room(ROOM)) == 1


async def test_a_room_that_is_frozen_is_read_and_not_changed(table: Table, mover: Mover) -> None:
    await made_rooms(table, {ALICE: "Presenter"}, 1)
    await mover.begin(moving="4", to=2, phase="frozen")
    for change in (
        invite(table, BOB),
        Rooms(table, now).delete(ROOM, ORIGIN),
        Marks(table, now).write(Marks(table, now).of_change(ROOM, ORIGIN)),
    ):
        with pytest.raises(RoomMoves):
            await change
    assert await roster(table) == {ALICE}
    await mover.copy()
    await mover.switch()
    await invite(table, BOB)  # without waiting until the copy of the spread is old
    assert await roster(table) == {ALICE, BOB}


@pytest.mark.parametrize("phase", ["closing", "frozen"])
async def test_a_switch_that_may_come_at_any_moment_is_seen_by_the_next_read(
    table: Table, mover: Mover, phase: str
) -> None:
    await made_rooms(table, {ALICE: "Presenter"}, 1)
    await mover.begin(moving="4", to=2, phase=phase)
    await table.known_spread.learn(mover.spread.version)
    await mover.copy()
    await mover.switch()
    async for row in mover.clients[1].query_entities("PartitionKey eq '17'"):
        await mover.clients[1].delete_entity(row)
    assert await roster(table) == {ALICE}


async def test_rows_of_rooms_that_are_elsewhere_are_in_no_list(
    clients: list[TableClient], table: Table, mover: Mover
) -> None:
    await made_rooms(table, {ALICE: "Presenter"}, 1)
    marks = Marks(table, now)
    await marks.write(marks.of_change(ROOM, ORIGIN))
    await mover.begin(moving="4", to=2, phase="copying")
    await mover.copy()
    for each in (table, table_over(clients)):
        assert await listed(each) == ([ROOM], [ROOM], 1)
    await mover.switch()
    assert await listed(table_over(clients)) == ([ROOM], [ROOM], 1)


async def listed(table: Table) -> tuple[list[str], list[str], int]:
    lists = Lists(table, History(table))
    everything = await lists.all(None)
    invited = await lists.of_participant(ALICE, RoomQuery(), None, now())
    return (
        [room.id for room in everything.items],
        [each.room.id for each in invited.items],
        await Marks(table, now).count_open(),
    )


async def test_what_a_room_has_left_behind_is_erased_too(
    clients: list[TableClient], table: Table, mover: Mover
) -> None:
    await made_rooms(table, {ALICE: "Presenter"}, 1)
    named = {"participants": {ALICE: {"name": "Alice Liddell"}}}
    await Rooms(table, now).patch_details(ROOM, named, ORIGIN)
    await mover.move()
    erasures = Erasures(table_over(clients), now)
    erasure = await erasures.start(ALICE, None, ORIGIN)
    assert (await erasures.run(erasure.id, HANG_SECONDS)).is_done
    rows = [dict(row) for client in clients async for row in client.list_entities()]
    assert rows_with(rows, *traces_of(ALICE, "Alice Liddell")) == []


@pytest.mark.parametrize("of", [ROOM, None])
async def test_who_follows_a_log_while_a_room_moves_has_each_record_once(
    table: Table, mover: Mover, of: str | None
) -> None:
    feed = Feed(table, now)
    await made_rooms(table, {}, 1)
    first = await feed.page(of, BEGINNING)
    await invite(table, ALICE)
    await mover.move()
    await invite(table, BOB)
    kinds, since = [each.record.kind for each in first.items], first.cursor
    while len(kinds) < 3:
        page = await feed.page(of, since)
        kinds += [each.record.kind for each in page.items]
        since = page.cursor
    assert kinds == ["RoomCreated", "ParticipantsUpdated", "ParticipantsUpdated"]
    assert (await feed.page(of, since)).items == []
    assert (await feed.page(of, NOW)).items == []


async def test_a_spread_that_cannot_be_read_lets_nobody_write_by_an_old_one(
    clients: list[TableClient], table: Table, mover: Mover
) -> None:
    await made_rooms(table, {}, 1)
    await mover.move()
    await clients[0].delete_entity("identity", ".spread")
    with pytest.raises(StorageUnavailable):
        await invite(table, BOB)
    assert await roster(table) == set()
