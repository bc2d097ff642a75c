"""The comparison of all rooms."""

import logging

import pytest

from rooms.acs.answer import AcsAnswer
from rooms.acs.errors import AcsUnavailable
from rooms.domain.room import RoomChange
from rooms.domain.time import DAY, HOUR, format_time
from testkit.acs_in_memory import answer, people
from testkit.storage import delete_here
from tests.moving.passes.rig import APP, START, Killed, Rig


async def test_the_first_pass_finds_all_rooms_however_old(rig: Rig) -> None:
    rig.acs.page = 3
    made = {rig.acs.add(people(n), START - n * DAY) for n in range(7)}
    await rig.minute()
    assert (await rig.here()).keys() == made
    full = (await rig.state()).full
    assert (full.rooms, full.pages, full.new, full.changed, full.gone) == (7, 3, 4, 0, 0)
    assert (await rig.state()).counted == {"acs": 7, "own": 0}


async def test_rooms_that_were_changed_or_deleted_are_found_within_the_hour(rig: Rig) -> None:
    rig.acs.page = 1
    newest, gone, same, changed = (rig.acs.add(created_at=START - n * HOUR) for n in range(4))
    await rig.settled()
    rig.acs.change(changed, valid_until=START + 9 * DAY)
    del rig.acs.rooms[gone]
    await rig.minute(30)
    await rig.minute(31)
    here = await rig.here()
    assert here.keys() == {newest, same, changed}
    assert here[changed].valid_until == START + 9 * DAY
    assert await rig.actors(changed) == [("RoomCreated", "acs"), ("RoomUpdated", "acs")]
    assert await rig.actors(gone) == [("RoomCreated", "acs"), ("RoomDeleted", "acs")]
    full = (await rig.state()).full
    assert (full.new, full.changed, full.gone) == (0, 1, 1)


@pytest.mark.thorough
async def test_a_pass_over_what_agrees_takes_a_request_for_each_page(rig: Rig) -> None:
    rig.acs.page = 2
    for n in range(6):
        rig.acs.add(created_at=START - n * HOUR)
    await rig.settled()
    rig.acs.asked.clear()
    await rig.minute(60)
    head, full = 1, 3
    assert rig.acs.asked == ["/rooms"] * (head + full)


async def test_many_rooms_of_one_second_and_short_pages_are_no_difference(rig: Rig) -> None:
    rig.acs.page = 3
    made = [rig.acs.add(created_at=START - HOUR + n) for n in range(8)]
    await rig.adopt(*made)
    await rig.settled()
    assert rig.pulls() == []
    assert (await rig.state()).full.rooms == 8


@pytest.mark.thorough
async def test_of_many_rooms_of_one_second_the_one_that_is_gone_is_found(rig: Rig) -> None:
    rig.acs.page = 3
    made = [rig.acs.add(created_at=START - HOUR + n) for n in range(8)]
    await rig.adopt(*made)
    del rig.acs.rooms[made[4]]
    await rig.minute()
    assert rig.pulls() == [made[4]]
    assert (await rig.here()).keys() == set(made) - {made[4]}


async def test_a_room_that_acs_drops_after_its_end_stays_here(rig: Rig) -> None:
    made = rig.acs.add(valid_until=START + HOUR)
    await rig.settled()
    rig.clock.now += 2 * HOUR
    rig.acs.drop_expired()
    rig.acs.asked.clear()
    await rig.minute()
    assert (await rig.here()).keys() == {made}
    assert rig.pulls() == []


async def test_a_killed_pass_goes_on_where_it_was(rig: Rig) -> None:
    rig.acs.page = 1
    made = [rig.acs.add(created_at=START - n * HOUR) for n in range(9)]
    await rig.adopt(*made)
    rig.slow()
    await rig.minute()
    pages = (await rig.state()).full.pages
    assert 0 < pages < 9
    rig.acs.next("/rooms", rig.kill)
    with pytest.raises(Killed):
        await rig.minute()
    rig.restart()
    rig.acs.asked.clear()
    while (await rig.state()).full.goes_on:
        await rig.minute()
    assert (await rig.state()).full.rooms == 9
    assert rig.acs.asked.count("/rooms") < 9 + 3, "and not from its beginning"
    assert rig.pulls() == []


async def test_a_pass_begins_again_when_acs_refuses_the_link(rig: Rig) -> None:
    rig.acs.page = 1
    made = {rig.acs.add(created_at=START - n * HOUR) for n in range(7)}
    await rig.adopt(*made)
    rig.slow()
    await rig.minute()
    assert (await rig.state()).full.goes_on
    rig.fast()
    rig.acs.next("/rooms", lambda: answer(400, {}), skip=2)
    await rig.minute()
    full = (await rig.state()).full
    assert (full.rooms, full.pages, full.goes_on) == (7, 7, False)
    assert (await rig.state()).counted == {"acs": 7, "own": 0}


