"""Calls, presence and attendance of generated histories: whatever the deliveries, and against an
oracle."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rooms.domain.attendance import Attendee, Occasion, attendance
from rooms.domain.call import Call, Leg
from rooms.domain.events import CallEvent
from rooms.domain.missing import missing_from
from rooms.domain.overdue import ended_if_overdue
from rooms.domain.people import People, identified, people_in
from rooms.domain.presence import PersonInCall, Stay, call_at, present_at
from rooms.domain.roster import ROLES, Invited, Roster
from rooms.domain.time import Ticks
from rooms.domain.time_window import TimeWindow
from tests.domain.folded import fold_calls
from tests.domain.histories import (
    ALICE,
    BOB,
    CAROL,
    DAN,
    HISTORIES,
    History,
    histories,
    played,
    shuffled,
)
from tests.domain.oracle import (
    ToldAttendee,
    ToldCall,
    ToldLeg,
    ToldPresent,
    ToldRoom,
    told_attendance,
    told_calls,
    told_missing,
    told_of_people,
    told_presence,
)

ROSTER: Roster = {DAN: "Presenter", ALICE: "Attendee"}
INVITED = Invited(ROSTER, False)

thorough = settings(max_examples=HISTORIES, deadline=None, suppress_health_check=list(HealthCheck))


def moments(calls: Sequence[Call], now: Ticks) -> list[Ticks]:
    """Those up to now at which somebody comes or goes, and the ticks before them; not many."""
    times = {call.started_at for call in calls} | {call.ended_at for call in calls} | {now}
    times |= {at for call in calls for leg in call.legs for at in (leg.joined_at, leg.left_at)}
    known = sorted({at - step for at in times if at is not None for step in (0, 1)})
    return known if len(known) <= 16 else sorted(Random(now).sample(known, 16))


def slots(
    calls: Sequence[Call], now: Ticks, random: Random
) -> Iterator[tuple[TimeWindow, Sequence[Call]]]:
    """The time of each call, and some times that cut through all."""
    for call in calls:
        yield (
            TimeWindow(call.started_at, call.ended_at, call.start_estimated or call.end_estimated),
            [call],
        )
    ends = [*moments(calls, now), now + 10**9]
    for _ in range(2):
        start, end = sorted((random.choice(ends), random.choice(ends)))
        yield TimeWindow(start, end), calls
    yield TimeWindow(random.choice(ends), None), calls


def folded(events: Sequence[CallEvent], planned_end: Ticks | None, now: Ticks) -> list[Call]:
    """The calls of a room."""
    return [ended_if_overdue(call, planned_end, now) for call in fold_calls(events, now)]


def answers(
    events: Sequence[CallEvent], planned_end: Ticks | None, now: Ticks, seed: int
) -> tuple[object, ...]:
    """Everything that is said of a room."""
    random = Random(seed)
    calls = folded(events, planned_end, now)
    presences = [
        (at, call, call and present_at(call, at))
        for at in moments(calls, now)
        for call in [call_at(calls, at)]
    ]
    room = some_room(random, calls, now)
    attendances = [
        (slot, attendance(occasion_of(slot, room), some, invited_to(room), now))
        for slot, some in slots(calls, now, random)
    ]
    return calls, presences, attendances


def told_leg(leg: Leg) -> ToldLeg:
    return ToldLeg(
        leg.participant_id,
        leg.raw_id,
        leg.display_name,
        leg.role,
        leg.joined_at,
        leg.join_estimated,
        leg.left_at,
        leg.leave_estimated,
    )


def told_call(call: Call) -> ToldCall:
    return ToldCall(
        id=call.id,
        started_at=call.started_at,
        start_estimated=call.start_estimated,
        ended_at=call.ended_at,
        end_estimated=call.end_estimated,
        people=call.people,
        peak=call.peak,
        peak_at=call.peak_at,
        peak_estimated=call.peak_estimated,
        has_gaps=call.has_gaps,
        legs=tuple(sorted((told_leg(leg) for leg in call.legs), key=repr)),
    )


def agrees(present: PersonInCall, told: ToldPresent) -> bool:
    return (present.person, present.since, present.legs, present.estimated) == told[:4] and (
        present.display_name,
        present.role,
    ) in told.may_be_called


def some_room(random: Random, calls: Sequence[Call], now: Ticks) -> ToldRoom:
    """A room with some of the people on its roster, some of whom were removed, and with external
    ids that some of them share."""
    people = shuffled((ALICE, BOB, CAROL, DAN), random)
    roster = {raw_id: random.choice(ROLES) for raw_id in people[: random.randint(0, 4)]}
    times = moments(calls, now)
    return ToldRoom(
        roster,
        was_open=random.random() < 0.3,
        removed={raw_id: random.choice(times) for raw_id in roster if random.random() < 0.4},
        external_ids={
            raw_id: random.choice("123")
            for raw_id in shuffled(people, random)
            if random.random() < 0.7
        },
        scheduled_start=random.choice((None, *times)),
        was_deleted_before=random.random() < 0.2,
        has_dial_out=random.random() < 0.2,
    )


def people_of(room: ToldRoom) -> People:
    named = {raw_id: {"externalId": own} for raw_id, own in room.external_ids.items()}
    return people_in({"participants": named})


def occasion_of(slot: TimeWindow, room: ToldRoom) -> Occasion:
    return Occasion(
        slot,
        people_of(room),
        room.scheduled_start,
        room.was_deleted_before,
        room.has_dial_out,
    )


def invited_to(room: ToldRoom) -> Invited:
    return Invited(room.invited, room.was_open, room.removed)


def told_attendee(attendee: Attendee, told: ToldAttendee) -> ToldAttendee:
    assert (attendee.display_name, attendee.role) in told.may_be_called
    came_as = told.came_as - set(told.invited_as)
    invited_as = attendee.raw_ids[: len(attendee.raw_ids) - len(came_as)]
    assert set(attendee.raw_ids[len(invited_as) :]) == came_as
    return ToldAttendee(
        person=attendee.person,
        invited_as=invited_as,
        came_as=told.came_as,
        status=attendee.status,
        guest=attendee.guest,
        removed_at=attendee.removed_at,
        intervals=tuple((stay.start, stay.end) for stay in attendee.stays),
        duration=attendee.duration,
        alone=attendee.alone,
        alone_estimated=attendee.alone_estimated,
        joins=attendee.joins,
        late=attendee.late,
        left_early=attendee.left_early,
        estimated=attendee.estimated,
        may_be_called=told.may_be_called,
    )


def check_against_the_oracle(
    events: Sequence[CallEvent], planned_end: Ticks | None, now: Ticks, random: Random
) -> None:
    calls = folded(events, planned_end, now)
    told = told_calls(events, now, planned_end)
    assert {call.id: told_call(call) for call in calls} == told
    assert [call.id for call in calls] == sorted(
        told, key=lambda call: (told[call].started_at, call)
    )
    check_presence(calls, told, now)
    room = some_room(random, calls, now)
    check_people(calls, told, room, now)
    for slot, some in slots(calls, now, random):
        of_calls = [told[call.id] for call in some]
        for room in (ToldRoom(ROSTER), some_room(random, calls, now)):
            said = attendance(occasion_of(slot, room), some, invited_to(room), now)
            expected = told_attendance(slot.start, slot.end, slot.estimated, of_calls, room, now)
            assert len(said) == len(expected)
            assert {each.person: told_attendee(each, expected[each.person]) for each in said} == (
                expected
            )


def check_presence(calls: Sequence[Call], told: Mapping[str, ToldCall], now: Ticks) -> None:
    for at in moments(calls, now):
        call, presence = call_at(calls, at), told_presence(told, at)
        assert (call is None) == (presence is None)
        if call is not None and presence is not None:
            there = present_at(call, at)
            assert call.id == presence[0]
            assert [present.person for present in there] == sorted(
                presence[1], key=lambda who: (presence[1][who].since, who)
            )
            assert all(agrees(present, presence[1][present.person]) for present in there)


def check_people(
    calls: Sequence[Call], told: Mapping[str, ToldCall], room: ToldRoom, now: Ticks
) -> None:
    """Checks calls and presence of people with several raw ids, and who is missing."""
    people = people_of(room)
    of_people = [identified(call, people) for call in calls]
    told_people = {id: told_of_people(call, room) for id, call in told.items()}
    for call in of_people:
        expected = told_people[call.id]
        assert (call.people, call.peak, call.peak_at, call.peak_estimated) == (
            expected.people,
            expected.peak,
            expected.peak_at,
            expected.peak_estimated,
        )
    check_presence(of_people, told_people, now)
    for at in moments(calls, now):
        if (going_on := call_at(of_people, at)) is None:
            continue
        legs = [leg for leg in told[going_on.id].legs if leg.joined_at <= at]
        for present in present_at(going_on, at):
            own = {leg.person for leg in legs if room.person(leg.person) == present.person}
            assert set(present.raw_ids) == own
            assert len(present.raw_ids) == len(own)
            assert present.raw_id in own
        start = now if room.scheduled_start is None else room.scheduled_start
        missing = missing_from(going_on, room.invited, people, start, at)
        expected_missing = told_missing(told[going_on.id], room, at) if at >= start else {}
        assert {people.key(one.raw_ids[0]): one.left_at for one in missing} == expected_missing
        assert len(missing) == len(expected_missing)
        assert all(one.since == max(start, one.left_at or 0) for one in missing)


def check_invariants(events: Sequence[CallEvent], planned_end: Ticks | None, now: Ticks) -> None:
    calls = folded(events, planned_end, now)
    assert sum(call.ended_at is None for call in calls) <= 1
    for call in calls:
        end = now if call.ended_at is None else call.ended_at
        assert call.started_at <= end <= now
        assert 0 <= call.peak <= call.people <= len(call.legs)
        assert (call.peak == 0) == (call.peak_at is None)
        assert [leg.joined_at for leg in call.legs] == sorted(leg.joined_at for leg in call.legs)
        for leg in call.legs:
            assert (
                call.started_at
                <= leg.joined_at
                <= (end if leg.left_at is None else leg.left_at)
                <= end
            )
            assert leg.left_at is not None or call.ended_at is None
            assert leg.left_at is not None or not leg.leave_estimated
        for at in moments([call], now):
            there = present_at(call, at)
            covering = [leg for leg in call.legs if Stay(leg.joined_at, leg.left_at).covers(at)]
            assert sum(present.legs for present in there) == len(covering)
            assert {present.person for present in there} == {leg.person for leg in covering}
            assert len(there) <= call.peak
            assert at != call.peak_at or len(there) == call.peak
            assert all(call.started_at <= present.since <= at for present in there)
        whole = TimeWindow(call.started_at, call.ended_at)
        check_attendance(attendance(Occasion(whole), [call], INVITED, now), whole, now)
        assert {leg.person for leg in call.legs} == {
            attendee.person
            for attendee in attendance(Occasion(whole), [call], INVITED, now)
            if attendee.joins
        }


def check_attendance(attendees: Sequence[Attendee], slot: TimeWindow, now: Ticks) -> None:
    people = [attendee.person for attendee in attendees]
    assert len(people) == len(set(people))
    assert people[: len(ROSTER)] == list(ROSTER)
    strangers = attendees[len(ROSTER) :]
    assert all(attendee.status == "uninvited" for attendee in strangers)
    assert [who.stays[0].start for who in strangers] == sorted(
        who.stays[0].start for who in strangers
    )
    until = now if slot.end is None else min(slot.end, now)
    for attendee in attendees:
        stays = [(stay.start, now if stay.end is None else stay.end) for stay in attendee.stays]
        assert attendee.duration == sum(end - start for start, end in stays)
        assert 0 <= attendee.alone <= attendee.duration <= max(until - slot.start, 0)
        assert all(start <= end for start, end in stays)
        assert all(earlier[1] < later[0] for earlier, later in pairwise(stays))
        assert all(slot.start <= start and end <= until for start, end in stays)
        assert all(stay.end is not None for stay in attendee.stays[:-1])
        assert (attendee.joins > 0) == bool(stays) == (attendee.status in ("attended", "uninvited"))
        assert attendee.late is None if not stays else attendee.late == stays[0][0] - slot.start
    alone = sum(attendee.alone for attendee in attendees)
    assert alone <= max(until - slot.start, 0)


@thorough
@given(histories(), st.randoms(use_true_random=False))
def test_any_order_and_any_duplication_give_the_same_answers(
    history: History, random: Random
) -> None:
    for now in history.nows:
        end = history.planned_end
        assert answers(history.deliveries(random), end, now, seed=1) == answers(
            history.events, end, now, seed=1
        )


@thorough
@given(histories(), st.randoms(use_true_random=False))
def test_any_events_amount_to_what_the_oracle_says(history: History, random: Random) -> None:
    for now in history.nows:
        check_against_the_oracle(history.events, history.planned_end, now, random)


@thorough
@given(histories())
def test_of_any_events_the_answers_are_consistent(history: History) -> None:
    for now in history.nows:
        check_invariants(history.events, history.planned_end, now)


@thorough
@given(histories(), st.randoms(use_true_random=False))
def test_what_has_not_happened_yet_changes_nothing(history: History, random: Random) -> None:
    for now in history.nows:
        by_now = [event for event in history.events if event.at <= now]
        end = history.planned_end
        assert answers(history.events, end, now, seed=1) == answers(by_now, end, now, seed=1)


def test_meetings_with_all_faults_of_delivery_give_the_oracles_answers_whatever_the_order() -> None:
    for seed in range(HISTORIES):
        random = Random(seed)
        history = played(seed)
        for now in history.nows:
            events, end = history.deliveries(random), history.planned_end
            try:
                assert answers(events, end, now, seed) == answers(history.events, end, now, seed)
                check_against_the_oracle(events, end, now, random)
                check_invariants(events, end, now)
            except AssertionError as error:
                error.add_note(f"history {seed} at {now}")
                raise
