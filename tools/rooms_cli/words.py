"""Formats times, durations, people and text from outside."""

import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime

from rooms.domain.shown_text import END_ISOLATE, ISOLATE, ISOLATED, cleaned

_WHOLE = 30
"""The longest raw id that is not shortened, in characters."""

_RIGHT_TO_LEFT = {"R", "AL", "AN"}


def plain(text: str) -> str:
    """Returns the text on one line, without characters that control a terminal. What is written
    from right to left is isolated, and nothing else, so that `grep` finds the rest."""
    return "".join(map(_isolated_if_needed, ISOLATED.split(text)))


def _isolated_if_needed(text: str) -> str:
    shown = cleaned(text)
    if any(unicodedata.bidirectional(letter) in _RIGHT_TO_LEFT for letter in shown):
        return f"{ISOLATE}{shown}{END_ISOLATE}"
    return shown


def moment(time: str) -> str:
    """Returns a time of the wire to the second, in the form that options accept."""
    return f"{datetime.fromisoformat(time).astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def duration(seconds: float | None) -> str:
    """Returns m:ss or h:mm:ss; empty for None."""
    if seconds is None:
        return ""
    minutes, second = divmod(int(seconds), 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02}:{second:02}" if hours else f"{minute}:{second:02}"


def about(text: str, estimated: bool) -> str:
    """Returns the text, with the mark of estimates if it is one."""
    return f"~{text}" if text and estimated else text


def short(raw_id: str) -> str:
    """Returns a raw id; of a long one only its beginning and end."""
    return raw_id if len(raw_id) <= _WHOLE else f"{raw_id[:14]}…{raw_id[-13:]}"


def name_or_raw_id(raw_id: str, names: Mapping[str, str]) -> str:
    """Returns a person's name; the shortened raw id if there is none."""
    return names.get(raw_id) or short(raw_id)


def state(room: Mapping[str, str], now: datetime) -> str:
    """Returns a room's state: upcoming, open or expired."""
    if now < datetime.fromisoformat(room["validFrom"]):
        return "upcoming"
    return "open" if now < datetime.fromisoformat(room["validUntil"]) else "expired"


def admits_guests(room: Mapping[str, str]) -> bool:
    """Returns whether people who are not invited can join a room."""
    return room["roomJoinPolicy"] == "CommunicationServiceUsers"


def who_can_join(room: Mapping[str, str]) -> str:
    """Returns a room's policy in words."""
    guests = ", and every other ACS user as a guest" if admits_guests(room) else ""
    return f"the invited{guests}"


def number(count: int, singular: str, plural: str) -> str:
    """Returns how many there are of something."""
    return f"{count:,} {singular if count == 1 else plural}"


def yes(value: object) -> str:
    """Returns yes or no."""
    return "yes" if value else "no"
