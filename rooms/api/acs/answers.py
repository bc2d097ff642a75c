"""The bodies of answers, with their keys in the order of the wire."""

from typing import overload

from rooms.api import shapes
from rooms.api.acs.versions import has_pstn
from rooms.domain.room import Room
from rooms.domain.roster import Roster
from rooms.domain.time import format_time
from rooms.errors import Refusal, ValidationFailed


def room_body(room: Room, version: str) -> shapes.Room:
    """A room."""
    body: shapes.Room = {
        "id": room.id,
        "createdAt": format_time(room.created_at),
        "validFrom": format_time(room.valid_from),
        "validUntil": format_time(room.valid_until),
    }
    if has_pstn(version):
        body["pstnDialOutEnabled"] = room.pstn_dial_out_enabled
    return body


def rooms_body(rooms: list[Room], next_link: str | None, version: str) -> shapes.Page[shapes.Room]:
    """A page of the list of rooms."""
    body: shapes.Page[shapes.Room] = {"value": [room_body(room, version) for room in rooms]}
    if next_link is not None:
        body["nextLink"] = next_link
    return body


def participants_body(roster: Roster) -> shapes.Participants:
    """The participants of a room."""
    return {"value": [{"rawId": raw_id, "role": role} for raw_id, role in roster.items()]}


@overload
def error_body(error: Refusal) -> shapes.Error: ...
@overload
def error_body(error: ValidationFailed) -> shapes.ValidationError: ...
def error_body(error: Refusal | ValidationFailed) -> shapes.Error | shapes.ValidationError:
    """An error of either family."""
    match error:
        case ValidationFailed():
            details: list[shapes.FaultOfField] = [
                {"code": "BadArgument", "message": detail.message, "target": detail.target}
                for detail in error.details
            ]
            return {"error": {"code": error.code, "message": error.message, "details": details}}
        case Refusal():
            content: shapes.ErrorContent = {"code": error.code, "message": error.message}
            if error.target is not None:
                content["target"] = error.target
            return {"error": content}
