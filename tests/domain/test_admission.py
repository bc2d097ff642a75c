from dataclasses import replace
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rooms.domain.admission import (
    UNOCCUPIED,
    Admitted,
    Occupancy,
    Reason,
    Refused,
    admission,
    needs_occupancy,
    occupancy_at,
)
from rooms.domain.capabilities import capabilities
from rooms.domain.events import CallEvent
from rooms.domain.presence import call_at
from rooms.domain.room import JOIN_POLICIES, Room, RoomState, state_at
from rooms.domain.roster import Role, Roster
from rooms.domain.time import DAY, HOUR, MAX_TIME, SECOND, Ticks, parse_time
from testkit.identifiers import raw_id
from tests.domain.folded import fold_calls
from tests.domain.histories import ALICE, BOB, CAROL, added, ended, moment, removed, started, stay

OPENS = parse_time("2026-05-04T10:00:00Z")
CLOSES = OPENS + HOUR
ROOM = Room("99400000000000000", OPENS - DAY, OPENS, CLOSES, False)
OPEN_ROOM = replace(ROOM, join_policy="CommunicationServiceUsers")
INVITED: Roster = {ALICE: "Presenter", BOB: "Attendee"}
PHONE = "4:+15551234567"
FULL = Occupancy(2, frozenset({BOB, CAROL}))
ROLES: tuple[Role, ...] = get_args(Role.__value__)

NO_USER = Reason(
    "NotCommunicationUser", 5830, "Only users of Azure Communication Services can join this room."
)
NOT_INVITED = Reason("NotInvited", 5828, "You are not invited to this room.")
NOT_OPEN_YET = Reason(
    "NotOpenYet", 5829, "This room is not open yet. It opens at 2026-05-04 10:00:00 UTC.", OPENS
)
CLOSED = Reason("Closed", 5829, "This room is closed. It was open until 2026-05-04 11:00:00 UTC.")
ROOM_FULL = Reason(
    "RoomFull",
    None,
    "This room is full: its call holds 2 people. Try again when somebody has left.",
)


def reasons(
    who: str = ALICE,
    at: Ticks = OPENS,
    occupancy: Occupancy = UNOCCUPIED,
    room: Room = ROOM,
    roster: Roster = INVITED,
) -> tuple[Reason, ...]:
    """Why the person is refused; none if they are admitted."""
    match admission(room, roster, who, at, occupancy, capacity=2):
        case Refused(told):
            assert told
            return told
        case Admitted():
            return ()


# Each reason alone, in the words that the person reads.


def test_a_raw_id_that_is_no_acs_users_is_refused_though_it_is_invited() -> None:
    assert reasons(PHONE, roster={PHONE: "Attendee"}) == (NO_USER,)


def test_who_is_not_on_the_roster_is_not_invited() -> None:
    assert reasons(CAROL) == (NOT_INVITED,)


def test_before_its_time_the_room_is_not_open_yet_and_says_when_it_opens() -> None:
    assert reasons(at=OPENS - HOUR) == (NOT_OPEN_YET,)


def test_after_its_time_the_room_is_closed() -> None:
    assert reasons(at=CLOSES + HOUR) == (CLOSED,)


def test_who_was_not_in_the_call_does_not_get_into_a_full_one() -> None:
    assert reasons(occupancy=FULL) == (ROOM_FULL,)


def test_who_may_come_in_is_told_role_capabilities_and_until_when() -> None:
    for role in ROLES:
        for room in (ROOM, replace(ROOM, pstn_dial_out_enabled=True)):
            expected = Admitted(role, capabilities(role, room.pstn_dial_out_enabled), CLOSES, False)
            assert admission(room, {ALICE: role}, ALICE, OPENS, UNOCCUPIED, 2) == expected


def test_times_in_messages_are_whole_seconds_and_opens_at_is_to_the_tick() -> None:
    room = replace(ROOM, valid_from=OPENS + 9_999_999)
    (reason,) = reasons(room=room)
    assert (reason.message, reason.opens_at) == (NOT_OPEN_YET.message, OPENS + 9_999_999)


# Open rooms.


def test_an_acs_user_who_is_not_invited_is_a_guest_of_an_open_room_and_attendee() -> None:
    expected = Admitted("Attendee", capabilities("Attendee", False), CLOSES, guest=True)
    assert admission(OPEN_ROOM, INVITED, CAROL, OPENS, UNOCCUPIED, 2) == expected
    assert admission(OPEN_ROOM, {}, CAROL, OPENS, UNOCCUPIED, 2) == expected


