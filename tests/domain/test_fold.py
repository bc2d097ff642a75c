from dataclasses import replace

import pytest

from rooms.domain.call import Call, Leg
from rooms.domain.events import CallEvent, EndReason
from rooms.domain.fold import CACHED_EVENTS, _cached_fold, fold_call
from rooms.domain.time import SECOND, Ticks
from tests.domain.folded import fold_calls
from tests.domain.histories import (
    ALICE,
    BASE,
    BOB,
    CAROL,
    OTHER_PHONE,
    PHONE,
    added,
    ended,
    moment,
    phones,
    removed,
    started,
    stay,
)

TICK = 1e-7
LATER = 60
"""Seconds at which these tests look, unless they say when: soon enough for a call without an end to
be live."""
DAY = 86_400


def the_call(*events: CallEvent, now: float = LATER) -> Call:
    call = fold_call(events, moment(now))
    assert call is not None
    return call


def the_leg(*events: CallEvent, now: float = LATER) -> Leg:
    (leg,) = the_call(*events, now=now).legs
    return leg


def times(call: Call) -> list[tuple[float, float | None]]:
    """When legs began and ended, in seconds."""
    return [
        (seconds(leg.joined_at), None if leg.left_at is None else seconds(leg.left_at))
        for leg in call.legs
    ]


def seconds(at: Ticks) -> float:
    return (at - BASE) / SECOND


# Which events, and in what order.


def test_a_call_is_the_events_of_one_correlation_id() -> None:
    calls = fold_calls(
        [*stay(1, 3, call="a"), *stay(2, 4, call="b"), ended(5, "b"), ended(6, "a")], moment(LATER)
    )
    assert [(call.id, times(call), call.ended_at) for call in calls] == [
        ("a", [(1, 3)], moment(6)),
        ("b", [(2, 4)], moment(5)),
    ]


def test_calls_are_in_the_order_of_their_start_then_of_their_id() -> None:
    events = [
        started(2, "a"),
        started(1, "z"),
        started(1, "y"),
        *(ended(9, call) for call in "azy"),
    ]
    assert [call.id for call in fold_calls(events, moment(LATER))] == ["y", "z", "a"]


def test_events_later_than_now_are_left_out() -> None:
    events = [started(0), added(1), removed(5), ended(8)]
    assert times(the_call(*events, now=5 - TICK)) == [(1, None)]
    assert times(the_call(*events, now=5)) == [(1, 5)]
    assert the_call(*events, now=8 - TICK).ended_at is None
    assert the_call(*events, now=8).ended_at == moment(8)


def test_a_call_of_which_nothing_has_happened_by_now_is_none() -> None:
    assert fold_call([started(5)], moment(4)) is None
    assert fold_calls([started(5), started(1, "other")], moment(4)) == fold_calls(
        [started(1, "other")], moment(4)
    )
    assert fold_calls([], moment(4)) == []


def test_of_events_at_one_time_the_join_comes_before_the_leave() -> None:
    leg = the_leg(started(0), removed(5), added(5))
    assert (leg.joined_at, leg.left_at) == (moment(5), moment(5))
    assert not leg.join_estimated
    assert not leg.leave_estimated


def test_of_joins_at_one_time_the_greater_key_is_the_last() -> None:
    one, two = sorted(
        (added(5, event_id="1", name="x"), added(5, event_id="2", name="x")),
        key=lambda event: event.key,
    )
    one, two = replace(one, display_name="first"), replace(two, display_name="second")
    assert the_leg(one, two).display_name == the_leg(two, one).display_name == "second"


def test_a_delivery_again_changes_nothing() -> None:
    once = [started(0), *stay(1, 3), *stay(4, 5), *stay(2, 6, "laptop", BOB), ended(7)]
    assert the_call(*once, *reversed(once), *once) == the_call(*once)


def test_a_skewed_leave_that_is_delivered_again_is_still_one() -> None:
    assert times(the_call(started(0), removed(5), removed(5), added(6))) == [(6, 6)]


# Its start.


def test_a_call_starts_with_its_first_event() -> None:
    call = the_call(added(3), started(4), ended(9))
    assert call.started_at == moment(3)
    assert not call.start_estimated


def test_the_start_is_estimated_if_no_event_tells_of_it() -> None:
    call = the_call(added(3), ended(9))
    assert call.started_at == moment(3)
    assert call.start_estimated


