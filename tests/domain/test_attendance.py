from collections.abc import Iterable, Mapping

import pytest
from hypothesis import strategies as st

from rooms.domain.attendance import Attendee, Occasion, attendance
from rooms.domain.events import CallEvent
from rooms.domain.people import People, people_in
from rooms.domain.roster import Invited, Role, Roster
from rooms.domain.time import SECOND
from rooms.domain.time_window import Deletion, TimeWindow, cancelled, until_deletion
from tests.domain.folded import fold_calls
from tests.domain.histories import (
    ALICE,
    BOB,
    CAROL,
    DAN,
    added,
    ended,
    moment,
    removed,
    started,
    stay,
)

TICK = 1e-7
DAY = 86_400
UNOCCUPIED: Roster = {}
NOBODY: dict[str, float] = {}
roles = st.sampled_from(["Presenter", "Attendee", "Consumer", "Collaborator"])


def slot(start: float, end: float | None) -> TimeWindow:
    return TimeWindow(moment(start), None if end is None else moment(end))


def attended(
    events: Iterable[CallEvent],
    time: TimeWindow | Occasion,
    invited: Mapping[str, Role] = UNOCCUPIED,
    now: float = 60,
    was_open: bool = False,
    removed_at: Mapping[str, float] = NOBODY,
) -> dict[str, Attendee]:
    occasion = Occasion(time) if isinstance(time, TimeWindow) else time
    roster = Invited(dict(invited), was_open, {who: moment(at) for who, at in removed_at.items()})
    attendees = attendance(occasion, fold_calls(events, moment(now)), roster, moment(now))
    return {attendee.person: attendee for attendee in attendees}


def same_person(*raw_ids: str) -> People:
    return people_in({"participants": {raw_id: {"externalId": "D-1"} for raw_id in raw_ids}})


def stays(attendee: Attendee) -> list[tuple[float, float | None]]:
    """In seconds."""
    return [
        (
            (stay.start - moment(0)) / SECOND,
            None if stay.end is None else (stay.end - moment(0)) / SECOND,
        )
        for stay in attendee.stays
    ]


# Who is named, and as what.


def test_who_was_invited_and_came_attended() -> None:
    assert (
        attended([*stay(1, 5), ended(9)], slot(0, 9), {ALICE: "Attendee"})[ALICE].status
        == "attended"
    )


def test_who_came_without_having_been_invited_is_named_so() -> None:
    assert (
        attended([*stay(1, 5), ended(9)], slot(0, 9), {BOB: "Attendee"})[ALICE].status
        == "uninvited"
    )


def test_who_came_to_an_open_room_without_having_been_invited_attended_as_a_guest() -> None:
    events = [*stay(1, 5), *stay(2, 5, "b", BOB), ended(9)]
    people = attended(events, slot(0, 9), {BOB: "Attendee", CAROL: "Attendee"}, was_open=True)
    assert {who: (one.status, one.guest) for who, one in people.items()} == {
        BOB: ("attended", False),
        CAROL: ("absent", False),
        ALICE: ("attended", True),
    }


def test_who_is_only_said_to_have_started_and_ended_the_call_attended_by_an_estimate() -> None:
    events = [started(10, by=ALICE), ended(1700, by=ALICE, as_participant=True)]
    invited: Roster = {ALICE: "Presenter", BOB: "Attendee"}
    people = attended(events, slot(0, 1800), invited, now=3600)
    alice = people[ALICE]
    assert (alice.status, alice.estimated, stays(alice)) == ("attended", True, [(10, 1700)])
    assert (people[BOB].status, people[BOB].estimated) == ("absent", True)


def test_who_is_only_said_to_have_started_the_call_attended_for_a_time_not_known() -> None:
    alice = attended(
        [started(10, by=ALICE), *stay(12, 20, "b", BOB), ended(30)],
        slot(0, 40),
        {ALICE: "Presenter"},
    )[ALICE]
    assert (alice.status, alice.estimated, stays(alice)) == ("attended", True, [(10, 10)])
    assert (alice.role, alice.duration) == ("Presenter", 0)