def test_in_an_open_room_the_invited_keep_their_role_and_are_no_guests() -> None:
    for role in ROLES:
        expected = Admitted(role, capabilities(role, False), CLOSES, guest=False)
        assert admission(OPEN_ROOM, {ALICE: role}, ALICE, OPENS, UNOCCUPIED, 2) == expected


def test_who_is_no_acs_user_is_no_guest() -> None:
    assert reasons(PHONE, room=OPEN_ROOM) == (NO_USER,)


def test_a_guest_comes_neither_before_nor_after_the_time_of_the_room_nor_into_a_full_call() -> None:
    assert reasons(CAROL, OPENS - 1, room=OPEN_ROOM) == (NOT_OPEN_YET,)
    assert reasons(CAROL, CLOSES, room=OPEN_ROOM) == (CLOSED,)
    assert reasons(CAROL, occupancy=Occupancy(2, frozenset()), room=OPEN_ROOM) == (ROOM_FULL,)


def test_a_guest_who_was_in_the_full_call_may_come_back() -> None:
    assert reasons(CAROL, occupancy=FULL, room=OPEN_ROOM) == ()


# Borders, to the tick.


@pytest.mark.parametrize(
    ("at", "state", "told"),
    [
        (OPENS - 1, "upcoming", (NOT_OPEN_YET,)),
        (OPENS, "open", ()),
        (OPENS + 1, "open", ()),
        (CLOSES - 1, "open", ()),
        (CLOSES, "expired", (CLOSED,)),
        (CLOSES + 1, "expired", (CLOSED,)),
    ],
)
def test_a_room_is_open_from_its_beginning_until_just_before_its_end(
    at: Ticks, state: RoomState, told: tuple[Reason, ...]
) -> None:
    assert (state_at(ROOM, at), reasons(at=at)) == (state, told)


def test_a_room_of_no_length_is_never_open() -> None:
    room = replace(ROOM, valid_until=OPENS)
    assert [state_at(room, OPENS + tick) for tick in (-1, 0, 1)] == [
        "upcoming",
        "expired",
        "expired",
    ]
    assert [
        [reason.code for reason in reasons(at=OPENS + tick, room=room)] for tick in (-1, 0)
    ] == [["NotOpenYet"], ["Closed"]]


@pytest.mark.parametrize(("count", "told"), [(1, ()), (2, (ROOM_FULL,)), (3, (ROOM_FULL,))])
def test_a_call_is_full_with_as_many_people_as_it_holds(
    count: int, told: tuple[Reason, ...]
) -> None:
    assert reasons(occupancy=Occupancy(count, frozenset())) == told


@pytest.mark.parametrize(
    ("invited", "counted"), [(0, False), (349, False), (350, False), (351, True)]
)
def test_people_are_counted_only_where_more_are_invited_than_a_call_holds(
    invited: int, counted: bool
) -> None:
    roster: Roster = {raw_id(number): "Attendee" for number in range(invited)}
    assert needs_occupancy(ROOM, roster, 350) is counted


def test_people_in_an_open_room_are_counted_whatever_its_roster() -> None:
    assert needs_occupancy(OPEN_ROOM, {}, 350)


# Any room, roster, person, time and occupancy.


people = st.sampled_from(
    [ALICE, BOB, CAROL, PHONE, "", "8:acs:x", f"{ALICE}\n", ALICE.upper(), "28:orgid:x"]
)
USERS = {ALICE, BOB, CAROL}
near = st.sampled_from([-1, 0, 1, 10, 10 * SECOND]) | st.integers(-DAY, DAY)


@st.composite
def rooms(draw: st.DrawFn) -> Room:
    opens = draw(st.integers(2 * DAY, MAX_TIME - 2 * DAY))
    return Room(
        "99400000000000000",
        opens,
        opens,
        opens + abs(draw(near)),
        draw(st.booleans()),
        draw(st.sampled_from(JOIN_POLICIES)),
    )


@st.composite
def questions(draw: st.DrawFn) -> tuple[Room, Roster, str, Ticks, Occupancy, int]:
    """What decides of an admission, near its borders."""
    room = draw(rooms())
    roster = draw(st.dictionaries(people, st.sampled_from(ROLES)))
    at = draw(st.sampled_from([room.valid_from, room.valid_until])) + draw(near)
    occupancy = draw(
        st.just(UNOCCUPIED) | st.builds(Occupancy, st.integers(0, 4), st.frozensets(people))
    )
    return room, roster, draw(people), at, occupancy, draw(st.integers(1, 4))


