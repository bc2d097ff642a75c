"""Computes what is known of a meeting: from all its events, or only from those that arrived."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from simulator.events import ADDED, ENDED, REMOVED, STARTED, Event
from simulator.meeting import Call, Meeting

SETTLED_AFTER = timedelta(seconds=120)
"""A call without an end event counts as ended this long after its last event, if all have left."""


@dataclass(frozen=True, slots=True)
class KnownLeg:
    """A leg, with flags for estimated times."""

    participant_id: str | None
    """None of somebody who is only said to have started the call."""
    raw_id: str
    display_name: str | None
    role: str | None
    joined: datetime
    left: datetime | None
    join_estimated: bool = False
    leave_estimated: bool = False

    @property
    def estimated(self) -> bool:
        """Returns whether a time is estimated."""
        return self.join_estimated or self.leave_estimated


@dataclass(frozen=True, slots=True)
class KnownCall:
    """A call, with flags for estimated times. Without an end it is still open."""

    id: str
    started: datetime
    ended: datetime | None
    legs: tuple[KnownLeg, ...]
    last_event: datetime
    start_estimated: bool = False
    end_estimated: bool = False

    @property
    def lossy(self) -> bool:
        """Returns whether it shows that events were lost."""
        return self.start_estimated or self.end_estimated or any(leg.estimated for leg in self.legs)


def truth(meeting: Meeting) -> tuple[KnownCall, ...]:
    """Returns the calls as they were."""
    return tuple(
        KnownCall(
            call.id,
            call.started,
            call.ended,
            tuple(
                KnownLeg(
                    leg.participant_id,
                    leg.person.raw_id,
                    leg.person.display_name,
                    leg.role,
                    leg.joined,
                    leg.left,
                )
                for leg in call.legs
            ),
            max(call.ended, *(leg.removed for leg in call.legs)),
        )
        for call in meeting.calls
    )


def heard(meeting: Meeting, arrived: Sequence[Event], now: datetime) -> tuple[KnownCall, ...]:
    """Returns the calls as these events show them at `now`."""
    of_calls = [
        (call, [event for event in arrived if event.call is call]) for call in meeting.calls
    ]
    known = [(call, received) for call, received in of_calls if received]
    return tuple(
        _call(
            call,
            sorted(received, key=lambda event: event.time),
            now,
            another_follows=place < len(known) - 1,
        )
        for place, (call, received) in enumerate(known)
    )


def _call(call: Call, received: list[Event], now: datetime, another_follows: bool) -> KnownCall:
    types = {event.type for event in received}
    first, last = received[0].time, received[-1].time
    of_participants: dict[str, list[Event]] = {}
    for event in received:
        if event.leg is not None:
            of_participants.setdefault(event.leg.participant_id, []).append(event)
    legs = [_leg(events, first) for events in of_participants.values()]
    starter = call.started_by.raw_id
    if starter not in {leg.raw_id for leg in legs}:  # every event names them
        legs.append(KnownLeg(None, starter, None, None, first, first, True, True))
    all_left = all(leg.left for leg in legs)
    if ENDED in types:
        end: datetime | None = call.ended
    else:
        end = last if another_follows or (all_left and now - last >= SETTLED_AFTER) else None
    return KnownCall(
        call.id,
        first,
        end,
        tuple(_within(leg, end) for leg in legs),
        last,
        start_estimated=STARTED not in types,
        end_estimated=end is not None and ENDED not in types,
    )


def _leg(events: Sequence[Event], start: datetime) -> KnownLeg:
    """Returns the leg of these one or two events. Without its leave event it is open."""
    times = {event.type: event.time for event in events}
    leg = events[0].leg
    assert leg is not None
    return KnownLeg(
        leg.participant_id,
        leg.person.raw_id,
        leg.person.display_name,
        leg.role,
        times.get(ADDED, start),
        times.get(REMOVED),
        join_estimated=ADDED not in times,
    )


def _within(leg: KnownLeg, end: datetime | None) -> KnownLeg:
    """Returns the leg, ended by that end of its call."""
    if end is None:
        return leg
    if leg.left is None:
        return replace(leg, left=end, leave_estimated=True)
    return replace(leg, left=min(leg.left, end))