def test_who_started_another_call_unseen_keeps_name_and_role() -> None:
    events = [
        started(0, "a"),
        added(1, name="Dr. Alice", role="Presenter", call="a"),
        removed(5, call="a"),
        ended(6, "a"),
        started(10, "b", by=ALICE),
        ended(20, "b"),
    ]
    alice = attended(events, slot(0, 30), {ALICE: "Attendee"})[ALICE]
    assert (alice.display_name, alice.role, alice.joins) == ("Dr. Alice", "Presenter", 2)
    assert stays(alice) == [(1, 5), (10, 10)]


def test_who_left_a_call_of_which_only_the_length_tells_the_start_was_there_from_it() -> None:
    bob = attended([removed(3590, "b", BOB), ended(3600, length=3600)], slot(0, 3600), now=DAY)[BOB]
    assert (stays(bob), bob.estimated) == ([(0, 3590)], True)


def test_nobody_is_a_guest_of_a_room_that_was_not_open() -> None:
    people = attended([*stay(1, 5), ended(9)], slot(0, 9), {BOB: "Attendee"})
    assert not any(one.guest for one in people.values())


def test_who_was_invited_and_did_not_come_is_absent_once_the_slot_has_ended() -> None:
    events = [started(0), *stay(1, 5), ended(6)]
    invited: Roster = {BOB: "Presenter"}
    assert attended(events, slot(0, 9), invited, now=9)[BOB] == Attendee(
        BOB, (BOB,), None, "Presenter", "absent"
    )
    assert attended(events, slot(0, 9), invited, now=9 - TICK)[BOB] == Attendee(
        BOB, (BOB,), None, "Presenter", "expected"
    )


def test_in_a_call_that_goes_on_nobody_is_absent() -> None:
    assert attended([started(0)], slot(0, None), {BOB: "Presenter"})[BOB].status == "expected"


def test_who_came_outside_the_slot_only_is_absent() -> None:
    events = [*stay(1, 5), *stay(20, 25), ended(30)]
    assert attended(events, slot(5, 20), {ALICE: "Attendee"})[ALICE].status == "absent"
    assert attended(events, slot(5, 20)) == {}


def test_the_invited_are_named_in_their_order_then_the_others_in_the_order_of_coming() -> None:
    events = [
        started(0),
        added(1, "x", "x"),
        added(2, "a", ALICE),
        added(1, "w", "w"),
        added(0, "z", "z"),
        ended(9),
    ]
    names = list(
        attended(events, slot(0, 9), {DAN: "Attendee", CAROL: "Presenter", ALICE: "Attendee"})
    )
    assert names == [DAN, CAROL, ALICE, "z", "w", "x"]


def test_others_who_came_at_one_time_are_in_the_order_of_their_ids() -> None:
    assert list(attended([added(1, name, name) for name in "hdbgcaef"], slot(0, 9))) == list(
        "abcdefgh"
    )


def test_who_came_without_a_raw_id_is_named_by_the_participant_id() -> None:
    assert list(attended(stay(1, 5, "phone", None), slot(0, 9))) == ["phone"]


def test_name_and_role_are_of_the_leg_joined_last_in_the_slot() -> None:
    events = [
        started(0),
        added(1, "phone", name="before"),
        removed(2, "phone"),
        added(3, "laptop", name="Alice", role="Attendee"),
        added(4, "desk", name="Dr. Alice", role="Presenter"),
        removed(5, "desk"),
        added(20, "phone", name="after"),
    ]
    alice = attended(events, slot(2.5, 10), {ALICE: "Consumer"})[ALICE]
    assert (alice.display_name, alice.role) == ("Dr. Alice", "Presenter")


def test_the_leg_joined_last_may_be_of_the_call_that_started_first() -> None:
    events = [
        started(0, "a"),
        added(5, name="last", call="a"),
        started(1, "b"),
        added(3, name="first", call="b"),
    ]
    assert attended(events, slot(0, 9))[ALICE].display_name == "last"


def test_the_role_is_that_of_the_roster_if_no_event_has_one() -> None:
    assert attended(stay(1, 5), slot(0, 9), {ALICE: "Consumer"})[ALICE].role == "Consumer"
    assert attended(stay(1, 5), slot(0, 9))[ALICE].role is None


