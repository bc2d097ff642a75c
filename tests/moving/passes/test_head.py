"""The looks at the beginning of ACS's list."""

import pytest

from rooms.domain.room import RoomChange
from rooms.domain.time import SECOND
from rooms.storage.marks import Create
from testkit.acs_in_memory import people
from tests.moving.passes.rig import APP, Killed, Rig


async def test_what_is_made_at_acs_is_here_a_minute_later_as_acs_made_it(rig: Rig) -> None:
    await rig.minute()
    made_at = rig.clock.now + 1
    made = rig.acs.add(people(2), made_at)
    await rig.minute()
    assert await rig.here() == {made: rig.acs.rooms[made].room}
    assert (await rig.rooms.with_roster(made)).roster == people(2)
    assert await rig.actors(made) == [("RoomCreated", "acs")]


async def test_a_quiet_look_takes_one_request(rig: Rig) -> None:
    rig.acs.add()
    await rig.settled()
    await rig.minute()
    assert rig.acs.asked == ["/rooms"]


async def test_more_than_a_page_of_rooms_made_since_the_last_look_are_all_found(rig: Rig) -> None:
    rig.acs.add()
    await rig.settled()
    rig.acs.page = 3
    made = {rig.acs.add(created_at=rig.clock.now + n * SECOND) for n in range(8)}
    await rig.minute()
    assert made < (await rig.here()).keys()
    assert (await rig.state()).head.pages == 3


@pytest.mark.thorough
async def test_what_is_older_than_the_pages_of_a_look_is_left_to_the_full_pass(rig: Rig) -> None:
    rig.acs.add()
    await rig.settled()
    rig.acs.page = 1
    for n in range(12):
        rig.acs.add(created_at=rig.clock.now + n * SECOND)
    await rig.minute()
    assert len(await rig.here()) == 1 + rig.limits.head_pages
    await rig.minute(60)
    assert len(await rig.here()) == 13


async def test_a_change_of_the_newest_rooms_is_seen_beside(rig: Rig) -> None:
    made = rig.acs.add()
    await rig.settled()
    rig.acs.change(made, pstn_dial_out_enabled=True)
    await rig.minute()
    assert (await rig.here())[made].pstn_dial_out_enabled
    assert await rig.actors(made) == [("RoomCreated", "acs"), ("RoomUpdated", "acs")]


async def test_a_look_that_is_killed_is_made_again(rig: Rig) -> None:
    rig.acs.add()
    await rig.settled()
    made = [rig.acs.add(created_at=rig.clock.now + n * SECOND) for n in range(4)]
    rig.acs.next(f"/rooms/{made[2]}", rig.kill)
    with pytest.raises(Killed):
        await rig.minute()
    rig.restart()
    await rig.minute()
    assert set(made) < (await rig.here()).keys()


async def test_a_room_of_a_create_under_way_is_left_to_it(rig: Rig) -> None:
    rig.mode = "through"
    rig.restart()
    await rig.settled()
    create = Create("9f1a7c2e-0000-4000-8000-000000000000", "", "hash")
    mark = rig.marks.of_create(APP, RoomChange(), {}, create)
    await rig.marks.begin(mark)
    made = rig.acs.add(people(1))
    rig.clock.now += 40 * SECOND
    await rig.passes.run()
    assert await rig.here() == {}
    await rig.marks.remove(mark)
    await rig.minute()
    assert (await rig.here()).keys() == {made}


async def test_in_write_through_a_room_of_this_moment_is_left_to_the_next_look(rig: Rig) -> None:
    rig.mode = "through"
    rig.restart()
    await rig.settled()
    rig.clock.now += 60 * SECOND
    made = rig.acs.add(people(1))
    await rig.passes.run()
    assert await rig.here() == {}, "its create may have begun after the look at the marks"
    await rig.minute()
    assert (await rig.here()).keys() == {made}


async def test_what_is_no_room_keeps_no_other_from_being_found(rig: Rig) -> None:
    await rig.settled()
    odd, made = rig.acs.add(), rig.acs.add()
    rig.acs.strange[odd] = {"validFrom": "soon"}
    await rig.minute()
    assert (await rig.here()).keys() == {made}
    assert (await rig.state()).not_understood.keys() == {odd}
    del rig.acs.strange[odd]
    await rig.minute(60)
    assert (await rig.here()).keys() == {odd, made}
    assert (await rig.state()).not_understood == {}