@pytest.mark.thorough
async def test_a_link_that_is_refused_each_time_ends_the_run(rig: Rig) -> None:
    rig.acs.page = 1
    await rig.adopt(*(rig.acs.add(created_at=START - n * HOUR) for n in range(3)))
    await rig.settled()
    rig.acs.asked.clear()
    rig.acs.next("/rooms", lambda: answer(400, {}), skip=3)
    rig.acs.next("/rooms", lambda: answer(400, {}), skip=1)
    await rig.minute(60)
    head, full, again = 2, 2, 2
    assert rig.acs.asked == ["/rooms"] * (head + full + again)
    await rig.minute()
    assert not (await rig.state()).full.goes_on


async def test_a_page_that_fails_is_asked_for_again_by_the_next_run(rig: Rig) -> None:
    rig.acs.page = 2
    await rig.adopt(*(rig.acs.add(created_at=START - n * HOUR) for n in range(6)))
    rig.acs.next("/rooms", lambda: answer(503, {}), skip=2)
    await rig.minute()
    assert (await rig.state()).full.pages == 1
    await rig.minute()
    assert (await rig.state()).full.rooms == 6


async def test_one_room_that_fails_keeps_no_other_from_being_found(
    rig: Rig, caplog: pytest.LogCaptureFixture
) -> None:
    broken, *made = (rig.acs.add(created_at=START - n * HOUR) for n in range(4))
    rig.acs.next(f"/rooms/{broken}", lambda: answer(500, {}), times=2)
    await rig.minute()
    assert (await rig.here()).keys() == set(made)
    assert f"moving: left the room {broken}: Refused ACS answered 500" in caplog.messages


@pytest.mark.thorough
async def test_an_acs_that_does_not_answer_is_not_asked_for_every_room(
    rig: Rig, caplog: pytest.LogCaptureFixture
) -> None:
    for n in range(30):
        rig.acs.add(created_at=START - n * HOUR)

    def unanswered() -> AcsAnswer:
        raise AcsUnavailable

    rig.acs.next("/rooms/", unanswered, times=1000)
    await rig.minute()
    assert len(rig.pulls()) < 20
    assert any(each.startswith("moving: stopped,") for each in caplog.messages)


async def test_an_hour_passes_between_two_passes_unless_one_is_asked_for(rig: Rig) -> None:
    rig.acs.add()
    await rig.settled()
    first = (await rig.state()).full.began_at
    await rig.minute()
    assert (await rig.state()).full.began_at == first
    await rig.states.ask("full")
    await rig.minute()
    second = (await rig.state()).full.began_at
    await rig.minute()
    assert first != second == (await rig.state()).full.began_at


async def test_a_room_that_is_deleted_here_is_named_and_never_revived(
    rig: Rig, caplog: pytest.LogCaptureFixture
) -> None:
    made = rig.acs.add()
    await rig.settled()
    await delete_here(rig.rooms, made)
    await rig.minute(60)
    assert (await rig.state()).deleted_here.keys() == {made}
    assert f"moving: the room {made} is deleted here, and still at ACS" in caplog.messages
    assert await rig.here() == {}
    del rig.acs.rooms[made]
    await rig.minute(60)
    assert (await rig.state()).deleted_here == {}


async def test_a_room_that_upkeep_deleted_after_its_end_is_not_named(rig: Rig) -> None:
    made = rig.acs.add(valid_until=START + HOUR)
    await rig.settled()
    await delete_here(rig.rooms, made)
    await rig.minute(120)
    assert (await rig.state()).deleted_here == {}


async def test_a_room_that_acs_lists_behind_its_place_is_found_too(rig: Rig) -> None:
    rig.acs.page = 1
    first, second, behind = (rig.acs.add(created_at=START - n * HOUR) for n in range(3))
    rig.acs.strange[behind] = {"createdAt": format_time(START - HOUR // 2)}
    await rig.minute()
    assert sorted(rig.pulls()) == [first, second, behind]
    assert (await rig.here()).keys() == {first, second, behind}


async def test_rooms_whose_calls_run_here_are_counted_and_not_looked_for(rig: Rig) -> None:
    rig.acs.add()
    await rig.rooms.create(RoomChange(), {}, None, APP)
    await rig.minute(2)
    assert (await rig.state()).counted == {"acs": 1, "own": 1}
    assert len(rig.pulls()) == 1


async def test_the_log_says_what_a_pass_found(rig: Rig, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "rooms")
    rig.acs.add(created_at=START - HOUR)
    await rig.minute()
    assert (
        "moving: compared all 1 rooms at ACS, on 1 pages: 0 new, 0 changed, 0 gone"
        in caplog.messages
    )
