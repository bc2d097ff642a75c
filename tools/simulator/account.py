"""The report of a meeting for programs: the truth and the app's answers."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from simulator.play import Played
from simulator.subjects import SCHEDULE, About, Fields, Subject
from simulator.words import Differing, by_reason, by_subject, naming, slots, value_text

type Json = dict[str, Any]

# fmt: off
_REPORTED = {
    About.CALL: (
        "startedAt", "startEstimated", "endedAt", "endEstimated", "seconds", "people", "peak",
        "peakAt", "peakEstimated", "lastEventAt", "legs",
    ),
    About.SUMMARY: ("invited", "attended", "absent", "uninvited"),
    About.PERSON: (
        "status", "displayName", "role", "intervals", "seconds", "aloneSeconds", "joins",
        "aloneEstimated", "lateSeconds", "leftEarlySeconds", "estimated",
    ),
}
# fmt: on
"""The reported fields of each kind."""


def account(played: Played, most: int) -> Json:
    """Returns the report of one room. Times are ISO 8601, durations are in seconds.

    Args:
        most: maximum number of examples for each reason. The others are only counted.
    """
    outcome = played.outcome
    differing = by_subject(played.differences)
    return {
        "roomId": played.room_id,
        "title": played.meeting.title,
        "seed": played.performance.seed,
        "events": played.events,
        "dropped": len(outcome.dropped),
        "refused": len(outcome.refused),
        "refusal": next(iter(outcome.refused.values()), None),
        "compared": played.compared,
        "different": len(played.differences),
        "unexplained": len(played.unexplained),
        "wronglyAbsent": asdict(played.wrongly_absent),
        "calls": [
            {
                "id": call.id,
                "name": slots(played)[call.id],
                **_beside(played, Subject(About.CALL, call.id), differing),
            }
            for call in played.meeting.calls
        ],
        "sums": [
            {"slot": name, **_beside(played, Subject(About.SUMMARY, where), differing)}
            for where, name in slots(played).items()
        ],
        "people": _people(played, differing),
        "reasons": _reasons(played, most),
    }


def _people(played: Played, differing: Differing) -> list[Json]:
    """Returns who attended during the scheduled time, absent people first. Leaves out people whom
    neither the truth nor the app has there."""
    people = []
    for person in played.meeting.people:
        beside = _beside(played, Subject(About.PERSON, SCHEDULE, person.raw_id), differing)
        if beside["truth"] or beside["answer"]:
            people.append(
                {"rawId": person.raw_id, "name": person.name, "invited": person.invited, **beside}
            )
    return sorted(
        people, key=lambda person: not (person["truth"] and person["truth"]["joins"] == 0)
    )


def _reasons(played: Played, most: int) -> list[Json]:
    name = naming(played)
    return [
        {
            "reason": why,
            "count": sum(map(len, subjects.values())),
            "examples": [
                {
                    "what": name(subject),
                    "field": difference.field,
                    "truth": value_text(difference.truth),
                    "answer": value_text(difference.answered),
                }
                for subject, differences in list(subjects.items())[:most]
                for difference in differences
            ],
        }
        for why, subjects in by_reason(played).items()
    ]


def _beside(played: Played, subject: Subject, differing: Differing) -> Json:
    """Returns the truth, the answer (null if missing) and the differing fields. The field "" means
    the whole subject."""
    truth, answer = (
        _fields(subject.about, sheet.get(subject)) for sheet in (played.truth, played.answered)
    )
    differs = [difference.field for difference in differing.get(subject, ())]
    return {"truth": truth, "answer": answer, "same": not differs, "differs": differs}


def _fields(about: About, fields: Fields | None) -> Json | None:
    """Returns the reported fields; null: unknown."""
    return None if fields is None else {name: _value(fields.get(name)) for name in _REPORTED[about]}


def _value(value: object) -> object:
    match value:
        case datetime():
            return value.isoformat()
        case (datetime() as begin, datetime() | None as end):
            return {"from": _value(begin), "until": _value(end)}
        case tuple():
            return [_value(each) for each in value]
        case _:
            return value
