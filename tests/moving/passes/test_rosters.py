"""The comparison of all rosters."""

import pytest

from rooms.domain.time import DAY, HOUR
from testkit.acs_in_memory import answer, people
from testkit.storage import delete_here
from tests.moving.passes.rig import START, Killed, Rig


async def test_rosters_that_were_changed_at_acs_are_found_within_a_day(rig: Rig) -> None:
    changed, same = (rig.acs.add(people(2), START - n * HOUR) for n in range(2))
    await rig.settled()
    rig.acs.invite(changed, people(3))
    await rig.minute(60)
    assert (await rig.rooms.with_roster(changed)).roster == people(2)
    await rig.minute(24 * 60)
    assert (await rig.rooms.with_roster(changed)).roster == people(3)
    assert await rig.actors(changed) == [("RoomCreated", "acs"), ("ParticipantsUpdated", "acs")]
    assert await rig.actors(same) == [("RoomCreated", "acs")]
    rosters = (await rig.state()).rosters
    assert (rosters.rooms, rosters.changed) == (2, 1)


@pytest.mark.thorough
async def test_a_room_whose_roster_agrees_takes_one_request(rig: Rig) -> None:
    made = [rig.acs.add(people(1), START - n * HOUR) for n in range(3)]
    await rig.adopt(*made)
    await rig.settled()
    rig.acs.asked.clear()
    await rig.minute(24 * 60)
    told = [path for path in rig.acs.asked if path != "/rooms"]
    assert sorted(told) == [f"/rooms/{room_id}/participants" for room_id in made]


@pytest.mark.thorough
async def test_rooms_past_their_end_are_left_out(rig: Rig) -> None:
    rig.acs.add(people(1), START - 2 * DAY, valid_until=START - DAY)
    await rig.settled()
    assert (await rig.state()).rosters.rooms == 0


async def test_a_pass_that_is_killed_goes_on_where_it_was(rig: Rig) -> None:
    made = [rig.acs.add(people(1), START - n * HOUR) for n in range(9)]
    await rig.adopt(*made)
    await rig.settled()
    await rig.states.ask("rosters")
    rig.slow()
    await rig.minute()
    before = (await rig.state()).rosters.rooms
    assert 0 < before < 9
    rig.acs.next("/rooms/", rig.kill, skip=1)
    with pytest.raises(Killed):
        await rig.minute()
    rig.fast()
    rig.acs.asked.clear()
    await rig.minute()
    assert not (await rig.state()).rosters.goes_on
    asked = sum(path.endswith("/participants") for path in rig.acs.asked)
    assert asked <= 9 - before


async def test_a_roster_that_is_not_understood_is_named_until_it_is(rig: Rig) -> None:
    made = rig.acs.add(people(1))
    await rig.settled()
    rig.acs.next(
        f"/rooms/{made}/participants", lambda: answer(200, {"value": [{"rawId": "8:x", "role": 7}]})
    )
    await rig.minute(24 * 60)
    assert (await rig.state()).not_understood.keys() == {made}
    assert (await rig.rooms.with_roster(made)).roster == people(1)
    await rig.minute(24 * 60)
    assert (await rig.state()).not_understood == {}


async def test_a_room_that_is_gone_at_acs_is_found_by_its_roster_too(rig: Rig) -> None:
    made = rig.acs.add(people(1))
    await rig.settled()
    del rig.acs.rooms[made]
    await rig.states.ask("rosters")
    await rig.minute()
    assert await rig.actors(made) == [("RoomCreated", "acs"), ("RoomDeleted", "acs")]


@pytest.mark.thorough
async def test_a_room_that_is_deleted_here_meanwhile_is_no_failure(rig: Rig) -> None:
    made = rig.acs.add(people(1))
    await rig.settled()
    await rig.states.ask("rosters")

    rig.clock.now += HOUR
    await delete_here(rig.rooms, made)
    await rig.minute()
    assert (await rig.state()).rosters.rooms == 0