# From when until when.


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (0, 30, (10, 20)),
        (12, 30, (12, 20)),
        (0, 18, (10, 18)),
        (12, 18, (12, 18)),
        (10, 20, (10, 20)),
    ],
)
def test_a_leg_is_cut_to_the_slot(start: float, end: float, expected: tuple[float, float]) -> None:
    alice = attended([*stay(10, 20), ended(25)], slot(start, end))[ALICE]
    assert stays(alice) == [expected]
    assert alice.duration == round((expected[1] - expected[0]) * SECOND)


def test_a_leg_that_only_touches_the_slot_is_not_in_it() -> None:
    events = [*stay(10, 20), ended(25)]
    assert attended(events, slot(0, 10)) == attended(events, slot(20, 30)) == {}
    assert (
        attended(events, slot(0, 10 + TICK))[ALICE].duration
        == attended(events, slot(20 - TICK, 30))[ALICE].duration
        == 1
    )


def test_all_calls_of_the_slot_count() -> None:
    events = [*stay(1, 3, call="a"), ended(4, "a"), *stay(5, 8, call="b"), ended(9, "b")]
    assert stays(attended(events, slot(0, 9))[ALICE]) == [(1, 3), (5, 8)]


def test_the_time_of_a_person_is_the_union_of_the_legs() -> None:
    events = [
        *stay(1, 4, "phone"),
        *stay(2, 3, "laptop"),
        *stay(4, 5, "laptop"),
        *stay(7, 9, "desk"),
        *stay(8, 12, "phone"),
        ended(12),
    ]
    alice = attended(events, slot(0, 20))[ALICE]
    assert stays(alice) == [(1, 5), (7, 12)]
    assert alice.duration == 9 * SECOND
    assert alice.joins == 5


def test_joins_are_the_legs_that_lie_in_the_slot() -> None:
    events = [
        *stay(1, 3),
        *stay(4, 8),
        *stay(9, 10),
        *stay(9, 12, "laptop"),
        *stay(15, 20),
        ended(25),
    ]
    assert attended(events, slot(6, 15))[ALICE].joins == 3


def test_who_is_still_there_has_an_open_stay_and_the_time_until_now() -> None:
    alice = attended([started(0), added(10)], slot(0, None), now=15)[ALICE]
    assert stays(alice) == [(10, None)]
    assert alice.duration == alice.alone == 5 * SECOND


def test_who_joins_now_is_there() -> None:
    alice = attended([started(0), added(15)], slot(0, None), now=15)[ALICE]
    assert (stays(alice), alice.duration, alice.joins) == ([(15, None)], 0, 1)


def test_a_stay_is_open_until_the_slot_has_ended() -> None:
    events = [started(0), added(10)]
    assert stays(attended(events, slot(0, 20), now=20 - TICK)[ALICE]) == [(10, None)]
    assert stays(attended(events, slot(0, 20), now=20)[ALICE]) == [(10, 20)]


def test_before_the_slot_nobody_is_in_it() -> None:
    assert (
        attended([started(0), added(10)], slot(20, 30), {ALICE: "Attendee"}, now=15)[ALICE].status
        == "expected"
    )


def test_a_leg_of_no_length_is_attendance_of_no_length() -> None:
    alice = attended([started(0), *stay(5, 5), ended(9)], slot(0, 9), {ALICE: "Attendee"})[ALICE]
    assert (alice.status, stays(alice), alice.duration, alice.alone, alice.joins) == (
        "attended",
        [(5, 5)],
        0,
        0,
        1,
    )
    assert (alice.late, alice.left_early) == (5 * SECOND, 4 * SECOND)


def test_a_leg_of_no_length_at_either_end_of_the_slot_is_in_it_and_outside_is_not() -> None:
    events = [started(0), *stay(5, 5), ended(30)]
    assert [
        list(attended(events, slot(*ends))) for ends in ((5, 9), (0, 5), (5, 5), (6, 9), (0, 4))
    ] == [
        [ALICE],
        [ALICE],
        [ALICE],
        [],
        [],
    ]


