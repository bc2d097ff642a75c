"""How times, lengths, people and texts from outside are written for people."""

import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime

_WHOLE = 30
"""Characters of a raw id that is not shortened."""

_UNSEEN = {"Cc", "Cs", "Zl", "Zp"}
"""Unicode's categories of control characters, halves of characters, and separators of lines."""

_TURNS = set("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""What turns the direction of text, also of that behind it."""


def plain(text: str) -> str:
    """Text from outside on one line, without what could steer a terminal."""
    spaced = "".join(" " if letter.isspace() else letter for letter in text)
    return "".join(
        letter
        for letter in spaced
        if letter not in _TURNS and unicodedata.category(letter) not in _UNSEEN
    )


def moment(time: str) -> str:
    """A time of the wire, to the second, as options take it."""
    return f"{datetime.fromisoformat(time).astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def length(seconds: float | None) -> str:
    """m:ss, or h:mm:ss."""
    if seconds is None:
        return ""
    minutes, second = divmod(int(seconds), 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02}:{second:02}" if hours else f"{minute}:{second:02}"


def short(raw_id: str) -> str:
    """A raw id, with its beginning and its end only if it is long."""
    return raw_id if len(raw_id) <= _WHOLE else f"{raw_id[:14]}…{raw_id[-13:]}"


def called(raw_id: str, names: Mapping[str, str]) -> str:
    """A person's name, or else the raw id."""
    return names.get(raw_id) or short(raw_id)


def state(room: Mapping[str, str], now: datetime) -> str:
    """Whether a room can be joined."""
    if now < datetime.fromisoformat(room["validFrom"]):
        return "upcoming"
    return "open" if now < datetime.fromisoformat(room["validUntil"]) else "expired"


def yes(value: object) -> str:
    """yes or no."""
    return "yes" if value else "no"
