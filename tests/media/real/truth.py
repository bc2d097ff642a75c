"""What truly happened in a call, by the log of the server, and how it differs from what the service
says."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

MILLISECOND = 0.001
"""Joins are told in whole ones, cut."""

SECOND = 1.0
"""Leaves are told in whole ones, cut, some moments after the server has noted them."""

_LINE = re.compile(
    r"^(\S+)\t.*\t(starting RTC session|participant active|participant closing)\t"
    r'\{"room": "([^"]*)".*?"participant": "([^"]*)#.*?"participantID": "([^"]*)"'
)


@dataclass(slots=True)
class Stay:
    """One device in a call, in seconds since 1970: it asked to be let in, was in, and was out."""

    who: str
    asked: float = 0
    came: float = 0
    went: float = 0


def stays(log: Path, room_id: str) -> dict[str, Stay]:
    """Returns who was in the calls of a room, by the participant ids of the server."""
    found: dict[str, Stay] = {}
    for line in log.read_text().splitlines():
        if (match := _LINE.match(line)) is None or match[3] != room_id:
            continue
        at, what, stay = _seconds(match[1]), match[2], found.setdefault(match[5], Stay(match[4]))
        if what == "starting RTC session":
            stay.asked = at
        elif what == "participant active":
            stay.came = at
        else:
            stay.went = at
    return {sid: stay for sid, stay in found.items() if stay.came}


def differences(true: Mapping[str, Stay], legs: Iterable[Mapping[str, Any]]) -> list[str]:
    """Returns how the legs of a call differ from who was in it, in words."""
    told = {leg["participantId"]: leg for leg in legs}
    others = true.keys() ^ told.keys()
    return [
        *(f"{sid} is only in one: {true.get(sid)}, {told.get(sid)}" for sid in sorted(others)),
        *(
            f"{true[sid]} is told as {told[sid]}"
            for sid in sorted(true.keys() & told.keys())
            if not _agree(told[sid], true[sid])
        ),
    ]


def _agree(leg: Mapping[str, Any], stay: Stay) -> bool:
    if leg["joinEstimated"] or leg["leaveEstimated"] or leg["leftAt"] is None:
        return False
    joined, left = _seconds(leg["joinedAt"]), _seconds(leg["leftAt"])
    return (
        leg["rawId"] == stay.who
        and stay.asked - MILLISECOND <= joined <= stay.came + MILLISECOND
        and stay.went - SECOND <= left <= stay.went + SECOND
    )


def _seconds(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()