def test_a_leg_wholly_after_the_end_of_its_call_is_in_the_slot_of_the_call() -> None:
    assert attended([started(0), ended(5), *stay(7, 9)], slot(0, 5))[ALICE].joins == 1


# Alone.


def test_who_is_there_with_nobody_else_is_alone() -> None:
    events = [
        started(0),
        *stay(1, 10, "a", ALICE),
        *stay(4, 6, "b", BOB),
        *stay(8, 20, "c", CAROL),
        ended(20),
    ]
    people = attended(events, slot(0, 20))
    assert {person: people[person].alone for person in people} == {
        ALICE: 5 * SECOND,
        BOB: 0,
        CAROL: 10 * SECOND,
    }


def test_who_is_there_on_two_devices_is_alone_all_the_same() -> None:
    alice = attended([*stay(1, 10, "phone"), *stay(2, 5, "laptop"), ended(10)], slot(0, 20))[ALICE]
    assert alice.alone == alice.duration == 9 * SECOND


def test_who_comes_when_another_leaves_is_alone() -> None:
    people = attended([*stay(1, 3, "a", ALICE), *stay(3, 7, "b", BOB), ended(9)], slot(0, 9))
    assert [people[person].alone for person in (ALICE, BOB)] == [2 * SECOND, 4 * SECOND]


def test_only_time_of_the_slot_is_spent_alone() -> None:
    events = [*stay(1, 10, "a", ALICE), *stay(4, 6, "b", BOB), ended(10)]
    assert attended(events, slot(3, 8))[ALICE].alone == 3 * SECOND


def test_a_stay_of_no_length_interrupts_nobodys_being_alone() -> None:
    people = attended([*stay(1, 10, "a", ALICE), *stay(5, 5, "b", BOB), ended(10)], slot(0, 10))
    assert (people[ALICE].alone, people[BOB].alone) == (9 * SECOND, 0)


def test_two_who_are_still_there_are_not_alone() -> None:
    people = attended(
        [started(0), added(10, "a", ALICE), added(12, "b", BOB)], slot(0, None), now=20
    )
    assert (people[ALICE].alone, people[BOB].alone) == (2 * SECOND, 0)


# Late and early.


def test_late_is_how_long_after_the_start_of_the_slot_the_first_join_was() -> None:
    assert attended([*stay(3, 5), *stay(6, 7), ended(9)], slot(0, 9))[ALICE].late == 3 * SECOND


def test_who_was_there_when_the_slot_began_is_not_late() -> None:
    assert attended([*stay(3, 8), ended(9)], slot(4, 9))[ALICE].late == 0


def test_early_is_how_long_before_the_end_of_the_slot_the_last_leave_was() -> None:
    events = [*stay(1, 2), *stay(3, 7, "laptop"), *stay(4, 5), ended(9)]
    assert attended(events, slot(0, 9))[ALICE].left_early == 2 * SECOND


def test_who_was_there_when_the_slot_ended_did_not_leave_early() -> None:
    assert attended([*stay(3, 8), ended(9)], slot(0, 7))[ALICE].left_early == 0
    assert attended([started(0), added(3)], slot(0, 7))[ALICE].left_early == 0


def test_whether_anybody_left_early_is_said_once_the_slot_has_ended() -> None:
    events = [*stay(3, 5), ended(6)]
    assert attended(events, slot(0, 9), now=9 - TICK)[ALICE].left_early is None
    assert attended(events, slot(0, 9), now=9)[ALICE].left_early == 4 * SECOND
    assert attended([started(0), added(3)], slot(0, None))[ALICE].left_early is None


def test_of_who_did_not_come_no_times_are_said() -> None:
    bob = attended([*stay(3, 5), ended(6)], slot(0, 6), {BOB: "Attendee"})[BOB]
    assert (bob.late, bob.left_early, bob.stays, bob.duration, bob.joins) == (None, None, (), 0, 0)


# What is estimated.


def test_what_is_told_by_events_is_not_estimated() -> None:
    assert not attended([started(0), *stay(3, 5), ended(9)], slot(0, 9))[ALICE].estimated


