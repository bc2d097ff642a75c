"""The sentence about an admission."""

from collections.abc import Iterable, Mapping
from typing import Any

from rooms_cli.words import moment

type Json = Mapping[str, Any]


def explained(admission: Json, person: str, at: str | None) -> str:
    """Returns a sentence that says whether a person can join a room, and if not, why not."""
    room, when = f"room {admission['roomId']}", "now" if at is None else f"at {moment(at)}"
    if admission["admitted"]:
        role, until = admission["role"], moment(admission["validUntil"])
        as_what = f"as a guest ({role})" if admission["guest"] else f"as {role}"
        return f"{person} can join {room} {when} {as_what}, until {until}."
    return f"{person} cannot join {room} {when}: {_reasons(admission['reasons'])}."


def _reasons(reasons: Iterable[Json]) -> str:
    *others, last = map(_reason, reasons)
    return f"{', '.join(others)}, and {last}" if others else last


def _reason(reason: Json) -> str:
    match reason["code"]:
        case "NotCommunicationUser":
            return "the raw id is not that of an ACS user"
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
