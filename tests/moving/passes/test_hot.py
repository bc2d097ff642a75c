"""Rooms with a call."""

import pytest

from rooms.domain.events import CallEvent, EventKind
from rooms.domain.time import HOUR
from testkit.acs_in_memory import people
from tests.moving.passes.rig import START, Rig

UNKNOWN = "99400000000099990"


async def tell(rig: Rig, room_id: str, kind: EventKind) -> None:
    """Lets an event of a call come now."""
    event = CallEvent(kind, f"{kind} {rig.clock.now}", "call", rig.clock.now)
    await rig.calls.record(room_id, event, "{}")


async def test_the_roster_of_a_room_with_a_call_is_pulled_every_five_minutes(rig: Rig) -> None:
    made = rig.acs.add(people(2), START - HOUR)
    await rig.settled()
    await tell(rig, made, "CallStarted")
    for minutes in (1, 4, 1, 4, 1):
        await rig.minute(minutes)
    assert rig.pulls() == [made] * 3
    rig.acs.invite(made, people(3))
    await rig.minute(5)
    assert (await rig.rooms.with_roster(made)).roster == people(3)


async def test_it_is_pulled_once_more_after_the_end(rig: Rig) -> None:
    made = rig.acs.add(people(2), START - HOUR)
    await rig.settled()
    await tell(rig, made, "CallStarted")
    await rig.minute()
    await tell(rig, made, "CallEnded")
    for _ in range(3):
        await rig.minute(10)
    assert rig.pulls() == [made] * 2


@pytest.mark.thorough
async def test_a_call_of_which_nothing_was_heard_for_hours_is_not_hot(rig: Rig) -> None:
    made = rig.acs.add(people(2), START - HOUR)
    await rig.settled()
    await tell(rig, made, "CallStarted")
    await rig.minute(4 * 60)
    assert made not in rig.pulls()


async def test_acs_is_asked_once_a_day_for_a_room_that_it_does_not_know(rig: Rig) -> None:
    await rig.settled()
    await tell(rig, UNKNOWN, "CallStarted")
    await rig.minute()
    rig.restart()
    await rig.minute(10)
    assert rig.pulls() == [UNKNOWN]
    await rig.minute(24 * 60)
    await tell(rig, UNKNOWN, "CallStarted")
    await rig.minute()
    assert rig.pulls() == [UNKNOWN] * 2


async def test_acs_is_not_asked_for_what_can_be_no_room_of_it(rig: Rig) -> None:
    await rig.settled()
    await tell(rig, "room_of_another_service-0", "CallStarted")
    await rig.minute()
    assert rig.pulls() == []


@pytest.mark.thorough
async def test_many_rooms_with_calls_leave_time_for_the_other_passes(rig: Rig) -> None:
    made = [rig.acs.add(people(1), START - HOUR - n) for n in range(5)]
    await rig.adopt(*made)
    await rig.settled()
    for room_id in made:
        await tell(rig, room_id, "CallStarted")
    rig.slow()
    rig.acs.asked.clear()
    await rig.minute()
    assert 0 < len(set(rig.pulls())) < 5
    assert "/rooms" in rig.acs.asked
    for _ in range(4):
        await rig.minute()
    assert set(rig.pulls()) == set(made), "who waits longest comes first"