@pytest.mark.parametrize(
    "events", [[started(0), removed(5), ended(9)], [started(0), added(5), ended(9)]]
)
def test_a_person_with_an_estimated_join_or_leave_is_estimated(events: list[CallEvent]) -> None:
    people = attended([*events, *stay(1, 2, "b", BOB)], slot(0, 9))
    assert people[ALICE].estimated
    assert not people[BOB].estimated


def test_one_estimated_leg_of_several_is_enough() -> None:
    assert attended([started(0), *stay(1, 3), *stay(4, 5), added(6), ended(9)], slot(0, 9))[
        ALICE
    ].estimated


def test_an_estimated_leg_outside_the_slot_is_not_used() -> None:
    assert not attended([started(0), *stay(1, 3), added(6), ended(9)], slot(0, 5))[ALICE].estimated


def test_whoever_came_to_a_slot_with_estimated_ends_is_estimated() -> None:
    people = attended(
        [started(0), *stay(1, 3), ended(9)],
        TimeWindow(moment(0), moment(9), True),
        {BOB: "Attendee"},
    )
    assert people[ALICE].estimated
    assert not people[BOB].estimated


# Who may have come though no event says so.


LOSSES = [
    [*stay(1, 5, "a"), ended(9)],
    [started(0), *stay(1, 5, "a")],
    [started(0), *stay(1, 5, "a"), removed(6, "b", CAROL), ended(9)],
    [started(0), added(1, "a"), ended(9)],
]
"""Calls of which an event is missing: the start, the end, a join, a leave."""


@pytest.mark.parametrize("events", LOSSES)
def test_absence_from_a_call_with_lost_events_is_estimated(events: list[CallEvent]) -> None:
    bob = attended(events, slot(0, 20), {BOB: "Presenter"}, now=60 * 60 * 24)[BOB]
    assert (bob.status, bob.estimated) == ("absent", True)


def test_absence_from_a_call_that_is_known_whole_is_not_estimated() -> None:
    events = [started(0), *stay(1, 5), ended(9)]
    assert not attended(events, slot(0, 20), {BOB: "Presenter"})[BOB].estimated


def test_absence_where_no_call_was_is_not_estimated() -> None:
    bob = attended([], slot(0, 20), {BOB: "Presenter"})[BOB]
    assert (bob.status, bob.estimated) == ("absent", False)


@pytest.mark.parametrize("events", LOSSES)
def test_what_a_call_of_another_time_lost_says_nothing_of_this_one(
    events: list[CallEvent],
) -> None:
    bob = attended(events, slot(20, 30), {BOB: "Presenter"}, now=60 * 60 * 24)[BOB]
    assert (bob.status, bob.estimated) == ("absent", False)


@pytest.mark.parametrize(
    ("events", "estimated"),
    [
        ([started(0), added(1)], False),
        ([added(1)], True),
        ([started(0), added(1), removed(3, "b", CAROL)], True),
    ],
)
def test_who_is_expected_in_a_call_that_goes_on_is_estimated_if_it_lost_events(
    events: list[CallEvent], estimated: bool
) -> None:
    for end in (None, 90):
        bob = attended(events, slot(0, end), {BOB: "Presenter"})[BOB]
        assert (bob.status, bob.estimated) == ("expected", estimated)


# Whose invitation was taken back.


WHOLE = [started(10), *stay(11, 20), ended(30)]
BOTH: Roster = {ALICE: "Presenter", BOB: "Attendee"}


def removed_from(
    time: TimeWindow | Occasion, at: float, events: Iterable[CallEvent] = WHOLE, now: float = 60
) -> Attendee | None:
    """BOB, who did not come and was removed then."""
    return attended(events, time, BOTH, now, removed_at={BOB: at}).get(BOB)


def test_who_was_removed_before_the_first_call_is_not_in_the_report() -> None:
    assert removed_from(slot(0, 50), 10) is None
    bob = removed_from(slot(0, 50), 10 + TICK)
    assert bob is not None
    assert (bob.status, bob.removed_at) == ("absent", moment(10 + TICK))