def test_the_length_tells_when_a_call_began_of_which_nothing_else_does() -> None:
    call = the_call(removed(3590, "laptop", BOB), ended(3600, length=3600), now=DAY)
    assert (call.started_at, call.start_estimated, call.ended_at) == (moment(0), True, moment(3600))
    assert times(call) == [(0, 3590)]
    assert [leg.join_estimated for leg in call.legs] == [True]
    assert (call.peak, call.peak_at, call.peak_estimated, call.has_gaps) == (
        1,
        moment(0),
        True,
        True,
    )


def test_the_length_tells_nothing_of_a_call_whose_start_is_known() -> None:
    call = the_call(started(10), ended(60, length=60))
    assert (call.started_at, call.start_estimated) == (moment(10), False)


@pytest.mark.parametrize(
    ("length", "start"),
    [
        (50, 10),
        (50 - TICK, 10),  # it began after its first event
        (1, 10),
        (50 + TICK, 10 - TICK),
        (50 + DAY, 10 - DAY),
        (50 + DAY + TICK, 10),  # nothing was heard of it for too long
    ],
)
def test_a_length_that_the_events_contradict_is_not_believed(length: float, start: float) -> None:
    call = the_call(added(10), removed(20), ended(60, length=length))
    assert (call.started_at, call.start_estimated) == (moment(start), True)


def test_of_several_ends_the_last_that_tells_a_length_does() -> None:
    events = [added(30), ended(40, length=40), ended(50, length=30), ended(60)]
    assert the_call(*events).started_at == moment(20)


def test_a_call_that_began_earlier_by_its_length_is_the_earlier_one() -> None:
    events = [added(30, call="z"), ended(40, "z", length=40), started(10, "a"), added(11, call="a")]
    assert [(call.id, call.ended_at) for call in fold_calls(events, moment(LATER))] == [
        ("z", moment(40)),
        ("a", None),
    ]


def test_who_started_it_is_said_by_the_first_event_that_does() -> None:
    assert the_call(started(0), ended(5)).started_by is None
    assert (
        the_call(started(0, by=ALICE), replace(started(1, by=BOB), id="again")).started_by == ALICE
    )


# Legs.


def test_a_join_opens_a_leg_and_a_leave_closes_it() -> None:
    leg = the_leg(started(0), added(1, name="Alice", role="Presenter"), removed(3))
    assert leg == Leg(
        "phone", ALICE, "Alice", "Presenter", None, moment(1), False, moment(3), False, ALICE
    )


def test_who_has_joined_and_not_left_is_in_the_call() -> None:
    leg = the_leg(started(0), added(1))
    assert leg.left_at is None
    assert not leg.leave_estimated


def test_who_joins_again_after_leaving_has_another_leg() -> None:
    assert times(the_call(started(0), *stay(1, 3), *stay(4, 6), added(8))) == [
        (1, 3),
        (4, 6),
        (8, None),
    ]


def test_who_leaves_and_joins_again_at_one_time_is_out() -> None:
    assert times(the_call(started(0), *stay(1, 3), added(3))) == [(1, 3)]


def test_a_join_while_in_changes_nothing_but_name_and_role() -> None:
    leg = the_leg(
        started(0),
        added(1, name="Alice", role="Attendee"),
        added(2, name="Dr. Alice", role="Presenter"),
        removed(3),
    )
    assert leg == Leg(
        "phone", ALICE, "Dr. Alice", "Presenter", None, moment(1), False, moment(3), False, ALICE
    )


def test_a_leave_while_out_is_ignored() -> None:
    assert times(the_call(started(0), *stay(1, 3), removed(5), added(7))) == [(1, 3), (7, None)]


def test_a_leave_as_the_very_first_makes_a_leg_from_the_start_of_the_call() -> None:
    leg = the_leg(started(1), removed(5, name="Alice", role="Presenter"))
    assert leg == Leg(
        "phone", ALICE, "Alice", "Presenter", None, moment(1), True, moment(5), False, ALICE
    )


def test_the_leave_of_an_untold_join_may_be_the_calls_first_event() -> None:
    leg = the_leg(removed(5), now=6)
    assert (leg.joined_at, leg.left_at, leg.join_estimated) == (moment(5), moment(5), True)


