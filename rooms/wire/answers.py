"""The bodies of answers, with their keys in the order of the wire."""

from typing import Any

from rooms.errors import Refusal, RoomsError, ValidationFailed
from rooms.rules.room import Room
from rooms.rules.roster import Roster
from rooms.rules.time import format_time
from rooms.wire.versions import has_pstn


def room_body(room: Room, version: str) -> dict[str, Any]:
    """A room."""
    body: dict[str, Any] = {
        "id": room.id,
        "createdAt": format_time(room.created_at),
        "validFrom": format_time(room.valid_from),
        "validUntil": format_time(room.valid_until),
    }
    if has_pstn(version):
        body["pstnDialOutEnabled"] = room.pstn_dial_out_enabled
    return body


def rooms_body(rooms: list[Room], next_link: str | None, version: str) -> dict[str, Any]:
    """A page of the list of rooms."""
    body: dict[str, Any] = {"value": [room_body(room, version) for room in rooms]}
    if next_link is not None:
        body["nextLink"] = next_link
    return body


def participants_body(roster: Roster) -> dict[str, Any]:
    """The participants of a room."""
    return {"value": [{"rawId": raw_id, "role": role} for raw_id, role in roster.items()]}


def error_body(error: RoomsError) -> dict[str, Any]:
    """An error of either family."""
    match error:
        case ValidationFailed():
            details = [{"code": "BadArgument", "message": d.message, "target": d.target} for d in error.details]
            return {"error": {"code": error.code, "message": error.message, "details": details}}
        case Refusal():
            target = {} if error.target is None else {"target": error.target}
            return {"error": {"code": error.code, "message": error.message, **target}}
    raise TypeError(f"not an error that is answered: {error!r}")
