"""The app's answers as a sheet."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from simulator.subjects import About, Sheet, Subject

type Answer = dict[str, Any]
"""An object of JSON."""


def call_answered(call: Answer) -> Sheet:
    """What one call's answer says of it and of its legs."""
    names = ("startEstimated", "endEstimated", "seconds", "people", "peak")
    fields = {name: call[name] for name in names} | {name: _time(call[name]) for name in ("startedAt", "endedAt", "peakAt")}
    return {Subject(About.CALL, call["id"]): fields} | _legs(call["id"], call["legs"])


def attendance_answered(where: str, report: Answer, people: Iterable[Answer]) -> Sheet:
    """What the attendance of a slot says."""
    filled: Sheet = {Subject(About.SUMMARY, where): dict(report["summary"])}
    for person in people:
        intervals = tuple((_time(interval["from"]), _time(interval["until"])) for interval in person["intervals"])
        filled[Subject(About.PERSON, where, person["rawId"])] = {**person, "intervals": intervals}
    return filled


def presence_answered(moment: datetime, presence: Answer) -> Sheet:
    """What is said of who was there at that moment."""
    where, call = moment.isoformat(), presence["call"]
    if call is None:
        return {Subject(About.PRESENCE, where): {"live": presence["live"]}}
    fields = {"live": presence["live"], "id": call["id"], "startedAt": _time(call["startedAt"]), "count": call["count"]}
    return {Subject(About.PRESENCE, where): fields} | {
        Subject(About.PRESENT, where, person["rawId"]): {**person, "joinedAt": _time(person["joinedAt"])}
        for person in call["participants"]
    }


def _legs(call_id: str, answered: Iterable[Answer]) -> Sheet:
    of_participants: dict[str, list[Answer]] = {}
    for leg in sorted(answered, key=lambda leg: leg["joinedAt"]):
        of_participants.setdefault(leg["participantId"], []).append(leg)
    return {
        Subject(About.LEGS, call_id, participant_id): {
            "rawId": legs[0]["rawId"],
            "displayName": tuple(leg["displayName"] for leg in legs),
            "role": tuple(leg["role"] for leg in legs),
            "intervals": tuple((_time(leg["joinedAt"]), _time(leg["leftAt"])) for leg in legs),
            "joinEstimated": tuple(leg["joinEstimated"] for leg in legs),
            "leaveEstimated": tuple(leg["leaveEstimated"] for leg in legs),
        }
        for participant_id, legs in of_participants.items()
    }


def _time(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
