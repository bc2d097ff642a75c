"""What an answer about admission says in a sentence."""

from collections.abc import Iterable, Mapping
from typing import Any

from rooms_cli.words import moment

type Json = Mapping[str, Any]


def explained(admission: Json, person: str, at: str | None) -> str:
    """Whether somebody can come into a room, and why not."""
    room, when = f"room {admission['roomId']}", "now" if at is None else f"at {moment(at)}"
    if admission["admitted"]:
        return f"{person} can come into {room} {when}, as {admission['role']}, until {moment(admission['validUntil'])}."
    return f"{person} cannot come into {room} {when}: {_reasons(admission['reasons'])}."


def _reasons(reasons: Iterable[Json]) -> str:
    *others, last = map(_reason, reasons)
    return f"{', '.join(others)}, and {last}" if others else last


def _reason(reason: Json) -> str:
    match reason["code"]:
        case "NotCommunicationUser":
            return "that is no user of Communication Services"
        case "NotInvited":
            return "they are not invited"
        case "NotOpenYet":
            return f"the room opens at {moment(reason['opensAt'])}"
        case "Closed":
            return "the room is closed"
        case "RoomFull":
            return "the room is full"
        case _:
            return str(reason["message"]).rstrip(".")
