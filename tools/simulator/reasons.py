"""Finds out why an answer differs from the truth."""

from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum

from simulator.events import Event
from simulator.meeting import Call, Leg, Meeting
from simulator.subjects import MARKS, SCHEDULE, About, Fields, Subject


class Reason(StrEnum):
    """Why an answer may differ. The app is right about what it received."""

    ESTIMATED = "marked estimated"
    UNHEARD = "all events of a leg dropped"
    OPEN = "a leave and the call's end dropped"
    """The call is still open for the app."""
    FOLLOWS = "follows from other differences"


_FLAGS_OF: Mapping[str, Collection[str]] = {
    "startedAt": ("startEstimated",),
    "endedAt": ("endEstimated",),
    "legs": (),
    "people": (),
    "peak": ("peakEstimated",),
    "peakAt": ("peakEstimated",),
    "lastEventAt": (),
    "aloneSeconds": (*MARKS, "aloneEstimated"),
}
"""The flags of some fields. To the others all flags apply that mark the whole subject."""


def causes(meeting: Meeting, arrived: Sequence[Event]) -> dict[Subject, Reason]:
    """Returns why legs and people may differ without a flag."""
    received = {event.leg.participant_id for event in arrived if event.leg is not None}
    found: dict[Subject, Reason] = {}
    for call in meeting.calls:
        for leg in call.legs:
            if leg.participant_id not in received:
                found |= dict.fromkeys(_subjects(call, leg), Reason.UNHEARD)
    return found


def reason(
    subject: Subject, field: str, says: Fields | None, causes: Mapping[Subject, Reason]
) -> Reason:
    """Returns why the app's answer differs from the truth, if it follows from the events that
    arrived. `says` is None if the app does not know the subject."""
    if says is None:
        return (
            Reason.UNHEARD if subject.about is About.CALL else causes.get(subject, Reason.FOLLOWS)
        )
    if any(says.get(flag) for flag in _FLAGS_OF.get(field, MARKS)):
        return Reason.ESTIMATED
    if None in (says.get("endedAt", ""), says.get("leftAt", "")) or any(
        until is None for _, until in says.get("intervals", ())
    ):
        return Reason.OPEN
    return causes.get(subject, Reason.FOLLOWS)


def _subjects(call: Call, leg: Leg) -> tuple[Subject, ...]:
    """Returns the subjects that depend on a leg."""
    return (
        Subject(About.LEG, call.id, leg.participant_id),
        Subject(About.PERSON, call.id, leg.person.raw_id),
        Subject(About.PERSON, SCHEDULE, leg.person.raw_id),
    )
