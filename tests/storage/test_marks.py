"""Marks of what is under way at ACS, in real rows."""

from dataclasses import replace

import pytest
from azure.data.tables.aio import TableClient

from rooms.domain.limits import LIMITS
from rooms.domain.room import Room, RoomChange
from rooms.domain.roster import RosterPatch
from rooms.domain.time import DAY, SECOND, now, parse_time
from rooms.storage import keys
from rooms.storage.changes import Origin
from rooms.storage.marks import Create, Mark, Marks, removal
from rooms.storage.operations import Conflict
from rooms.storage.rooms import Rooms
from rooms.storage.table import Table
from rooms.upkeep.walk import Upkeep
from testkit.identifiers import raw_id
from testkit.partitions import all_at_home
from testkit.storage import ORIGIN, Clock, know_floors

ROOM, OTHER_ROOM = "99400000000000007", "99400000000000017"
NOW = parse_time("2026-05-04T10:00:00Z")
MADE = Room(ROOM, NOW, NOW, NOW + DAY, True, carrier="acs")
CREATE = Create("00000000-0000-0000-0000-000000000001", "Mon, 04 May 2026 10:00:00 GMT", "a" * 64)


class Kept:
    """The marks of a table, at a time that tests set."""

    def __init__(self, client: TableClient) -> None:
        self.table = Table(client)
        self.clock = Clock(NOW)
        self.marks = Marks(self.table, self.clock)

    async def made(self) -> "Kept":
        await know_floors(self.table)
        return self

    def of_create(self) -> Mark:
        return self.marks.of_create(ORIGIN, RoomChange(NOW), {raw_id(1): "Presenter"}, CREATE)

    async def open(self) -> list[Mark]:
        return [mark for partition in keys.PARTITIONS for mark in await self.marks.open(partition)]


@pytest.fixture
async def kept(direct: TableClient) -> Kept:
    return await Kept(direct).made()


async def test_a_mark_is_read_back_as_it_was_written(kept: Kept) -> None:
    origin = Origin("app", "request-7", "Dr. Who")
    patch: RosterPatch = {raw_id(1): "Presenter", raw_id(2): None}
    mark = kept.marks.of_change(ROOM, origin, RoomChange(NOW, NOW + DAY, True), patch)
    await kept.marks.write(mark)
    assert await kept.marks.of_room(ROOM) == [mark]
    assert list(mark.patch) == list(patch)
    assert mark.until == mark.started_at + round(LIMITS.mark_seconds * SECOND)
    assert await kept.marks.of_room(OTHER_ROOM) == []


async def test_the_mark_of_a_deletion_says_so(kept: Kept) -> None:
    await kept.marks.write(kept.marks.of_change(ROOM, ORIGIN, deletes=True))
    (mark,) = await kept.marks.of_room(ROOM)
    assert mark.deletes


async def test_the_largest_change_of_a_roster_fits_into_a_mark(kept: Kept) -> None:
    patch: RosterPatch = {raw_id(number): "Collaborator" for number in range(LIMITS.participants)}
    mark = kept.marks.of_change(ROOM, ORIGIN, patch=patch)
    await kept.marks.write(mark)
    assert await kept.marks.of_room(ROOM) == [mark]


async def test_marks_come_oldest_first(kept: Kept) -> None:
    marks = []
    for seconds in (2, 0, 1):
        kept.clock.now = NOW + seconds * SECOND
        marks.append(kept.marks.of_change(ROOM, ORIGIN))
        await kept.marks.write(marks[-1])
    assert await kept.marks.of_room(ROOM) == [marks[1], marks[2], marks[0]]


async def test_a_mark_is_removed_once(kept: Kept) -> None:
    mark = kept.marks.of_change(ROOM, ORIGIN)
    await kept.marks.write(mark)
    await kept.table.rewrite(all_at_home([removal(mark)]))
    with pytest.raises(Conflict):
        await kept.table.rewrite(all_at_home([removal(mark)]))
    await kept.marks.remove(mark)
    assert await kept.marks.of_room(ROOM) == []


async def test_a_mark_that_was_written_again_is_not_removed_as_it_was_read(kept: Kept) -> None:
    await kept.marks.begin(kept.of_create())
    (read,) = await kept.open()
    kept.clock.now += SECOND
    await kept.marks.begin(kept.of_create())
    with pytest.raises(Conflict):
        await kept.table.rewrite([removal(read)])


async def test_a_create_that_is_sent_again_meets_its_mark(kept: Kept) -> None:
    first = kept.of_create()
    assert await kept.marks.begin(first) is None
    kept.clock.now += SECOND
    assert await kept.marks.begin(kept.of_create()) == first
    (mark,) = await kept.open()
    assert mark == replace(first, until=first.until + SECOND), "it is begun again"


async def test_a_create_knows_its_room_once_that_is_made(kept: Kept) -> None:
    mark = kept.of_create()
    await kept.marks.begin(mark)
    await kept.marks.made(mark, MADE)
    again = await kept.marks.begin(kept.of_create())
    assert again == replace(mark, create=replace(CREATE, made=MADE))


async def test_a_create_that_is_done_forgets_whom_it_invited(kept: Kept) -> None:
    await kept.marks.begin(kept.of_create())
    await kept.marks.made(kept.of_create(), MADE)
    (mark,) = await kept.open()
    await kept.marks.finish(mark)
    assert await kept.open() == []
    again = await kept.marks.begin(kept.of_create())
    assert again is not None
    assert again.create == replace(CREATE, made=MADE)
    assert not again.patch


async def test_open_marks_are_of_changes_and_of_creates(kept: Kept) -> None:
    change, create = kept.marks.of_change(ROOM, ORIGIN), kept.of_create()
    await kept.marks.write(change)
    await kept.marks.begin(create)
    assert {mark.change for mark in await kept.open()} == {change.change, create.change}


async def test_upkeep_removes_marks_after_a_day(kept: Kept) -> None:
    await kept.marks.write(kept.marks.of_change(ROOM, ORIGIN))
    kept.clock.now += 1
    young = kept.marks.of_change(ROOM, ORIGIN)
    await kept.marks.write(young)
    upkeep = Upkeep(
        kept.table, Rooms(kept.table, now), lambda: NOW + LIMITS.mark_kept + 1, DAY, DAY
    )
    report = await upkeep.run(60)
    assert await kept.marks.of_room(ROOM) == [young]
    assert report.removed["marks"] == 1
