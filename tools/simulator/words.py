"""Names the parts of a played meeting, and writes answers as text for people."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from simulator.comparison import Difference
from simulator.play import Played
from simulator.reasons import Reason
from simulator.subjects import SCHEDULE, Subject

type Differing = dict[Subject, list[Difference]]
"""The differences of each subject."""


def slots(played: Played) -> dict[str, str]:
    """Returns the names of the calls and of the scheduled time."""
    return {call.id: f"call {number}" for number, call in enumerate(played.meeting.calls, 1)} | {
        SCHEDULE: "as scheduled"
    }


def by_subject(differences: Iterable[Difference]) -> Differing:
    """Returns the differences of each subject."""
    groups: Differing = {}
    for difference in differences:
        groups.setdefault(difference.subject, []).append(difference)
    return groups


def by_reason(played: Played) -> dict[Reason | None, Differing]:
    """Returns the differences for each reason that occurs, the unexplained ones first."""
    return {
        why: differing
        for why in (None, *Reason)
        if (
            differing := by_subject(
                difference for difference in played.differences if difference.reason is why
            )
        )
    }


def naming(played: Played) -> Callable[[Subject], str]:
    """Returns a function that names a subject: its kind, the person, and the call or moment."""
    of_people, of_slots = _names(played), slots(played)

    def name(subject: Subject) -> str:
        where = (
            of_slots.get(subject.where) or f"at {value_text(datetime.fromisoformat(subject.where))}"
        )
        who = of_people.get(subject.who)
        return f"{subject.about}: {who}, {where}" if who else f"{subject.about}: {where}"

    return name


def value_text(value: object) -> str:
    """Returns a field of an answer as text."""
    match value:
        case datetime():
            return f"{value:%H:%M:%S.%f}"[:-3]
        case (datetime() as begin, datetime() | None as end):
            return f"{value_text(begin)} to {value_text(end)}"
        case tuple():
            return ", ".join(value_text(each) for each in value)
        case dict():
            return f"{len(value)} people"
        case None:
            return "none"
        case _:
            return str(value)


def _names(played: Played) -> Mapping[str, str]:
    """Returns the names by raw id and participantId."""
    legs = (leg for call in played.meeting.calls for leg in call.legs)
    return {person.raw_id: person.name for person in played.meeting.people} | {
        leg.participant_id: leg.person.name for leg in legs
    }
