from itertools import pairwise

from hypothesis import given, settings

from simulator.meeting import Meeting
from simulator.script import LONGEST, write
from tests.simulator.meetings import PEOPLE, SEEDS, START, meetings


@given(seed=SEEDS, people=PEOPLE)
@settings(max_examples=20, deadline=None)
def test_the_same_seed_writes_the_same_meeting(seed: int, people: int) -> None:
    assert write(seed, people, START) == write(seed, people, START)


@given(meeting=meetings())
@settings(max_examples=30, deadline=None)
def test_calls_follow_one_another(meeting: Meeting) -> None:
    assert len(meeting.calls) >= 2
    for one, next_ in pairwise(meeting.calls):
        assert one.started < one.ended < next_.started
        assert all(leg.removed < next_.started for leg in one.legs)
    assert meeting.over <= START + LONGEST


@given(meeting=meetings())
@settings(max_examples=30, deadline=None)
def test_every_leg_lies_in_its_call(meeting: Meeting) -> None:
    for call in meeting.calls:
        assert all(
            call.started <= leg.joined < leg.left == min(leg.removed, call.ended)
            for leg in call.legs
        )


@given(meeting=meetings())
@settings(max_examples=30, deadline=None)
def test_times_are_whole_milliseconds(meeting: Meeting) -> None:
    times = [
        time
        for call in meeting.calls
        for leg in call.legs
        for time in (leg.joined, leg.removed, call.started, call.ended)
    ]
    assert all(time.microsecond % 1000 == 0 for time in times)


@given(meeting=meetings())
@settings(max_examples=30, deadline=None)
def test_everyone_on_stage_is_in_the_cast_and_ids_are_their_own(meeting: Meeting) -> None:
    assert {leg.person for call in meeting.calls for leg in call.legs} <= set(meeting.people)
    raw_ids = [person.raw_id for person in meeting.people]
    assert len(set(raw_ids)) == len(raw_ids)
    participant_ids = [leg.participant_id for call in meeting.calls for leg in call.legs]
    assert len(set(participant_ids)) == len(participant_ids)


def test_a_dozen_people_do_all_that_people_do() -> None:
    meeting = write(1, 12, START)
    came = {leg.person for call in meeting.calls for leg in call.legs}
    legs = sorted(
        (leg for call in meeting.calls for leg in call.legs),
        key=lambda leg: (leg.person.raw_id, leg.joined),
    )
    pairs = [(one, next_) for one, next_ in pairwise(legs) if one.person == next_.person]
    assert set(meeting.invited) - came, "somebody is absent"
    assert came - set(meeting.invited), "somebody was not invited"
    assert any(next_.joined < one.left for one, next_ in pairs), (
        "somebody is there with two devices"
    )
    assert any(next_.joined == one.left for one, next_ in pairs), "somebody changes the device"
    assert all(one.participant_id != next_.participant_id for one, next_ in pairs), (
        "who joins again is a new participant"
    )
    assert any(leg.removed > call.ended for call in meeting.calls for leg in call.legs), (
        "somebody's leave event is late"
    )
    assert meeting.role_changes


def test_of_many_people_each_part_is_played_by_some() -> None:
    meeting = write(2, 350, START)
    assert len(meeting.people) == 350
    assert 10 <= len([person for person in meeting.people if not person.invited]) <= 14
    assert sum(len(call.legs) for call in meeting.calls) > 600
