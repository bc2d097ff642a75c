"""Computes the correct answers about calls."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from random import Random

from simulator.attendance import attendance
from simulator.intervals import peak
from simulator.known import KnownCall, KnownLeg
from simulator.meeting import Meeting
from simulator.presence import estimated_at, presence, presences
from simulator.subjects import FOREVER, SCHEDULE, About, Fields, Sheet, Subject


def sheet(
    meeting: Meeting,
    calls: Sequence[KnownCall],
    moments: Iterable[datetime],
    now: datetime = FOREVER,
) -> Sheet:
    """Returns the correct answers for these calls. Leaves out what is not predictable.

    Args:
        now: whether the scheduled time is over. Default: it is.
    """
    filled: Sheet = {}
    for call in calls:
        filled[Subject(About.CALL, call.id)] = _call(call)
        filled |= {
            Subject(About.LEG, call.id, leg.participant_id or leg.raw_id): _leg(leg)
            for leg in call.legs
        }
        filled |= attendance(meeting, call.id, (call.started, call.ended), [call])
    over = meeting.scheduled_end if meeting.scheduled_end <= now else None
    filled |= attendance(meeting, SCHEDULE, (meeting.scheduled_start, over), calls)
    for moment in moments:
        filled |= presence(meeting, calls, moment)
    return filled


def moments(calls: Sequence[KnownCall], seed: int) -> tuple[datetime, ...]:
    """Returns moments to ask who is there: before, during and after each call, and at changes."""
    random = Random(f"{seed}/moments")
    chosen: set[datetime] = set()
    for call in calls:
        assert call.ended is not None
        length = call.ended - call.started
        leg = random.choice(call.legs)
        _, fullest = peak(presences(call.legs).values())
        chosen |= {
            call.started - length / 10,
            call.started,
            fullest or call.started,
            leg.joined,
            leg.left or call.ended,
            call.ended,
        }
        chosen |= {call.started + length * random.random() for _ in range(3)}
    return tuple(
        sorted({moment.replace(microsecond=moment.microsecond // 1000 * 1000) for moment in chosen})
    )


def _call(call: KnownCall) -> Fields:
    people = presences(call.legs)
    most, first = peak(people.values())
    return {
        "startedAt": call.started,
        "startEstimated": call.start_estimated,
        "endedAt": call.ended,
        "endEstimated": call.end_estimated,
        "seconds": call.ended and (call.ended - call.started).total_seconds(),
        "legs": len(call.legs),
        "people": len(people),
        "peak": most,
        "peakAt": first,
        "peakEstimated": any(leg.join_estimated or leg.leave_estimated for leg in call.legs)
        if first is None
        else estimated_at(call.legs, first),
        "lastEventAt": call.last_event,
    }


def _leg(leg: KnownLeg) -> Fields:
    return {
        "rawId": leg.raw_id,
        "displayName": leg.display_name,
        "role": leg.role,
        "joinedAt": leg.joined,
        "joinEstimated": leg.join_estimated,
        "leftAt": leg.left,
        "leaveEstimated": leg.leave_estimated,
    }
