"""Turns the app's answers into a sheet."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from simulator.subjects import About, Sheet, Subject

type Answer = dict[str, Any]
"""A JSON object."""


def call_answered(call: Answer) -> Sheet:
    """Returns what the answer says about a call and its legs."""
    fields = _fields(
        call,
        ("startEstimated", "endEstimated", "seconds", "people", "peak", "peakEstimated"),
        ("startedAt", "endedAt", "peakAt", "lastEventAt"),
    )
    filled: Sheet = {Subject(About.CALL, call["id"]): fields | {"legs": len(call["legs"])}}
    for leg in call["legs"]:
        as_they_are = ("rawId", "displayName", "role", "joinEstimated", "leaveEstimated")
        who = leg["participantId"] or leg["rawId"]
        filled[Subject(About.LEG, call["id"], who)] = _fields(
            leg, as_they_are, ("joinedAt", "leftAt")
        )
    return filled


def attendance_answered(where: str, report: Answer, people: Iterable[Answer]) -> Sheet:
    """Returns what the answer says about the attendance in a slot."""
    filled: Sheet = {
        Subject(About.SUMMARY, where): {**report["summary"], "cancelled": report["cancelled"]}
    }
    for person in people:
        intervals = tuple(
            (_time(interval["from"]), _time(interval["until"])) for interval in person["intervals"]
        )
        filled[Subject(About.PERSON, where, person["rawId"])] = {**person, "intervals": intervals}
    return filled


def presence_answered(moment: datetime, presence: Answer) -> Sheet:
    """Returns what the answer says about who was there at that moment."""
    where, call = moment.isoformat(), presence["call"]
    if call is None:
        return {Subject(About.PRESENCE, where): {"live": presence["live"]}}
    fields = {
        "live": presence["live"],
        "id": call["id"],
        "startedAt": _time(call["startedAt"]),
        "startEstimated": call["startEstimated"],
        "lastEventAt": _time(call["lastEventAt"]),
        "overdue": call["overdue"],
        "count": call["count"],
    }
    return {Subject(About.PRESENCE, where): fields} | {
        Subject(About.PRESENT, where, person["rawId"]): {
            **person,
            "joinedAt": _time(person["joinedAt"]),
        }
        for person in call["participants"]
    }


def _fields(answer: Answer, as_they_are: Iterable[str], times: Iterable[str]) -> Answer:
    return {name: answer[name] for name in as_they_are} | {
        name: _time(answer[name]) for name in times
    }


def _time(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
