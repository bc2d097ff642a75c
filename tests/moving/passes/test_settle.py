"""What becomes of changes and creates whose marks are over."""

import logging
import uuid

import pytest
import pytest_asyncio

from rooms.acs.answer import AcsAnswer
from rooms.acs.errors import AcsUnavailable
from rooms.domain.room import RoomChange
from rooms.domain.roster import Roster
from rooms.domain.time import HOUR, SECOND
from rooms.storage.marks import Create, Mark
from rooms.storage.room_rows import RoomRows
from testkit.acs_in_memory import people
from testkit.storage import delete_here
from tests.moving.passes.rig import APP, START, Rig

pytestmark = pytest.mark.usefixtures("through")
WANTED = RoomChange(START + HOUR, START + 3 * HOUR)


@pytest_asyncio.fixture
async def through(rig: Rig) -> None:
    """Lets changes go through the service, with all rooms here as they are at ACS."""
    rig.mode = "through"
    rig.restart()


def create_of(rig: Rig, roster: Roster, wanted: RoomChange = WANTED) -> Mark:
    """Returns the mark of a create that begins now."""
    return rig.marks.of_create(APP, wanted, roster, Create(str(uuid.uuid4()), "", "hash"))


def made_by(rig: Rig, mark: Mark) -> str:
    """Lets ACS make the room of a create."""
    made = rig.acs.add({who: role for who, role in mark.patch.items() if role is not None})
    times = {"valid_from": mark.wanted.valid_from, "valid_until": mark.wanted.valid_until}
    rig.acs.change(made, **{name: at for name, at in times.items() if at is not None})
    return made


async def open_marks(rig: Rig) -> int:
    return await rig.marks.count_open()


async def test_a_change_that_acs_carried_out_is_of_who_wanted_it(rig: Rig) -> None:
    made = rig.acs.add(people(1), START - HOUR)
    await rig.settled()
    await rig.marks.write(rig.marks.of_change(made, APP, WANTED))
    rig.acs.change(made, valid_from=START + HOUR, valid_until=START + 3 * HOUR)
    await rig.minute(2)
    assert await rig.actors(made) == [("RoomCreated", "acs"), ("RoomUpdated", "app")]
    assert await open_marks(rig) == 0


async def test_a_change_that_never_came_to_acs_leaves_no_trace(rig: Rig) -> None:
    made = rig.acs.add(people(1), START - HOUR)
    await rig.settled()
    await rig.marks.write(rig.marks.of_change(made, APP, WANTED))
    await rig.minute(2)
    assert await rig.actors(made) == [("RoomCreated", "acs")]
    assert await open_marks(rig) == 0


async def test_a_room_that_is_deleted_on_both_sides_is_not_named_for_a_lost_change(
    rig: Rig,
) -> None:
    made = rig.acs.add(people(1), START - HOUR)
    await rig.settled()
    await rig.marks.write(rig.marks.of_change(made, APP, WANTED))
    await delete_here(rig.rooms, made)
    del rig.acs.rooms[made]
    await rig.minute(2)
    assert await open_marks(rig) == 0
    assert (await rig.state()).deleted_here == {}


async def test_a_change_under_way_is_left_alone(rig: Rig) -> None:
    made = rig.acs.add(people(1), START - HOUR)
    await rig.settled()
    rig.clock.now += 61 * SECOND
    await rig.marks.write(rig.marks.of_change(made, APP, WANTED))
    rig.acs.change(made, valid_from=START + HOUR, valid_until=START + 3 * HOUR)
    await rig.passes.run()
    assert await rig.actors(made) == [("RoomCreated", "acs")]
    assert await open_marks(rig) == 1


@pytest.mark.thorough
async def test_a_deletion_that_acs_carried_out_is_of_who_wanted_it(rig: Rig) -> None:
    made = rig.acs.add(people(1), START - HOUR)
    await rig.settled()
    await rig.marks.write(rig.marks.of_change(made, APP, deletes=True))
    del rig.acs.rooms[made]
    await rig.minute(2)
    assert await rig.actors(made) == [("RoomCreated", "acs"), ("RoomDeleted", "app")]
    assert await open_marks(rig) == 0


async def test_a_change_stays_in_doubt_as_long_as_acs_does_not_answer(rig: Rig) -> None:
    made = rig.acs.add(people(1), START - HOUR)
    await rig.settled()
    await rig.marks.write(rig.marks.of_change(made, APP, WANTED))

    def unanswered() -> AcsAnswer:
        raise AcsUnavailable

    rig.acs.next("/rooms", unanswered, times=50)
    await rig.minute(2)
    assert await open_marks(rig) == 1
    rig.acs.faults.clear()
    await rig.minute()
    assert await open_marks(rig) == 0