def test_only_the_very_first_leave_makes_a_leg() -> None:
    call = the_call(started(0), removed(5), removed(6), added(6.5))
    assert times(call) == [(0, 5), (6.5, None)]
    assert [leg.join_estimated for leg in call.legs] == [True, False]


def test_a_first_leave_of_one_participant_is_none_of_another() -> None:
    call = the_call(started(0), removed(5, "phone"), removed(6, "laptop"))
    assert sorted((leg.participant_id, leg.left_at) for leg in call.legs) == [
        ("laptop", moment(6)),
        ("phone", moment(5)),
    ]


def test_legs_are_in_the_order_of_joining() -> None:
    call = the_call(
        started(0),
        added(5, "z"),
        removed(9, "y"),
        added(2, "x"),
        added(1, "w", BOB),
        removed(3, "w", BOB),
    )
    assert [leg.participant_id for leg in call.legs] == ["y", "w", "x", "z"]


def test_legs_that_begin_at_one_time_are_in_the_order_of_person_and_participant() -> None:
    devices = [(None, CAROL), ("d", CAROL), ("c", ALICE), ("a", BOB), ("b", ALICE)]
    call = the_call(started(0), *(added(1, *device) for device in devices))
    in_order = [("b", ALICE), ("c", ALICE), ("a", BOB), (None, CAROL), ("d", CAROL)]
    assert [(leg.participant_id, leg.raw_id) for leg in call.legs] == in_order


def test_the_legs_of_a_call_are_kept_unless_they_are_very_many() -> None:
    def kept_of(people: int) -> int:
        events = [
            started(0),
            *(
                added(number / 1000, f"phone {number}", f"person {number}")
                for number in range(people)
            ),
        ]
        _cached_fold.cache_clear()
        assert [len(the_call(*events).legs) for _ in range(3)] == [people] * 3
        return _cached_fold.cache_info().currsize

    assert (kept_of(CACHED_EVENTS - 1), kept_of(CACHED_EVENTS)) == (1, 0)


# Clock skew.


@pytest.mark.parametrize("skew", [TICK, 1, 2])
def test_a_first_leave_at_most_2_s_before_the_join_is_its_leave(skew: float) -> None:
    leg = the_leg(started(0), removed(5), added(5 + skew, name="Alice", role="Attendee"))
    at = moment(5 + skew)
    assert leg == Leg("phone", ALICE, "Alice", "Attendee", None, at, False, at, True, ALICE)


def test_a_first_leave_more_than_2_s_before_the_join_is_that_of_an_untold_join() -> None:
    call = the_call(started(0), removed(5), added(7 + TICK))
    assert times(call) == [(0, 5), (7 + TICK, None)]
    assert [(leg.join_estimated, leg.leave_estimated) for leg in call.legs] == [
        (True, False),
        (False, False),
    ]


def test_a_first_leave_before_a_join_and_another_leave_is_ignored() -> None:
    leg = the_leg(started(0), removed(5), added(6), removed(20))
    assert (leg.joined_at, leg.left_at) == (moment(6), moment(20))
    assert not leg.join_estimated
    assert not leg.leave_estimated


def test_after_a_skewed_leave_the_participant_is_out() -> None:
    call = the_call(started(0), removed(5), added(6, name="one"), added(8, name="two"), removed(9))
    assert times(call) == [(6, 6), (8, 9)]
    assert [(leg.display_name, leg.leave_estimated) for leg in call.legs] == [
        ("one", True),
        ("two", False),
    ]


def test_two_first_leaves_are_no_skew() -> None:
    assert times(the_call(started(0), removed(5), removed(5.5), added(6))) == [(0, 5), (6, None)]


def test_a_later_leave_just_before_a_join_is_no_skew() -> None:
    assert times(the_call(started(0), *stay(1, 5), added(6))) == [(1, 5), (6, None)]


def test_the_skew_is_of_one_participant_id() -> None:
    assert times(the_call(started(0), removed(5, "phone"), added(6, "laptop"))) == [
        (0, 5),
        (6, None),
    ]


# Whose legs they are.


def test_two_devices_have_a_leg_each_and_are_one_person() -> None:
    call = the_call(started(0), added(1, "phone"), added(2, "laptop"), removed(3, "phone"))
    assert times(call) == [(1, 3), (2, None)]
    assert call.people == 1


