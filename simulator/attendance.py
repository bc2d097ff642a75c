"""Who attended a slot of time, from when to when."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from simulator.intervals import Interval, alone, cut, seconds, union
from simulator.known import KnownCall, KnownLeg
from simulator.meeting import Meeting
from simulator.subjects import FOREVER, SCHEDULE, About, Fields, Sheet, Subject


def attendance(meeting: Meeting, where: str, slot: tuple[datetime, datetime | None], calls: Sequence[KnownCall]) -> Sheet:
    """The attendance of one slot; a slot without an end has not ended."""
    until = slot[1] or FOREVER
    slot_estimated = where != SCHEDULE and any(call.start_estimated or call.end_estimated for call in calls)
    legs = [leg for call in calls for leg in call.legs if cut((leg.joined, leg.left or FOREVER), (slot[0], until))]
    there = {raw_id: _within(stays, (slot[0], until)) for raw_id, stays in presences(legs).items()}
    lonely = alone(there)
    names = {person.raw_id: person.name for person in meeting.invited}
    filled: Sheet = {}
    for raw_id in names.keys() | there.keys():
        came = there.get(raw_id, ())
        absent = "expected" if slot[1] is None else "absent"
        fields: dict[str, object] = {
            "name": names.get(raw_id),
            "status": absent if not came else "attended" if raw_id in names else "uninvited",
            "intervals": tuple((begin, None if end == FOREVER else end) for begin, end in came),
        }
        if came:
            fields |= _marks([leg for leg in legs if leg.raw_id == raw_id], (slot[0], until), slot_estimated)
            fields["lateSeconds"] = (came[0][0] - slot[0]).total_seconds()
        if slot[1] is not None:
            fields["seconds"] = seconds(came)
            fields["aloneSeconds"] = lonely.get(raw_id, 0.0)
        if came and slot[1] is not None:
            fields["leftEarlySeconds"] = (slot[1] - came[-1][1]).total_seconds()
        filled[Subject(About.PERSON, where, raw_id)] = fields
    attended = len(names.keys() & there.keys())
    filled[Subject(About.SUMMARY, where)] = {
        "invited": len(names),
        "attended": attended,
        "absent": 0 if slot[1] is None else len(names) - attended,
        "uninvited": len(there.keys() - names.keys()),
    }
    return filled


def _marks(legs: Sequence[KnownLeg], slot: Interval, slot_estimated: bool) -> Fields:
    """How often they joined, what they were called, and whether anything of it is estimated."""
    fields: dict[str, object] = {
        "estimated": slot_estimated or any(leg.join_estimated or leg.leave_estimated for leg in legs),
    }
    # Whether a leg counts that began before the slot, the contract does not say.
    if all(slot[0] <= leg.joined for leg in legs):
        fields["joins"] = len(legs)
    last = max(leg.joined for leg in legs)
    names = {leg.display_name for leg in legs if leg.joined == last}
    if len(names) == 1:
        fields["displayName"] = names.pop()
    return fields


def _within(stays: Iterable[Interval], slot: Interval) -> tuple[Interval, ...]:
    return tuple(part for stay in stays if (part := cut(stay, slot)))


def presences(legs: Iterable[KnownLeg]) -> dict[str, tuple[Interval, ...]]:
    """When each person is there; those who have not left, for ever."""
    of_people: dict[str, list[Interval]] = {}
    for leg in legs:
        of_people.setdefault(leg.raw_id, []).append((leg.joined, leg.left or FOREVER))
    return {raw_id: union(intervals) for raw_id, intervals in of_people.items()}
