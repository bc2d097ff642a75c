"""The run of all passes."""

import asyncio

import pytest

from rooms.domain.time import HOUR, SECOND
from testkit.acs_in_memory import answer, people
from tests.moving.passes.rig import START, Killed, Rig


async def test_no_run_takes_longer_than_its_time(rig: Rig) -> None:
    for n in range(9):
        rig.acs.add(people(1), START - n * HOUR)
    rig.slow()
    rig.clock.now += 60 * SECOND
    began = rig.clock.now
    await rig.passes.run()
    assert rig.clock.now - began < rig.limits.passes_seconds * SECOND
    assert len(rig.acs.asked) <= rig.limits.passes_seconds + 1


async def test_while_acs_throttles_no_run_asks_it(rig: Rig) -> None:
    await rig.settled()
    rig.acs.next("/rooms", lambda: answer(429, {}, {"retry-after": "150"}))
    await rig.minute()
    until = rig.clock.now + 150 * SECOND
    assert (await rig.state()).throttled_until == until
    rig.restart()
    await rig.minute()
    assert rig.acs.asked == ["/rooms"], "another process knows of it, too"
    rig.clock.now = until
    await rig.passes.run()
    assert rig.acs.asked == ["/rooms"] * 2


async def test_two_processes_do_not_go_on_with_the_passes_at_once(rig: Rig) -> None:
    rig.acs.add()
    first = rig.passes
    rig.restart()
    rig.clock.now += 60 * SECOND
    await asyncio.gather(first.run(), rig.passes.run())
    head, full = 1, 1
    assert rig.acs.asked.count("/rooms") == head + full


async def test_after_a_kill_another_process_takes_over_a_minute_later(rig: Rig) -> None:
    made = rig.acs.add(people(1))
    rig.acs.next("/rooms", rig.kill)
    with pytest.raises(Killed):
        await rig.minute()
    rig.restart()
    await rig.passes.run()
    assert rig.acs.asked == ["/rooms"], "the one that was killed may still be at it"
    await rig.minute()
    assert (await rig.here()).keys() == {made}


@pytest.mark.parametrize(
    "status",
    [pytest.param(500, id="fails"), pytest.param(401, id="refuses us")],
)
async def test_a_run_that_acs_ends_is_told_and_the_next_one_goes_on(
    rig: Rig, caplog: pytest.LogCaptureFixture, status: int
) -> None:
    made = rig.acs.add()
    rig.acs.next("/rooms", lambda: answer(status, {}))
    await rig.minute()
    assert rig.acs.asked == ["/rooms"]
    assert any(each.startswith("moving: stopped, as ACS ") for each in caplog.messages)
    await rig.minute()
    assert (await rig.here()).keys() == {made}


async def test_what_is_no_answer_of_acs_ends_the_run(
    rig: Rig, caplog: pytest.LogCaptureFixture
) -> None:
    rig.acs.next("/rooms", lambda: answer(200, ["what is this?"]))
    await rig.minute()
    assert "moving: stopped, as ACS does not do what it should: NoAnswerOfAcs" in caplog.messages


async def test_a_state_with_all_there_may_be_comes_back_as_it_was(rig: Rig) -> None:
    rig.acs.page = 1
    for n in range(9):
        rig.acs.add(people(1), START - HOUR - n)
    rig.slow()
    await rig.minute()
    held = await rig.states.hold(1)
    assert held is not None
    state, _ = held
    assert state.full.border, "rooms of one second wait for each other"
    state.not_understood["1"] = state.unclaimed["2"] = START
    await rig.states.save(state)
    assert await rig.state() == state


async def test_of_another_resource_than_that_of_the_rooms_nothing_is_taken(
    rig: Rig, caplog: pytest.LogCaptureFixture
) -> None:
    made = rig.acs.add(people(1))
    await rig.settled()
    rig.resource = "https://another.communication.azure.com"
    rig.restart()
    del rig.acs.rooms[made]
    rig.acs.add()
    await rig.minute(60)
    assert (await rig.here()).keys() == {made}
    assert "the rooms here are of the resource https://ours" in caplog.text
