"""Computes what is known of a meeting: from all its events, or only from those that arrived."""

from collections.abc import Collection, Sequence
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
    """None of somebody of whom only the start or end of the call tells."""
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


def heard(
    meeting: Meeting, arrived: Sequence[Event], now: datetime, enders_told: Collection[str] = ()
) -> tuple[KnownCall, ...]:
    """Returns the calls as these events show them at `now`.

    Args:
        enders_told: ids of the calls whose end event, as it was written, tells who ended it.
    """
    of_calls = [
        (call, [event for event in arrived if event.call.id == call.id]) for call in meeting.calls
    ]
    known = [(call, received) for call, received in of_calls if received]
    return tuple(
        _call(
            call,
            sorted(received, key=lambda event: event.time),
            now,
            another_follows=place < len(known) - 1,
            ender_told=call.id in enders_told,
        )
        for place, (call, received) in enumerate(known)
    )


def _call(
    call: Call, received: list[Event], now: datetime, another_follows: bool, ender_told: bool
) -> KnownCall:
    times = {event.type: event.time for event in received}
    first, last = received[0].time, received[-1].time
    # The end event tells how long the call was, so it tells when it started, too.
    started = call.started if ENDED in times else first
    of_participants: dict[str, list[Event]] = {}
    for event in received:
        if event.leg is not None:
            of_participants.setdefault(event.leg.participant_id, []).append(event)
    legs = [_leg(events, started) for events in of_participants.values()]
    if ENDED in times:
        end: datetime | None = times[ENDED]
    else:
        all_left = all(leg.left for leg in legs)
        end = last if another_follows or (all_left and now - last >= SETTLED_AFTER) else None
    legs += _only_told_of(
        call, {leg.raw_id for leg in legs}, started, times.get(ENDED) if ender_told else None
    )
    return KnownCall(
        call.id,
        started,
        end,
        tuple(_within(leg, end) for leg in legs),
        last,
        start_estimated=STARTED not in times,
        end_estimated=end is not None and ENDED not in times,
    )


def _only_told_of(
    call: Call, known: Collection[str], started: datetime, ended: datetime | None
) -> list[KnownLeg]:
    """Returns legs of who started or ended the call, if these are not known by events of their own.
    Every event tells who started it.

    Args:
        ended: None if no event tells who ended it.
    """
    moments = {call.started_by.raw_id: [started]}
    if ended is not None:
        moments.setdefault(call.ended_by.raw_id, []).append(ended)
    return [
        KnownLeg(None, raw_id, None, None, min(there), max(there), True, True)
        for raw_id, there in moments.items()
        if raw_id not in known
    ]


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