def test_who_was_removed_before_the_scheduled_start_is_not_in_the_report() -> None:
    for scheduled in (5, 15):  # before the first call, and after its start
        time = Occasion(slot(0, 50), scheduled_start=moment(scheduled))
        assert removed_from(time, scheduled) is None
        assert removed_from(time, scheduled + TICK) is not None


def test_a_scheduled_start_outside_of_the_time_says_nothing_of_it() -> None:
    for scheduled in (-5, 50):
        time = Occasion(slot(0, 50), scheduled_start=moment(scheduled))
        assert removed_from(time, 10) is None
        assert removed_from(time, 11) is not None


def test_a_call_that_began_before_the_time_counts_from_its_start() -> None:
    assert removed_from(slot(15, 50), 15) is None
    assert removed_from(slot(15, 50), 16) is not None


def test_who_was_removed_from_a_room_without_a_call_is_not_in_the_report() -> None:
    assert removed_from(slot(0, 50), 40, []) is None
    assert removed_from(slot(0, 500), 60, []) is None
    assert removed_from(slot(40, 50), 39, WHOLE) is None
    bob = removed_from(Occasion(slot(0, 500), scheduled_start=moment(20)), 40, [])
    assert bob is not None
    assert (bob.status, bob.removed_at) == ("expected", moment(40))


def test_who_came_is_in_the_report_however_early_they_were_removed() -> None:
    alice = attended(WHOLE, slot(0, 50), BOTH, removed_at={ALICE: 5})[ALICE]
    assert (alice.status, alice.role, alice.removed_at) == ("attended", "Presenter", moment(5))


def test_who_is_still_invited_was_not_removed() -> None:
    assert [one.removed_at for one in attended(WHOLE, slot(0, 50), BOTH).values()] == [None, None]


# Rooms that were deleted.


def test_nobody_is_absent_from_a_room_that_was_deleted_before() -> None:
    time = Occasion(slot(0, 50), cancelled=True)
    for now in (5, 60):
        assert {who: one.status for who, one in attended([], time, BOTH, now).items()} == {
            ALICE: "cancelled",
            BOB: "cancelled",
        }


def test_who_came_though_the_room_was_deleted_attended() -> None:
    people = attended(WHOLE, Occasion(slot(0, 50), cancelled=True), BOTH)
    assert {who: one.status for who, one in people.items()} == {
        ALICE: "attended",
        BOB: "cancelled",
    }


@pytest.mark.parametrize(
    ("at", "is_cancelled", "end"),
    [
        (5, True, 20),
        (10, True, 20),
        (10 + TICK, False, 10 + TICK),
        (20, False, 20),
        (30, False, 20),
    ],
)
def test_a_time_is_cancelled_by_an_earlier_deletion_and_ended_by_a_later_one(
    at: float, is_cancelled: bool, end: float
) -> None:
    deletion = Deletion(moment(at), "key")
    assert cancelled(slot(10, 20), deletion) == (deletion if is_cancelled else None)
    assert until_deletion(slot(10, 20), deletion) == slot(10, end)


@pytest.mark.parametrize(
    ("at", "scheduled", "is_cancelled", "end"),
    [
        (15, 16, True, 20),  # whatever else that time has before
        (15, 15, True, 20),
        (15, 15 - TICK, False, 15),
        (15, 20, False, 15),  # which is not in it
        (15, 9, False, 15),
        (10, 9, True, 20),
    ],
)
def test_a_time_with_a_scheduled_start_is_cancelled_until_then(
    at: float, scheduled: float, is_cancelled: bool, end: float
) -> None:
    deletion, start = Deletion(moment(at), None), moment(scheduled)
    assert cancelled(slot(10, 20), deletion, start) == (deletion if is_cancelled else None)
    assert until_deletion(slot(10, 20), deletion, start) == slot(10, end)


def test_a_room_that_was_not_deleted_cancels_nothing() -> None:
    assert cancelled(slot(10, 20), None) is None
    assert until_deletion(slot(10, 20), None) == slot(10, 20)


# People with several raw ids.


