"""What is delivered when a meeting is stopped."""

from datetime import timedelta
from random import Random

from hypothesis import given, settings

from simulator.ending import ending
from simulator.events import ENDED, events
from simulator.known import heard
from simulator.meeting import Meeting
from simulator.script import write
from tests.simulator.meetings import LATER, SEEDS, START, meetings

MEETING = write(7, 12, START)
TOLD = events(MEETING, 7)


@given(meeting=meetings(), seed=SEEDS)
@settings(max_examples=20, deadline=None)
def test_all_that_has_begun_ends_now_and_nothing_of_it_is_estimated(
    meeting: Meeting, seed: int
) -> None:
    sent = events(meeting, 1)
    stopped = meeting.calls[0].started + Random(seed).random() * (meeting.over - START)
    attempted = {place for place, event in enumerate(sent) if event.time <= stopped}
    ends = ending(sent, attempted, attempted, stopped)
    assert all(event.time == stopped for event in ends)
    arrived = [event for place, event in enumerate(sent) if place in attempted] + ends
    calls = heard(meeting, arrived, LATER)
    assert len(calls) == sum(call.started <= stopped for call in meeting.calls)
    for call in calls:
        assert (call.start_estimated, call.end_estimated) == (False, False)
        assert call.ended is not None
        assert call.ended <= stopped
    # Who started a call may not have joined yet: they are there by what the other events tell.
    legs = [leg for call in calls for leg in call.legs if leg.participant_id]
    assert not any(leg.estimated for leg in legs)
    assert {leg.participant_id for leg in legs} == {
        event.leg.participant_id for event in arrived if event.leg
    }


def test_the_end_has_the_length_until_then() -> None:
    call = MEETING.calls[0]
    stopped = call.started + timedelta(minutes=3)
    (end,) = (event for event in ending(TOLD, {0}, {0}, stopped) if event.type is ENDED)
    assert end.call.ended - end.call.started == timedelta(minutes=3)


def test_what_may_not_have_arrived_is_delivered_again_as_it_was() -> None:
    everything = set(range(len(TOLD)))
    last = len(TOLD) - 1
    assert ending(TOLD, everything, everything - {last}, LATER) == [TOLD[last]]


def test_where_nothing_has_begun_nothing_ends() -> None:
    assert ending(TOLD, set(), set(), LATER) == []