@given(questions())
def test_each_reason_is_told_exactly_when_its_condition_holds_in_the_order_of_the_table(
    question: tuple[Room, Roster, str, Ticks, Occupancy, int],
) -> None:
    room, roster, who, at, occupancy, capacity = question
    conditions = {
        "NotCommunicationUser": who not in USERS,
        "NotInvited": who not in roster and room.join_policy == "InviteOnly",
        "NotOpenYet": at < room.valid_from,
        "Closed": room.valid_from <= at and room.valid_until <= at,
        "RoomFull": occupancy.count >= capacity and who not in occupancy.seen,
    }
    expected = [code for code, holds in conditions.items() if holds]
    decision = admission(*question)
    assert (
        [reason.code for reason in decision.reasons] == expected
        if isinstance(decision, Refused)
        else not expected
    )


@given(questions())
def test_who_is_admitted_has_the_role_of_the_roster_or_of_a_guest_and_the_rooms_end(
    question: tuple[Room, Roster, str, Ticks, Occupancy, int],
) -> None:
    room, roster, who, at, _, _ = question
    decision = admission(*question)
    if isinstance(decision, Admitted):
        role = roster.get(who, "Attendee")
        allowed = capabilities(role, room.pstn_dial_out_enabled)
        assert decision == Admitted(role, allowed, room.valid_until, who not in roster)
        assert room.valid_from <= at < decision.valid_until


@given(questions())
def test_every_reason_has_its_subcode_and_only_not_open_yet_says_when_to_come(
    question: tuple[Room, Roster, str, Ticks, Occupancy, int],
) -> None:
    sub_codes = {
        "NotCommunicationUser": 5830,
        "NotInvited": 5828,
        "NotOpenYet": 5829,
        "Closed": 5829,
        "RoomFull": None,
    }
    decision = admission(*question)
    if isinstance(decision, Refused):
        for reason in decision.reasons:
            opens_at = question[0].valid_from if reason.code == "NotOpenYet" else None
            assert (reason.sub_code, reason.opens_at) == (sub_codes[reason.code], opens_at)


# Who is in the call.


def occupancy(*events: CallEvent, at: float = 60) -> Occupancy:
    return occupancy_at(call_at(fold_calls(events, moment(60)), moment(at)), moment(at))


def test_without_a_call_nobody_is_there() -> None:
    assert occupancy() == occupancy(started(0), *stay(1, 5), ended(6)) == UNOCCUPIED


def test_in_a_call_of_nobody_is_nobody() -> None:
    assert occupancy(started(0)) == UNOCCUPIED


def test_two_devices_of_one_person_are_one_person() -> None:
    assert occupancy(added(1, "phone", ALICE), added(2, "laptop", ALICE)) == Occupancy(
        1, frozenset({ALICE})
    )


def test_who_has_left_is_not_counted_and_may_come_again() -> None:
    assert occupancy(added(1, "a", ALICE), *stay(2, 3, "b", BOB)) == Occupancy(
        1, frozenset({ALICE, BOB})
    )


def test_who_has_left_with_one_of_two_devices_is_counted() -> None:
    assert occupancy(added(1, "phone"), added(2, "laptop"), removed(3, "phone")).count == 1


def test_a_person_whose_events_have_no_raw_id_is_counted() -> None:
    assert occupancy(added(1, "a", ALICE), added(2, "b", None)) == Occupancy(
        2, frozenset({ALICE, "b"})
    )


def test_who_came_later_than_the_time_asked_about_is_neither_counted_nor_known() -> None:
    assert occupancy(added(1, "a", ALICE), added(10, "b", BOB), at=10 - 1e-7) == Occupancy(
        1, frozenset({ALICE})
    )


def test_who_was_in_the_call_before_this_one_is_not_coming_back() -> None:
    assert occupancy(
        *stay(0, 5, "b", BOB, "before"), ended(6, "before"), added(7, "a", ALICE)
    ) == Occupancy(1, frozenset({ALICE}))


def test_of_two_live_calls_the_one_that_started_last_counts() -> None:
    first = [started(0, "z"), added(1, "b", BOB, call="z"), added(1, "c", CAROL, call="z")]
    assert occupancy(*first, started(2, "a"), added(3, "a", ALICE, call="a")) == Occupancy(
        1, frozenset({ALICE})
    )