def test_a_person_is_one_row_with_all_raw_ids() -> None:
    events = [started(0), *stay(1, 4, "b", BOB), *stay(3, 8, "c", CAROL), ended(9)]
    time = Occasion(slot(0, 9), same_person(CAROL, BOB, ALICE))
    roster: Roster = {DAN: "Attendee", ALICE: "Presenter", BOB: "Consumer"}
    people = attended(events, time, roster)
    assert list(people) == [DAN, CAROL]
    person = people[CAROL]
    assert person.raw_ids == (ALICE, BOB, CAROL)
    assert (person.status, person.role, person.guest) == ("attended", "Presenter", False)
    assert (stays(person), person.joins) == ([(1, 8)], 2)
    assert person.alone == person.duration == 7 * SECOND


def test_who_was_invited_by_one_raw_id_and_came_with_another_attended() -> None:
    time = Occasion(slot(0, 50), same_person(ALICE, BOB))
    for was_open in (False, True):
        (person,) = attended(WHOLE, time, {BOB: "Presenter"}, was_open=was_open).values()
        assert (person.raw_ids, person.status, person.guest) == ((BOB, ALICE), "attended", False)


def test_who_came_uninvited_by_two_raw_ids_is_named_by_the_first_that_came() -> None:
    events = [started(0), *stay(3, 8, "a"), *stay(1, 4, "b", BOB), ended(9)]
    time = Occasion(slot(0, 9), same_person(ALICE, BOB))
    (person,) = attended(events, time).values()
    assert (person.raw_ids, person.status) == ((BOB, ALICE), "uninvited")


def test_who_did_not_come_has_the_role_of_the_first_raw_id_that_is_still_invited() -> None:
    time = Occasion(slot(0, 50), same_person(ALICE, BOB))
    roster: Roster = {BOB: "Attendee", ALICE: "Presenter"}
    (person,) = attended([], time, roster).values()
    assert (person.role, person.raw_ids) == ("Attendee", (BOB, ALICE))
    (person,) = attended([], time, roster, removed_at={BOB: 20}).values()
    assert (person.role, person.raw_ids, person.removed_at) == ("Presenter", (BOB, ALICE), None)


def test_a_person_was_removed_with_the_last_of_their_raw_ids() -> None:
    time = Occasion(slot(0, 50), same_person(ALICE, BOB), scheduled_start=moment(10))
    events = [started(10), *stay(11, 20, "c", CAROL), ended(30)]
    person = attended(events, time, BOTH, removed_at={ALICE: 40, BOB: 5})[ALICE]
    assert person.removed_at == moment(40)
    assert list(attended(events, time, BOTH, removed_at={ALICE: 10, BOB: 5})) == [CAROL]


def test_an_external_id_of_nobody_who_came_or_was_invited_names_nobody() -> None:
    assert list(attended(WHOLE, Occasion(slot(0, 50), same_person(CAROL, DAN)))) == [ALICE]


# Whether it is known who else was there.


def alone_estimated(events: Iterable[CallEvent], time: TimeWindow | Occasion) -> dict[str, bool]:
    return {who: one.alone_estimated for who, one in attended(events, time, BOTH).items()}


def test_the_time_alone_is_known_if_all_events_came() -> None:
    assert alone_estimated(WHOLE, slot(0, 50)) == {ALICE: False, BOB: False}


def test_the_time_alone_is_estimated_where_people_may_call_telephones() -> None:
    time = Occasion(slot(0, 50), may_call_phones=True)
    assert alone_estimated(WHOLE, time) == {ALICE: True, BOB: False}


def test_the_time_alone_is_estimated_where_a_telephone_was_in_the_call() -> None:
    events = [*WHOLE, *stay(12, 13, "p", "4:+15550100")]
    assert alone_estimated(events, slot(0, 50)) == {ALICE: True, BOB: False, "4:+15550100": True}


@pytest.mark.parametrize("events", LOSSES)
def test_the_time_alone_is_estimated_where_events_were_lost(events: list[CallEvent]) -> None:
    people = attended(events, slot(0, 20), now=60 * 60 * 24)
    assert people[ALICE].alone_estimated
