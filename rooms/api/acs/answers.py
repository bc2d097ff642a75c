"""The bodies of answers, with their keys in the order of the wire."""

from collections.abc import Iterable

from rooms.api import shapes
from rooms.api.acs.versions import has_pstn
from rooms.api.errors import BAD_REQUEST, NOT_VALID, Detail
from rooms.domain.room import Room
from rooms.domain.roster import Roster
from rooms.domain.time import format_time


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


def error_body(code: str, message: str, target: str | None = None) -> shapes.Error:
    """Returns the body of an error of family A."""
    content: shapes.ErrorContent = {"code": code, "message": message}
    if target is not None:
        content["target"] = target
    return {"error": content}


def validation_body(details: Iterable[Detail]) -> shapes.ValidationError:
    """Returns the body of an error of family B."""
    faults: list[shapes.FaultOfField] = [
        {"code": "BadArgument", "message": detail.message, "target": detail.target}
        for detail in details
    ]
    return {"error": {"code": BAD_REQUEST, "message": NOT_VALID, "details": faults}}
