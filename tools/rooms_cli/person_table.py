"""Prints the attendance of one person in several rooms."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from rooms_cli.screen import say, show_table
from rooms_cli.words import about, duration, moment

type Json = Mapping[str, Any]

_COLUMNS = ("from", "room", "title", "status", "present", "late", "left early")


def show_person(rooms: Sequence[Json]) -> None:
    """Prints a line for each room."""
    if not rooms:
        say("No rooms.")
        return
    show_table(_COLUMNS, map(_row, rooms))
    counts = Counter(_status(room) for room in rooms)
    total = "1 room" if len(rooms) == 1 else f"{len(rooms)} rooms"
    say(f"{total}: {', '.join(f'{count} {status}' for status, count in counts.items())}.")


def _row(room: Json) -> Sequence[str]:
    start, title, status = moment(room["from"]), room["title"] or "", _status(room)
    if room["error"]:
        return (start, room["roomId"], title, f"{status} ({room['error']})", "", "", "")
    estimated = room["estimated"]
    lengths = (duration(room[each]) for each in ("seconds", "lateSeconds", "leftEarlySeconds"))
    times = (about(length, estimated) for length in lengths)
    may_have_come = estimated and not room["joins"]
    return (start, room["roomId"], title, about(status, may_have_come), *times)


def _status(room: Json) -> str:
    return "not read" if room["error"] else str(room["status"])
