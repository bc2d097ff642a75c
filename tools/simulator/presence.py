"""Computes who is there, when, and in which role."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from simulator.intervals import Interval, union
from simulator.known import KnownCall, KnownLeg
from simulator.meeting import Meeting
from simulator.subjects import FOREVER, About, Fields, Sheet, Subject


def stay(leg: KnownLeg) -> Interval:
    """Returns the time that the leg lasts: for ever if it is open."""
    return leg.joined, leg.left or FOREVER


def by_person(legs: Iterable[KnownLeg]) -> dict[str, list[KnownLeg]]:
    """Returns the legs of each raw id."""
    of_people: dict[str, list[KnownLeg]] = {}
    for leg in legs:
        of_people.setdefault(leg.raw_id, []).append(leg)
    return of_people


def presences(legs: Iterable[KnownLeg]) -> dict[str, tuple[Interval, ...]]:
    """Returns when each person is there."""
    return {raw_id: union(map(stay, of_person)) for raw_id, of_person in by_person(legs).items()}


def presence(meeting: Meeting, calls: Sequence[KnownCall], moment: datetime) -> Sheet:
    """Returns the call at that moment, if any, and each person in it."""
    where = moment.isoformat()
    going_on = [
        call
        for call in calls
        if call.started <= moment and (call.ended is None or moment < call.ended)
    ]
    if not going_on:
        return {Subject(About.PRESENCE, where): {"live": False}}
    call = max(going_on, key=lambda call: call.started)
    external_ids = meeting.external_ids
    there: Sheet = {}
    for raw_id, legs in by_person(leg for leg in call.legs if leg.joined <= moment).items():
        if devices := sum(moment < stay(leg)[1] for leg in legs):
            there[Subject(About.PRESENT, where, raw_id)] = {
                **last_joined_as(legs),
                "joinedAt": union(map(stay, legs))[-1][0],
                "legs": devices,
                "invited": raw_id in external_ids,
                "guest": False,
                "estimated": estimated_at(legs, moment),
                "rawIds": [raw_id],
                "externalId": external_ids.get(raw_id),
            }
    fields = {
        "live": True,
        "id": call.id,
        "startedAt": call.started,
        "startEstimated": call.start_estimated,
        "lastEventAt": call.last_event,
        "overdue": False,  # no call of the simulator is silent for so long
        "count": len(there),
    }
    return {Subject(About.PRESENCE, where): fields} | there


def estimated_at(legs: Iterable[KnownLeg], moment: datetime) -> bool:
    """Returns whether somebody is there at that moment by a leg with an estimated time."""
    return any(leg.estimated and leg.joined <= moment < stay(leg)[1] for leg in legs)


def last_joined_as(legs: Sequence[KnownLeg]) -> Fields:
    """Returns name and role of a person, from the latest leg that has a participant id. The role is
    missing if two legs are latest and their roles differ."""
    told = [leg for leg in legs if leg.participant_id is not None] or legs
    last = max(leg.joined for leg in told)
    roles = {leg.role for leg in told if leg.joined == last}
    return {"displayName": told[0].display_name} | (
        {"role": roles.pop()} if len(roles) == 1 else {}
    )
