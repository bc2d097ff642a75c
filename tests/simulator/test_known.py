"""What is left of a meeting when events are lost: the cases of one leg, and all meetings with none
lost."""

from collections.abc import Collection
from datetime import datetime, timedelta
from random import Random

import pytest
from hypothesis import given, settings

from simulator.events import ADDED, ENDED, REMOVED, STARTED, Event, events
from simulator.known import KnownCall, KnownLeg, heard, truth
from simulator.meeting import Call, Leg, Meeting, Person
from tests.simulator.meetings import LATER, SEEDS, START, meetings

ALL = (STARTED, ADDED, REMOVED, ENDED)


def at(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


def of_one_guest() -> Meeting:
    """A call from 0 to 30 of a guest who is there from 5 to 10, and a host from 1 to 20."""
    host, guest = (
        Person(f"8:acs:{name}", name, name, "Attendee", True) for name in ("host", "guest")
    )
    legs = (
        Leg(host, "Presenter", "p-host", "c", at(1), at(20), at(20)),
        Leg(guest, "Attendee", "p-guest", "c", at(5), at(10), at(10)),
    )
    call = Call("call", "server", at(0), at(30), host, host, legs)
    return Meeting("title", (host, guest), (call,), (), at(0), at(30))


MEETING = of_one_guest()


def without(meeting: Meeting, lost: Collection[tuple[str | None, object]]) -> list[Event]:
    """The events but for those of these participants and types."""
    return [
        event
        for event in events(meeting, 1)
        if (event.leg and event.leg.participant_id, event.type) not in lost
    ]


def guest(calls: tuple[KnownCall, ...]) -> list[KnownLeg]:
    return [leg for leg in calls[0].legs if leg.participant_id == "p-guest"]


@given(meeting=meetings())
@settings(max_examples=30, deadline=None)
def test_if_every_event_arrives_all_is_known(meeting: Meeting) -> None:
    def in_order(calls: tuple[KnownCall, ...]) -> list[tuple[str, set[KnownLeg]]]:
        return [(call.id, set(call.legs)) for call in calls]

    known = heard(meeting, events(meeting, 1), LATER)
    assert in_order(known) == in_order(truth(meeting))
    assert [(call.started, call.ended) for call in known] == [
        (call.started, call.ended) for call in meeting.calls
    ]


@given(meeting=meetings(), seed=SEEDS)
@settings(max_examples=30, deadline=None)
def test_what_is_not_marked_is_the_time_of_an_event(meeting: Meeting, seed: int) -> None:
    random = Random(seed)
    arrived = [event for event in events(meeting, 1) if random.random() < 0.8]
    times = {event.time for event in arrived}
    for call in heard(meeting, arrived, LATER):
        assert call.started in times or call.start_estimated
        for leg in call.legs:
            assert leg.joined in times or leg.join_estimated
            assert leg.left is None or leg.left in times or leg.leave_estimated


def test_a_joining_that_is_not_heard_of_is_the_calls_start() -> None:
    legs = guest(heard(MEETING, without(MEETING, {("p-guest", ADDED)}), LATER))
    assert legs == [
        KnownLeg("p-guest", "8:acs:guest", "guest", "Attendee", at(0), at(10), join_estimated=True)
    ]


def test_a_leaving_that_is_not_heard_of_is_the_calls_end() -> None:
    legs = guest(heard(MEETING, without(MEETING, {("p-guest", REMOVED)}), LATER))
    assert legs == [
        KnownLeg("p-guest", "8:acs:guest", "guest", "Attendee", at(5), at(30), leave_estimated=True)
    ]


def test_a_leg_that_is_not_heard_of_is_not_known() -> None:
    assert not guest(
        heard(MEETING, without(MEETING, {("p-guest", ADDED), ("p-guest", REMOVED)}), LATER)
    )


def test_a_call_whose_start_is_not_heard_of_starts_as_long_before_its_end_as_that_says() -> None:
    (call,) = heard(MEETING, without(MEETING, {(None, STARTED)}), LATER)
    assert (call.started, call.start_estimated) == (at(0), True)


def test_a_call_whose_start_and_end_are_not_heard_of_starts_with_its_first_event() -> None:
    (call,) = heard(MEETING, without(MEETING, {(None, STARTED), (None, ENDED)}), LATER)
    assert (call.started, call.start_estimated) == (at(1), True)


@pytest.mark.parametrize(
    ("enders_told", "left"), [((), at(0)), (("call",), at(30))], ids=["started", "ended, too"]
)
def test_who_started_the_call_was_there_if_nothing_else_is_heard_of_them(
    enders_told: tuple[str, ...], left: datetime
) -> None:
    lost = {("p-host", ADDED), ("p-host", REMOVED)}
    (call,) = heard(MEETING, without(MEETING, lost), LATER, enders_told)
    assert [leg for leg in call.legs if leg.raw_id == "8:acs:host"] == [
        KnownLeg(None, "8:acs:host", None, None, at(0), left, True, True)
    ]


def test_a_call_of_which_only_the_start_is_heard_has_ended() -> None:
    (call,) = heard(MEETING, events(MEETING, 1)[:1], LATER)
    assert (call.started, call.ended, call.end_estimated) == (at(0), at(0), True)


@pytest.mark.parametrize(("waited", "ended"), [(119, None), (120, at(20))])
def test_a_call_whose_end_is_not_heard_of_ends_when_all_have_been_gone_for_a_while(
    waited: int, ended: datetime | None
) -> None:
    (call,) = heard(MEETING, without(MEETING, {(None, ENDED)}), at(20) + timedelta(seconds=waited))
    assert (call.ended, call.end_estimated) == (ended, ended is not None)


def test_a_call_looks_as_if_it_went_on_if_a_leaving_is_not_heard_of_either() -> None:
    (call,) = heard(MEETING, without(MEETING, {(None, ENDED), ("p-host", REMOVED)}), LATER)
    assert (call.ended, call.end_estimated) == (None, False)
    assert [leg.left for leg in call.legs] == [None, at(10)]