def test_events_without_a_participant_id_are_told_apart_by_the_raw_id() -> None:
    call = the_call(
        started(0),
        added(1, None, ALICE),
        added(2, None, BOB),
        removed(3, None, ALICE),
        removed(4, None, BOB),
    )
    assert [(leg.participant_id, leg.raw_id) for leg in call.legs] == [(None, ALICE), (None, BOB)]
    assert times(call) == [(1, 3), (2, 4)]


def test_events_without_a_participant_id_are_of_no_leg_that_has_one() -> None:
    call = the_call(
        started(0), added(1, "phone", ALICE), added(2, None, ALICE), removed(3, None, ALICE)
    )
    assert times(call) == [(1, None), (2, 3)]
    assert call.people == 1


def test_a_participant_id_that_is_somebodys_raw_id_is_not_confused_with_it() -> None:
    call = the_call(started(0), added(1, ALICE, BOB), removed(3, None, ALICE))
    assert times(call) == [(0, 3), (1, None)]


def test_the_raw_id_of_all_legs_is_the_first_that_any_event_has() -> None:
    events = [
        added(1, raw_id=None),
        removed(2, raw_id=None),
        added(3, raw_id=None),
        removed(4, raw_id=BOB),
        added(5, raw_id=ALICE),
    ]
    call = the_call(started(0), *events)
    assert [leg.raw_id for leg in call.legs] == [BOB, BOB, BOB]


def test_the_raw_id_may_be_that_of_a_leave_which_is_ignored() -> None:
    assert the_leg(started(0), *stay(1, 2, raw_id=None), removed(3, raw_id=BOB)).raw_id == BOB


def test_a_leg_without_a_raw_id_is_of_the_person_of_its_participant_id() -> None:
    call = the_call(
        started(0), added(1, "one", None), added(2, "two", None), added(3, "three", ALICE)
    )
    assert [leg.person for leg in call.legs] == ["one", "two", ALICE]
    assert call.people == call.peak == 3


def test_name_and_role_are_of_the_last_join_of_the_leg_that_has_one() -> None:
    leg = the_leg(
        started(0),
        added(1, name="one", role="Attendee"),
        added(2, name="two"),
        added(3, role="Presenter"),
        added(4),
        removed(5, name="leave", role="Consumer"),
    )
    assert (leg.display_name, leg.role) == ("two", "Presenter")


def test_name_and_role_are_not_taken_from_another_leg() -> None:
    call = the_call(
        started(0), added(1, name="one", role="Attendee"), removed(2), added(3), removed(4)
    )
    assert [(leg.display_name, leg.role) for leg in call.legs] == [
        ("one", "Attendee"),
        (None, None),
    ]


def test_the_type_of_endpoint_is_of_the_last_join_of_the_leg_that_has_one() -> None:
    leg = the_leg(
        replace(added(1), endpoint_type="one"),
        replace(added(2), endpoint_type="two"),
        added(3),
        replace(removed(4), endpoint_type="three"),
    )
    assert leg.endpoint_type == "two"


def test_a_leave_without_a_participant_id_says_nothing_of_who_came_with_one() -> None:
    call = the_call(
        started(0), added(1, "phone", ALICE), removed(5, None, ALICE), removed(7, None, ALICE)
    )
    assert times(call) == [(1, None)]
    call = the_call(started(0), *stay(1, 3, "phone", ALICE), removed(3, None, ALICE))
    assert times(call) == [(1, 3)]
    call = the_call(started(0), added(5, "phone", ALICE), removed(5, None, ALICE))
    assert times(call) == [(5, None)]
    events = [added(1, "phone"), added(8, "laptop"), removed(5, None)]
    assert times(the_call(started(0), *events)) == [(1, None), (8, None)]


@pytest.mark.parametrize(
    "events",
    [
        [removed(5, None, ALICE), added(5 + TICK, "phone", ALICE)],
        [removed(5, None, ALICE), added(1, "phone", BOB)],
        [removed(5, None, ALICE), removed(3, "phone", ALICE)],
        [removed(5, None, ALICE), added(1, ALICE, None)],
    ],
)
def test_a_leave_without_a_participant_id_is_that_of_an_untold_join_of_nobody_else(
    events: list[CallEvent],
) -> None:
    legs = [leg for leg in the_call(started(0), *events).legs if leg.participant_id is None]
    assert [(leg.joined_at, leg.left_at, leg.join_estimated) for leg in legs] == [
        (moment(0), moment(5), True)
    ]