async def test_a_create_whose_answer_was_lost_is_found_by_its_times_and_roster(
    rig: Rig, caplog: pytest.LogCaptureFixture
) -> None:
    await rig.settled()
    caplog.set_level(logging.INFO, "rooms")
    mark = create_of(rig, people(2))
    await rig.marks.begin(mark)
    rig.acs.add(people(2))
    made = made_by(rig, mark)
    rig.acs.add(people(3))
    await rig.minute(2)
    assert await rig.actors(made) == [("RoomCreated", "app")]
    assert await open_marks(rig) == 0
    assert f"moving: the create of the room {made} was lost, and is finished" in caplog.messages


@pytest.mark.thorough
async def test_two_lost_creates_of_the_same_kind_have_a_room_each(rig: Rig) -> None:
    await rig.settled()
    marks = [create_of(rig, people(2)) for _ in range(2)]
    for mark in marks:
        await rig.marks.begin(mark)
    made = {made_by(rig, mark) for mark in marks}
    await rig.minute(2)
    assert (await rig.here()).keys() == made
    assert [await rig.actors(room_id) for room_id in made] == [[("RoomCreated", "app")]] * 2


async def test_a_create_that_acs_never_made_leaves_no_trace(rig: Rig) -> None:
    await rig.settled()
    await rig.marks.begin(create_of(rig, people(2)))
    await rig.minute(2)
    assert await rig.here() == {}
    assert await open_marks(rig) == 0


async def test_a_create_whose_room_is_known_is_finished_without_acs(rig: Rig) -> None:
    await rig.settled()
    mark = create_of(rig, people(2))
    await rig.marks.begin(mark)
    made = made_by(rig, mark)
    await rig.marks.made(mark, rig.acs.rooms[made].room)
    await rig.minute(2)
    assert await rig.actors(made) == [("RoomCreated", "app")]
    assert (await rig.rooms.with_roster(made)).roster == people(2)
    assert rig.pulls() == []
    assert await open_marks(rig) == 0


async def test_a_create_that_wrote_its_room_and_was_killed_meets_it_again(rig: Rig) -> None:
    await rig.settled()
    mark = create_of(rig, {})
    await rig.marks.begin(mark)
    made = made_by(rig, mark)
    rows = RoomRows(rig.table, rig.clock)
    await rows.create(rig.acs.rooms[made].room, {}, None, APP)
    await rig.minute(2)
    assert await rig.actors(made) == [("RoomCreated", "app")]
    assert await open_marks(rig) == 0
    before = await rig.marks.begin(mark)
    assert before is not None
    assert before.create is not None
    assert before.create.made == rig.acs.rooms[made].room
    assert (await rig.state()).unclaimed == {}


async def test_a_lost_create_without_participants_is_named_and_of_acs(rig: Rig) -> None:
    await rig.settled()
    mark = create_of(rig, {})
    await rig.marks.begin(mark)
    made = made_by(rig, mark)
    await rig.minute(2)
    assert await rig.actors(made) == [("RoomCreated", "acs")]
    assert (await rig.state()).unclaimed.keys() == {made}
    assert await open_marks(rig) == 0


async def test_a_room_of_another_time_is_not_taken_for_that_of_a_lost_create(rig: Rig) -> None:
    await rig.settled()
    rig.acs.add(people(2), rig.clock.now - 20 * SECOND)
    rig.clock.now += 10 * SECOND
    await rig.marks.begin(create_of(rig, people(2), RoomChange()))
    await rig.minute(2)
    (actors,) = [await rig.actors(room_id) for room_id in await rig.here()]
    assert actors == [("RoomCreated", "acs")]


async def test_a_create_that_is_sent_again_keeps_its_mark(rig: Rig) -> None:
    await rig.settled()
    mark = create_of(rig, people(2))
    await rig.marks.begin(mark)
    rig.clock.now += 90 * SECOND
    assert mark.create is not None
    await rig.marks.begin(rig.marks.of_create(APP, WANTED, people(2), mark.create))
    await rig.passes.run()
    assert await open_marks(rig) == 1


@pytest.mark.thorough
async def test_the_marks_of_a_room_that_was_moved_go(rig: Rig) -> None:
    created = await rig.rooms.create(RoomChange(), {}, None, APP)
    await rig.marks.write(rig.marks.of_change(created.room.id, APP, WANTED))
    await rig.minute(2)
    assert rig.pulls() == []
    assert await open_marks(rig) == 0
