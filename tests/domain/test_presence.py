from collections.abc import Iterable

from rooms.domain.events import CallEvent
from rooms.domain.presence import PersonInCall, Stay, call_at, merge_stays, present_at
from tests.domain.folded import fold_calls
from tests.domain.histories import ALICE, BOB, CAROL, added, ended, moment, removed, started, stay

TICK = 1e-7
NOW = moment(60)


def call_id(events: Iterable[CallEvent], at: float) -> str | None:
    call = call_at(fold_calls(events, NOW), moment(at))
    return None if call is None else call.id


def there(events: Iterable[CallEvent], at: float) -> list[PersonInCall]:
    call = call_at(fold_calls(events, NOW), moment(at))
    assert call is not None
    return present_at(call, moment(at))


def test_a_call_goes_on_from_its_start_until_just_before_its_end() -> None:
    events = [started(1), ended(5)]
    assert [call_id(events, at) for at in (1 - TICK, 1, 5 - TICK, 5)] == [
        None,
        "call",
        "call",
        None,
    ]


def test_a_live_call_goes_on() -> None:
    assert call_id([started(1)], 60) == "call"


def test_before_and_between_and_after_calls_there_is_none() -> None:
    events = [started(1, "a"), ended(5, "a"), started(7, "b"), ended(9, "b")]
    assert [call_id(events, at) for at in (0, 3, 6, 8, 10)] == [None, "a", None, "b", None]
    assert call_id([], 5) is None


def test_of_two_calls_at_one_time_the_one_that_started_last_is_shown() -> None:
    events = [started(1, "z"), ended(9, "z"), started(3, "a"), ended(6, "a")]
    assert [call_id(events, at) for at in (2, 4, 7)] == ["z", "a", "z"]


def test_of_two_calls_that_started_at_one_time_the_one_with_the_greater_id_is_shown() -> None:
    assert call_id([started(1, "b"), ended(9, "b"), started(1, "a"), ended(9, "a")], 4) == "b"


def test_a_person_is_there_from_joining_until_just_before_leaving() -> None:
    events = [started(0), *stay(1, 5)]
    assert [
        [person.person for person in there(events, at)] for at in (1 - TICK, 1, 5 - TICK, 5)
    ] == [[], [ALICE], [ALICE], []]


def test_a_stay_of_no_length_covers_no_moment() -> None:
    assert there([started(0), *stay(5, 5)], 5) == []


def test_what_was_at_a_time_is_seen_with_what_is_known_now() -> None:
    events = [started(0), *stay(7, 9, "phone", ALICE), removed(8, "laptop", BOB)]
    assert [person.person for person in there(events, 5)] == [BOB]


def test_who_joined_without_a_raw_id_is_there_by_the_participant_id() -> None:
    assert [person.person for person in there([started(0), added(1, "phone", None)], 5)] == [
        "phone"
    ]


def test_a_person_on_two_devices_is_there_once_with_two_legs() -> None:
    events = [started(0), *stay(1, 9, "phone"), *stay(3, 6, "laptop"), *stay(2, 9, "desk", BOB)]
    assert [(person.person, person.legs) for person in there(events, 4)] == [(ALICE, 2), (BOB, 1)]
    assert [(person.person, person.legs) for person in there(events, 7)] == [(ALICE, 1), (BOB, 1)]


def test_who_is_there_by_a_leg_of_which_an_event_is_missing_is_so_by_an_estimate() -> None:
    events = [
        started(0),
        removed(7, "phone", ALICE),
        *stay(2, 5, "laptop", ALICE),
        added(8, "desk", ALICE),
        removed(9, "desk", ALICE),
        added(1, "web", BOB),
        ended(20),
    ]
    assert [(one.person, one.estimated) for at in (4, 8) for one in there(events, at)] == [
        (ALICE, True),
        (BOB, True),
        (BOB, True),
        (ALICE, False),
    ]


def test_in_a_live_call_who_has_not_left_is_there_for_certain() -> None:
    assert [one.estimated for one in there([added(1)], 5)] == [False]


def test_name_and_role_are_of_the_leg_joined_last() -> None:
    events = [
        started(0),
        added(1, "phone", name="Alice", role="Attendee"),
        added(3, "laptop", name="Dr. Alice", role="Presenter"),
        removed(6, "laptop"),
        added(8, "desk", name="later"),
    ]
    assert [(one.display_name, one.role) for at in (2, 4) for one in there(events, at)] == [
        ("Alice", "Attendee"),
        ("Dr. Alice", "Presenter"),
    ]


def test_the_leg_joined_last_gives_the_name_even_after_it_has_ended() -> None:
    events = [
        started(0),
        added(1, "phone", name="Alice"),
        added(3, "laptop", name="Dr. Alice"),
        removed(6, "laptop"),
    ]
    assert [person.display_name for person in there(events, 7)] == ["Dr. Alice"]


def test_the_leg_joined_last_gives_no_name_if_it_has_none() -> None:
    events = [started(0), added(1, "phone", name="Alice", role="Attendee"), added(3, "laptop")]
    assert [(person.display_name, person.role) for person in there(events, 7)] == [(None, None)]


def test_who_has_been_there_without_a_break_has_been_so_since_the_first_device() -> None:
    events = [started(0), *stay(1, 5, "phone"), *stay(3, 8, "laptop"), *stay(8, 20, "desk")]
    assert [person.since for person in there(events, 10)] == [moment(1)]


def test_who_was_away_is_there_since_coming_back() -> None:
    events = [started(0), *stay(1, 5), *stay(5 + TICK, 20)]
    assert [person.since for person in there(events, 4)] == [moment(1)]
    assert [person.since for person in there(events, 10)] == [moment(5 + TICK)]


def test_who_has_been_there_longest_comes_first() -> None:
    events = [started(0), added(3, "a", ALICE), added(1, "c", CAROL), added(1, "b", BOB)]
    assert [person.person for person in there(events, 5)] == [BOB, CAROL, ALICE]


def test_of_who_have_been_there_equally_long_the_lesser_id_comes_first() -> None:
    events = [started(0), *stay(0, 0.5, "c", CAROL), added(1, "c", CAROL), added(1, "b", BOB)]
    assert [person.person for person in there(events, 5)] == [BOB, CAROL]


def test_stays_that_overlap_or_touch_are_one() -> None:
    assert merge_stays([Stay(5, 8), Stay(1, 3), Stay(3, 4), Stay(2, 3), Stay(6, 7)]) == [
        Stay(1, 4),
        Stay(5, 8),
    ]


def test_a_stay_within_another_does_not_shorten_it() -> None:
    assert merge_stays([Stay(1, 9), Stay(2, 3), Stay(4, None), Stay(5, 6)]) == [Stay(1, None)]


def test_stays_a_tick_apart_are_two() -> None:
    assert merge_stays([Stay(1, 3), Stay(4, 6)]) == [Stay(1, 3), Stay(4, 6)]


def test_a_stay_of_no_length_is_kept_unless_it_touches_another() -> None:
    assert merge_stays([Stay(1, 1), Stay(3, 3), Stay(3, 5), Stay(5, 5), Stay(7, 7)]) == [
        Stay(1, 1),
        Stay(3, 5),
        Stay(7, 7),
    ]


def test_a_stay_has_a_moment_at_its_start_and_none_at_its_end() -> None:
    assert [Stay(3, 5).covers(at) for at in (2, 3, 4, 5)] == [False, True, True, False]
    assert Stay(3, None).covers(10**18)