def test_the_raw_id_of_a_join_by_participant_id_may_come_from_another_of_its_events() -> None:
    events = [added(1, "phone", None), removed(5, None, ALICE), removed(9, "phone", ALICE)]
    assert times(the_call(started(0), *events)) == [(1, 9)]


def test_a_stay_without_a_participant_id_is_one_even_if_there_is_one_with_it() -> None:
    events = [added(1, "phone"), removed(5, None), *stay(6, 8, None)]
    assert times(the_call(started(0), *events)) == [(1, None), (6, 8)]


def test_a_skewed_leave_without_a_participant_id_is_one_even_if_there_is_a_stay_with_it() -> None:
    call = the_call(started(0), added(1, "phone"), removed(5, None), added(6, None))
    assert times(call) == [(1, None), (6, 6)]


# Telephones.


def test_a_telephone_is_there_from_the_first_event_that_lists_it_to_one_that_does_not() -> None:
    call = the_call(
        started(0),
        phones(1, PHONE),
        phones(2, PHONE, OTHER_PHONE),
        phones(5, OTHER_PHONE),
        phones(6),
        phones(7, PHONE),
    )
    assert [(leg.raw_id, leg.joined_at, leg.left_at) for leg in call.legs] == [
        (PHONE, moment(1), moment(5)),
        (OTHER_PHONE, moment(2), moment(6)),
        (PHONE, moment(7), None),
    ]
    assert (call.people, call.peak, call.peak_at, call.peak_estimated) == (2, 2, moment(2), False)


def test_the_leg_of_a_telephone_is_known_but_for_a_leave_at_the_end_of_the_call() -> None:
    one, other = the_call(started(0), phones(1, PHONE), phones(5), phones(6, PHONE), ended(9)).legs
    assert one == Leg(None, PHONE, None, None, "phone", moment(1), False, moment(5), False, PHONE)
    assert other == Leg(None, PHONE, None, None, "phone", moment(6), False, moment(9), True, PHONE)


def test_a_call_with_a_telephone_is_not_empty() -> None:
    assert the_call(started(0), *stay(1, 5), phones(3, PHONE), now=1000).ended_at is None
    assert the_call(started(0), *stay(1, 5), phones(3, PHONE), phones(6), now=126).ended_at == (
        moment(6)
    )


def test_of_a_call_without_telephones_nothing_is_told_by_that() -> None:
    assert the_call(started(0), phones(3)).legs == ()


# Who is only said to have started or ended it.


def evidence(at: float, until: float, who: str = ALICE) -> Leg:
    return Leg(None, who, None, None, None, moment(at), True, moment(until), True, who)


def test_who_started_and_ended_a_call_was_there_from_its_start_to_its_end() -> None:
    call = the_call(started(10, by=ALICE), ended(1700, by=ALICE, as_participant=True), now=DAY)
    assert call.legs == (evidence(10, 1700),)
    assert (call.people, call.peak, call.peak_estimated, call.has_gaps) == (1, 1, True, True)


def test_who_only_started_or_only_ended_a_call_was_there_then_for_a_time_not_known() -> None:
    call = the_call(started(0, by=ALICE), ended(50, by=BOB, as_participant=True))
    assert call.legs == (evidence(0, 0), evidence(50, 50, BOB))
    assert (call.people, call.peak) == (2, 0)


def test_who_started_a_live_call_was_there_at_its_start() -> None:
    call = the_call(started(0, by=ALICE), added(1, "laptop", BOB))
    assert call.legs[0] == evidence(0, 0)
    assert (call.ended_at, call.peak, call.peak_estimated) == (None, 1, False)


def test_any_event_can_say_who_started_the_call() -> None:
    events = [replace(added(5, "laptop", BOB), started_by=ALICE), ended(9, length=9)]
    assert the_call(*events).legs[0] == evidence(0, 0)


def test_of_events_that_disagree_on_who_started_the_call_all_are_believed() -> None:
    events = [started(0, by=ALICE), replace(added(5, "laptop", BOB), started_by=CAROL)]
    call = the_call(*events)
    assert {leg.person for leg in call.legs} == {ALICE, BOB, CAROL}
    assert call.started_by == ALICE


def test_who_ended_the_call_was_in_it_only_if_it_was_a_participant() -> None:
    assert the_call(started(0), ended(9, by=BOB)).legs == ()


