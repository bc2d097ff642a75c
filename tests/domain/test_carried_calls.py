"""Calls that the media server of this service carries: what their events amount to."""

from dataclasses import replace

import pytest

from rooms.domain.call import Call
from rooms.domain.events import CallEvent
from rooms.domain.fold import fold_call
from tests.domain.histories import ALICE, BASE, BOB, added, ended, moment, removed

LATER = 60


def carried(*events: CallEvent, now: float = LATER) -> Call | None:
    return fold_call([replace(event, source="livekit") for event in events], moment(now))


def the_call(*events: CallEvent, now: float = LATER) -> Call:
    call = carried(*events, now=now)
    assert call is not None
    return call


def noticed(event: CallEvent) -> CallEvent:
    """An event of which nobody told."""
    return replace(event, id=f"gone:{event.participant_id or event.call}", estimated=True)


def stays_for(event: CallEvent, seconds: float) -> CallEvent:
    return replace(event, duration=moment(seconds) - BASE)


VISIT = (added(3, "PA_1"), removed(9, "PA_1"))


def test_it_begins_with_its_first_join() -> None:
    call = the_call(*VISIT)
    assert (call.started_at, call.start_estimated) == (moment(3), False)


def test_it_ends_with_its_last_leave_if_nobody_is_in_when_the_end_comes() -> None:
    call = the_call(*VISIT, ended(29))
    assert (call.ended_at, call.end_estimated) == (moment(9), False)
    assert not call.has_gaps


def test_it_ends_with_its_end_if_somebody_is_in() -> None:
    call = the_call(added(3, "PA_1"), ended(29))
    assert (call.ended_at, call.end_estimated) == (moment(29), False)
    assert call.legs[0].leave_estimated


def test_an_end_with_a_time_before_the_last_join_does_not_cut_it() -> None:
    call = the_call(*VISIT, added(30.7, "PA_2", BOB), removed(30.7, "PA_2", BOB), ended(30))
    assert call.ended_at == moment(30.7)
    assert [leg.joined_at for leg in call.legs] == [moment(3), moment(30.7)]


def test_an_end_with_a_time_before_the_join_of_somebody_who_is_in_does_not_cut_it() -> None:
    call = the_call(added(30.7, "PA_1"), ended(30))
    assert (call.started_at, call.ended_at) == (moment(30.7), moment(30.7))


@pytest.mark.parametrize("events", [(ended(29),), (noticed(ended(29)),)])
def test_there_is_no_call_if_nobody_has_joined(events: tuple[CallEvent, ...]) -> None:
    assert carried(*events) is None


def test_there_is_no_call_before_its_first_join() -> None:
    assert carried(*VISIT, now=2) is None


def test_a_leave_that_says_how_long_the_stay_was_tells_of_its_join() -> None:
    call = the_call(stays_for(removed(9, "PA_1"), 6), ended(29))
    (leg,) = call.legs
    assert (leg.joined_at, leg.left_at, leg.estimated) == (moment(3), moment(9), False)
    assert (call.started_at, call.has_gaps) == (moment(3), False)


def test_a_join_goes_before_the_length_of_its_stay() -> None:
    call = the_call(added(4, "PA_1"), stays_for(removed(9, "PA_1"), 6))
    assert [leg.joined_at for leg in call.legs] == [moment(4)]


def test_of_two_leaves_that_tell_of_one_join_the_first_counts() -> None:
    leaves = stays_for(removed(9, "PA_1"), 6), stays_for(removed(12, "PA_1"), 9)
    assert [leg.left_at for leg in the_call(*leaves).legs] == [moment(9)]


def test_a_leave_without_its_join_leaves_the_start_estimated() -> None:
    call = the_call(removed(9, "PA_1"), added(20, "PA_2", BOB))
    assert (call.started_at, call.start_estimated) == (moment(9), True)


def test_a_leave_that_nobody_told_of_is_estimated() -> None:
    (leg,) = the_call(added(3, "PA_1"), noticed(removed(40, "PA_1"))).legs
    assert (leg.left_at, leg.leave_estimated) == (moment(40), True)


@pytest.mark.parametrize("at", [9, 50])
def test_a_leave_that_somebody_told_of_goes_before_one_that_nobody_did(at: float) -> None:
    (leg,) = the_call(added(3, "PA_1"), removed(at, "PA_1"), noticed(removed(40, "PA_1"))).legs
    assert (leg.left_at, leg.leave_estimated) == (moment(at), False)


def test_of_leaves_that_nobody_told_of_the_first_counts() -> None:
    gone = noticed(removed(40, "PA_1")), noticed(removed(41, "PA_1"))
    (leg,) = the_call(added(3, "PA_1"), *gone).legs
    assert (leg.left_at, leg.leave_estimated) == (moment(40), True)


def test_who_comes_again_on_another_device_has_another_leg() -> None:
    gone = noticed(removed(40, "PA_1"))
    legs = the_call(added(3, "PA_1"), gone, added(45, "PA_2"), removed(50, "PA_2")).legs
    assert [(leg.participant_id, leg.estimated) for leg in legs] == [
        ("PA_1", True),
        ("PA_2", False),
    ]


def test_an_end_that_nobody_told_of_is_estimated_if_somebody_was_in() -> None:
    call = the_call(added(3, "PA_1"), noticed(ended(40)))
    assert (call.ended_at, call.end_estimated) == (moment(40), True)


def test_an_end_that_nobody_told_of_is_the_last_leave_if_nobody_was_in() -> None:
    call = the_call(*VISIT, noticed(ended(40)))
    assert (call.ended_at, call.end_estimated) == (moment(9), False)


def test_the_end_is_as_sure_as_the_last_leave() -> None:
    call = the_call(added(3, "PA_1"), noticed(removed(40, "PA_1")), ended(40))
    assert (call.ended_at, call.end_estimated) == (moment(40), True)


@pytest.mark.parametrize("news", [added(41, "PA_2", BOB), removed(41, "PA_1")])
def test_an_end_that_nobody_told_of_does_not_count_if_more_is_told_later(news: CallEvent) -> None:
    staying = added(4, "PA_3", "8:acs:carol")
    assert the_call(added(3, "PA_1"), staying, noticed(ended(40)), news).ended_at is None


def test_a_second_notice_that_it_is_over_changes_nothing() -> None:
    gone = noticed(ended(40)), noticed(removed(41, "PA_1")), noticed(ended(42))
    call = the_call(added(3, "PA_1"), *gone)
    assert (call.ended_at, [leg.left_at for leg in call.legs]) == (moment(41), [moment(41)])


def test_an_end_that_somebody_told_of_goes_before_one_that_nobody_did() -> None:
    call = the_call(added(3, "PA_1"), noticed(ended(40)), ended(50))
    assert (call.ended_at, call.end_estimated) == (moment(50), False)


def test_calls_of_other_services_need_no_leg() -> None:
    call = fold_call([ended(29)], moment(LATER))
    assert call is not None
    assert call.start_estimated


def test_it_says_what_carries_it() -> None:
    assert the_call(added(3, "PA_1", ALICE)).source == "livekit"


def test_a_call_of_which_no_end_came_has_ended_with_its_last_leave() -> None:
    gone = noticed(removed(40, "PA_1"))
    call = the_call(*VISIT, gone, now=400)
    assert (call.ended_at, call.end_estimated) == (moment(9), True)
