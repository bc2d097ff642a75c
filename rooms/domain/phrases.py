"""The parts of the sentences of log records: people, times and clauses."""

from collections.abc import Mapping
from typing import Any

from rooms.domain.shown_text import is_id, quoted
from rooms.domain.time import format_second, parse_time

type Detail = Mapping[str, Any]
type Names = Mapping[str, str]
"""Raw id to name."""

_WHOLE = 30
"""Characters of an id that is shown whole."""


def who(detail: Detail, names: Names) -> str:
    """Returns a person's name in the room's details, or else the one they have themselves."""
    person = detail.get("rawId") or detail.get("participantId") or "somebody"
    name = names.get(person) or detail.get("displayName")
    return quoted(name) if name else _short(person)


def called(raw_id: str, names: Names) -> str:
    """Returns a person's name in the room's details, or else their raw id."""
    name = names.get(raw_id)
    return quoted(name) if name else _short(raw_id)


def _short(person: str) -> str:
    """Returns an id, or the beginning and the end of a long one."""
    shown = person if len(person) <= _WHOLE else f"{person[:14]}…{person[-13:]}"
    return shown if is_id(person) else quoted(shown)


def moment(time: str) -> str:
    """Returns a time like `2026-05-04T10:00:00Z`, cut to the second."""
    return format_second(parse_time(time))


def clause(before: str, text: str | None) -> str:
    """Returns a text with what stands before it, or nothing if there is none."""
    return f"{before} {text}" if text else ""