def test_of_several_ends_the_last_that_names_somebody_says_who_was_there() -> None:
    def legs_of(last: CallEvent) -> tuple[Leg, ...]:
        return the_call(started(0), ended(5, by=ALICE, as_participant=True), last).legs

    assert legs_of(ended(9, as_participant=True)) == (evidence(9, 9),)
    assert legs_of(ended(9, by=BOB, as_participant=True)) == (evidence(9, 9, BOB),)
    assert legs_of(ended(9, by=BOB)) == ()


@pytest.mark.parametrize(
    "events",
    [
        stay(3, 5, "laptop", ALICE),
        [removed(5, "laptop", ALICE)],
        stay(3, 5, None, ALICE),
        stay(3, 5, ALICE, None),  # by the participant id, for want of a raw id
        stay(30, 35, "laptop", ALICE),  # after the end
    ],
)
def test_of_whom_more_is_known_nothing_is_concluded(events: list[CallEvent]) -> None:
    call = the_call(started(0, by=ALICE), *events, ended(9, by=ALICE, as_participant=True))
    assert len(call.legs) == 1
    assert call.people == 1


def test_of_a_telephone_that_started_the_call_nothing_is_concluded_if_it_is_listed() -> None:
    call = the_call(started(0, by=PHONE), phones(2, PHONE))
    assert [(leg.joined_at, leg.join_estimated) for leg in call.legs] == [(moment(2), False)]


# Its end.


def test_a_call_ends_with_the_last_event_that_says_so() -> None:
    call = the_call(started(0), ended(5), ended(8), ended(6), added(12))
    assert call.ended_at == moment(8)
    assert not call.end_estimated


def test_who_ended_it_and_why_is_of_the_last_end_that_says_so() -> None:
    call = the_call(
        started(0),
        ended(5, by=ALICE, reason=EndReason(1, 1, "one")),
        ended(6, by=BOB, reason=EndReason(2, 2, "two")),
        ended(7),
    )
    assert (call.ended_by, call.end_reason) == (BOB, EndReason(2, 2, "two"))


def test_a_call_of_which_no_end_is_told_is_live() -> None:
    call = the_call(started(0), added(1))
    assert call.ended_at is None
    assert not call.end_estimated
    assert call.last_event_at == moment(1)


def test_a_call_that_all_have_left_has_ended_after_120_s_at_its_last_event() -> None:
    events = [started(0), *stay(1, 5), *stay(2, 4, "laptop", BOB)]
    assert the_call(*events, now=125 - TICK).ended_at is None
    call = the_call(*events, now=125)
    assert (call.ended_at, call.end_estimated) == (moment(5), True)


def test_the_120_s_are_since_the_last_event_of_any_kind() -> None:
    events = [started(0), *stay(1, 5), removed(50)]
    assert the_call(*events, now=170 - TICK).ended_at is None
    assert the_call(*events, now=170).ended_at == moment(50)


def test_a_call_that_not_all_have_left_goes_on() -> None:
    assert the_call(started(0), *stay(1, 5), added(2, "laptop"), now=DAY).ended_at is None


def test_a_call_that_nobody_has_joined_has_ended_after_120_s() -> None:
    assert the_call(started(0), now=120 - TICK).ended_at is None
    call = the_call(started(0), now=120)
    assert (call.ended_at, call.end_estimated) == (moment(0), True)


def test_a_call_of_which_only_its_starter_is_known_has_ended_after_120_s() -> None:
    assert the_call(started(0, by=ALICE), now=120 - TICK).ended_at is None
    assert the_call(started(0, by=ALICE), now=120).ended_at == moment(0)


def test_a_participant_who_joined_again_has_not_left() -> None:
    assert the_call(started(0), *stay(1, 5), added(6), now=1000).ended_at is None


def test_a_skewed_leave_is_a_leave_to_the_end_of_a_call() -> None:
    assert the_call(started(0), removed(5), added(6), now=126).ended_at == moment(6)


@pytest.mark.parametrize(
    "events", [[started(0), added(5)], [removed(0), added(3), started(5)], [phones(5, PHONE)]]
)
def test_a_call_has_ended_24_h_after_its_last_event(events: list[CallEvent]) -> None:
    assert the_call(*events, now=5 + DAY - TICK).ended_at is None
    call = the_call(*events, now=5 + DAY)
    assert (call.ended_at, call.end_estimated) == (moment(5), True)


