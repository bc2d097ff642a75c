"""Computes who attended a slot of time, and when."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from simulator.intervals import Interval, alone, cut, seconds, union
from simulator.known import KnownCall, KnownLeg
from simulator.meeting import Meeting, Person
from simulator.presence import by_person, last_joined_as, stay
from simulator.subjects import FOREVER, SCHEDULE, About, Fields, Sheet, Subject


def attendance(
    meeting: Meeting, where: str, slot: tuple[datetime, datetime | None], calls: Sequence[KnownCall]
) -> Sheet:
    """Returns the attendance in one slot. A slot without an end has not ended."""
    whole, over = (slot[0], slot[1] or FOREVER), slot[1] is not None
    estimated = where != SCHEDULE and any(
        call.start_estimated or call.end_estimated for call in calls
    )
    lossy = any(call.lossy for call in calls if cut((call.started, call.ended or FOREVER), whole))
    came = by_person(leg for call in calls for leg in call.legs if cut(stay(leg), whole))
    there = {raw_id: _parts(legs, whole) for raw_id, legs in came.items()}
    lonely = alone(there)
    invited = {person.raw_id: person for person in meeting.invited}
    changed = {change.person.raw_id for change in meeting.role_changes}
    filled: Sheet = {}
    for raw_id, person in invited.items():
        if raw_id not in came:
            filled[Subject(About.PERSON, where, raw_id)] = _stayed_away(
                person, raw_id in changed, over, lossy
            )
    for raw_id, legs in came.items():
        fields = _came(invited.get(raw_id), legs, there[raw_id], whole, estimated, lossy)
        if fields.get("role", "") is None:  # that of the roster, which may be a newer one
            del fields["role"]
            if raw_id not in changed:
                fields["role"] = invited[raw_id].role if raw_id in invited else None
        if over:
            fields |= _lengths(there[raw_id], lonely[raw_id], whole)
        filled[Subject(About.PERSON, where, raw_id)] = fields
    external_ids = meeting.external_ids
    for subject, of_person in filled.items():
        filled[subject] = {
            **of_person,
            "rawIds": [subject.who],
            "externalId": external_ids.get(subject.who),
            "removedAt": None,
        }
    attended = len(invited.keys() & came.keys())
    filled[Subject(About.SUMMARY, where)] = {
        "invited": len(invited),
        "attended": attended,
        "absent": len(invited) - attended if over else 0,
        "uninvited": len(came.keys() - invited.keys()),
        "guests": 0,  # the rooms of the simulator are not open
        "cancelled": None,  # nor are they deleted
    }
    return filled


def _stayed_away(person: Person, role_changed: bool, over: bool, lossy: bool) -> Fields:
    # The roster of a slot that is not over may be one that is newer than the meeting.
    role = {} if role_changed else {"role": person.role}
    nothing = {
        "intervals": (),
        "seconds": 0.0,
        "aloneSeconds": 0.0,
        "joins": 0,
        "guest": False,
        "estimated": lossy,
        "aloneEstimated": False,
    }
    return {"name": person.name, "status": "absent" if over else "expected", **role, **nothing}


def _came(
    person: Person | None,
    legs: Sequence[KnownLeg],
    there: Sequence[Interval],
    slot: Interval,
    slot_estimated: bool,
    lossy: bool,
) -> dict[str, object]:
    return {
        **last_joined_as(legs),
        "joins": len(legs),
        "name": person and person.name,
        "status": "attended" if person else "uninvited",
        "guest": False,
        "intervals": tuple((begin, None if end == FOREVER else end) for begin, end in there),
        "lateSeconds": (there[0][0] - slot[0]).total_seconds(),
        "estimated": slot_estimated or any(leg.estimated for leg in legs),
        "aloneEstimated": lossy,
    }


def _lengths(there: Sequence[Interval], alone_seconds: float, slot: Interval) -> Fields:
    left_early = (slot[1] - there[-1][1]).total_seconds()
    return {
        "seconds": seconds(there),
        "aloneSeconds": alone_seconds,
        "leftEarlySeconds": left_early,
    }


def _parts(legs: Iterable[KnownLeg], slot: Interval) -> tuple[Interval, ...]:
    return union(part for leg in legs if (part := cut(stay(leg), slot)))
