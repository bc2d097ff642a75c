"""The day of a clinic, as it is written."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from simulator.appointments import day
from simulator.meeting import Meeting, Person

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
MOMENTS = [NOON + timedelta(seconds=61 * number) for number in range(6)]
"""Over more than five minutes: appointments begin at each fifth."""


def over(meeting: Meeting, now: datetime) -> bool:
    return meeting.scheduled_end <= now


@pytest.mark.parametrize("now", MOMENTS)
def test_at_any_time_five_appointments_are_over_three_are_live_and_four_come_later(
    now: datetime,
) -> None:
    meetings = day(1, now)
    calls = [call for meeting in meetings for call in meeting.calls]
    assert len(meetings) == 12
    assert sum(call.ended < now for call in calls) == 5
    assert sum(call.started < now < call.ended for call in calls) == 3
    assert sum(meeting.scheduled_start > now for meeting in meetings if not meeting.calls) == 4


@pytest.mark.parametrize("now", MOMENTS)
def test_one_patient_did_not_come_and_another_is_missing(now: datetime) -> None:
    absent = [
        (over(meeting, now), person.role)
        for meeting in day(1, now)
        for person in meeting.people
        if meeting.calls
        and not any(leg.person == person and leg.joined < now for leg in meeting.calls[0].legs)
    ]
    assert absent == [(True, "Attendee"), (False, "Attendee")]


def test_the_people_of_a_seed_are_the_same_each_day_and_the_calls_are_not() -> None:
    one, other = day(1, NOON), day(1, NOON + timedelta(days=1))
    assert [meeting.people for meeting in one] == [meeting.people for meeting in other]
    ids = [call.id for meeting in (*one, *other) for call in meeting.calls]
    assert len(set(ids)) == len(ids) == 16


def test_nobody_has_two_appointments_at_the_same_time() -> None:
    of_people: dict[Person, list[Meeting]] = {}
    for meeting in day(1, NOON):
        for person in meeting.people:
            of_people.setdefault(person, []).append(meeting)
    for meetings in of_people.values():
        for one, other in pairwise(meetings):
            assert one.scheduled_end <= other.scheduled_start
            assert not one.calls or not other.calls or one.calls[0].ended < other.calls[0].started


def test_everybody_has_a_name_and_an_external_id_of_their_own() -> None:
    people = {person for meeting in day(1, NOON) for person in meeting.people}
    assert len({person.name for person in people}) == len(people)
    assert len({person.external_id for person in people}) == len(people)