def test_a_call_has_ended_at_its_last_event_once_another_has_started_after_it() -> None:
    first, second = fold_calls(
        [started(0, "z"), added(9, call="z"), started(3, "a")], moment(LATER)
    )
    assert (first.id, first.ended_at, first.end_estimated) == ("z", moment(9), True)
    assert (second.id, second.ended_at) == ("a", None)
    assert times(first) == [(9, 9)]


def test_of_two_calls_that_start_at_one_time_the_one_with_the_greater_id_starts_after() -> None:
    calls = fold_calls([started(0, "a"), started(0, "b")], moment(LATER))
    assert [(call.id, call.ended_at) for call in calls] == [("a", moment(0)), ("b", None)]


def test_a_call_is_ended_by_a_later_one_that_has_itself_ended() -> None:
    calls = fold_calls([started(0, "a"), started(3, "b"), ended(4, "b")], moment(LATER))
    assert [(call.ended_at, call.end_estimated) for call in calls] == [
        (moment(0), True),
        (moment(4), False),
    ]


def test_a_call_whose_end_is_told_is_not_ended_by_a_later_one() -> None:
    first, _ = fold_calls(
        [started(0, "a"), ended(9, "a"), added(12, call="a"), started(3, "b")], moment(LATER)
    )
    assert (first.ended_at, first.end_estimated) == (moment(9), False)


def test_a_call_is_not_ended_by_one_that_has_not_started_yet() -> None:
    events = [started(0, "a"), started(9, "b")]
    assert [call.ended_at for call in fold_calls(events, moment(9 - TICK))] == [None]
    assert [call.ended_at for call in fold_calls(events, moment(9))] == [moment(0), None]


def test_of_many_calls_without_an_end_only_the_last_goes_on() -> None:
    calls = fold_calls([started(n, f"{n}") for n in range(5)], moment(LATER))
    assert [call.ended_at for call in calls] == [*(moment(n) for n in range(4)), None]


# What the end does to legs.


def test_open_legs_end_with_the_call() -> None:
    leg = the_leg(started(0), added(1), ended(5))
    assert (leg.left_at, leg.leave_estimated) == (moment(5), True)


def test_open_legs_end_with_a_call_that_is_superseded_or_silent() -> None:
    first, _ = fold_calls([added(1), started(2), started(3, "z")], moment(LATER))
    assert [(leg.left_at, leg.leave_estimated) for leg in first.legs] == [(moment(2), True)]
    leg = the_leg(added(1), started(2), now=2 + DAY)
    assert (leg.left_at, leg.leave_estimated) == (moment(2), True)


def test_a_leave_after_the_end_becomes_the_end_without_being_estimated() -> None:
    leg = the_leg(started(0), added(1), ended(5), removed(7))
    assert (leg.joined_at, leg.left_at, leg.join_estimated, leg.leave_estimated) == (
        moment(1),
        moment(5),
        False,
        False,
    )


def test_an_untold_join_stays_estimated_when_its_leave_becomes_the_end() -> None:
    leg = the_leg(started(0), ended(5), removed(7))
    assert (leg.joined_at, leg.left_at, leg.join_estimated, leg.leave_estimated) == (
        moment(0),
        moment(5),
        True,
        False,
    )


def test_a_leg_wholly_after_the_end_is_one_of_0_s_at_the_end() -> None:
    leg = the_leg(started(0), ended(5), *stay(7, 9))
    assert (leg.joined_at, leg.left_at, leg.join_estimated, leg.leave_estimated) == (
        moment(5),
        moment(5),
        False,
        False,
    )


def test_an_open_leg_after_the_end_is_one_of_0_s_whose_leave_is_estimated() -> None:
    leg = the_leg(started(0), ended(5), added(7))
    assert (leg.joined_at, leg.left_at, leg.join_estimated, leg.leave_estimated) == (
        moment(5),
        moment(5),
        False,
        True,
    )


def test_a_skewed_leg_after_the_end_keeps_its_flag() -> None:
    leg = the_leg(started(0), ended(5), removed(7), added(8))
    assert (leg.joined_at, leg.left_at, leg.join_estimated, leg.leave_estimated) == (
        moment(5),
        moment(5),
        False,
        True,
    )


# People.


def test_the_peak_is_the_most_people_at_one_time_and_its_first_moment() -> None:
    call = the_call(
        started(0),
        *stay(1, 10, "a", ALICE),
        *stay(3, 5, "b", BOB),
        *stay(6, 8, "c", CAROL),
        ended(11),
    )
    assert (call.people, call.peak, call.peak_at) == (3, 2, moment(3))


def test_who_comes_when_another_leaves_does_not_meet_them() -> None:
    call = the_call(started(0), *stay(1, 3, "a", ALICE), *stay(3, 5, "b", BOB), ended(6))
    assert (call.peak, call.peak_at) == (1, moment(1))


def test_a_person_on_two_devices_is_one_in_the_peak() -> None:
    call = the_call(
        started(0), *stay(1, 9, "phone"), *stay(2, 5, "laptop"), *stay(4, 6, "desk", BOB), ended(9)
    )
    assert (call.people, call.peak, call.peak_at) == (2, 2, moment(4))


def test_a_person_is_there_until_the_last_device_has_left() -> None:
    call = the_call(
        started(0), *stay(1, 9, "phone"), *stay(2, 3, "laptop"), *stay(5, 6, "desk", BOB), ended(9)
    )
    assert (call.peak, call.peak_at) == (2, moment(5))


def test_a_person_who_changes_the_device_in_one_moment_is_one() -> None:
    call = the_call(
        started(0), *stay(1, 3, "phone"), *stay(3, 9, "laptop"), *stay(2, 8, "desk", BOB), ended(9)
    )
    assert (call.peak, call.peak_at) == (2, moment(2))


def test_the_peak_of_a_live_call_counts_who_is_still_there() -> None:
    call = the_call(started(0), *stay(1, 2, "a", ALICE), added(3, "b", BOB), added(4, "c", CAROL))
    assert (call.peak, call.peak_at) == (2, moment(4))


def test_the_peak_is_taken_after_the_end_has_cut_the_legs() -> None:
    call = the_call(
        started(0), added(1, "a", ALICE), ended(5), *stay(6, 9, "b", BOB), *stay(7, 9, "c", CAROL)
    )
    assert (call.people, call.peak, call.peak_at) == (3, 1, moment(1))


def test_without_a_leg_that_lasted_there_is_no_peak() -> None:
    for call in (
        the_call(started(0)),
        the_call(started(0), *stay(5, 5), removed(7, "b", BOB), added(8, "b", BOB)),
    ):
        assert (call.peak, call.peak_at) == (0, None)


# What is not known.


@pytest.mark.parametrize(
    ("events", "estimated"),
    [
        ([*stay(1, 5, "a"), *stay(2, 4, "b", BOB)], False),
        ([added(1, "a"), *stay(2, 4, "b", BOB)], True),
        ([removed(5, "a"), *stay(2, 4, "b", BOB)], True),
        ([*stay(1, 5, "a"), *stay(2, 4, "b", BOB), removed(0.5, "c", CAROL)], False),
    ],
)
def test_the_peak_is_estimated_if_somebody_counted_in_it_is_there_by_an_estimated_leg(
    events: list[CallEvent], estimated: bool
) -> None:
    call = the_call(started(0), *events, ended(9))
    assert (call.peak, call.peak_at) == (2, moment(2))
    assert call.peak_estimated == estimated


def test_the_peak_of_nobody_is_estimated_if_somebody_was_there() -> None:
    call = the_call(started(0), removed(5), added(6), ended(9))
    assert (call.peak, call.peak_at, call.peak_estimated) == (0, None, True)
    assert not the_call(started(0), ended(9)).peak_estimated


@pytest.mark.parametrize(
    ("events", "gaps"),
    [
        ([started(0), *stay(1, 5), ended(9)], False),
        ([started(0), added(1)], False),
        ([*stay(1, 5), ended(9)], True),
        ([started(0), *stay(1, 5)], True),
        ([started(0), added(1), ended(9)], True),
        ([started(0), removed(5), ended(9)], True),
    ],
)
def test_a_call_has_gaps_if_an_event_that_it_should_have_is_missing(
    events: list[CallEvent], gaps: bool
) -> None:
    assert (
        the_call(*events, now=LATER if events[-1].kind != "ParticipantRemoved" else 200).has_gaps
        == gaps
    )
