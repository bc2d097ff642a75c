"""The operations log: a line of JSON for each operation of ACS Rooms, also for one that is refused.

Its fields are columns of the table ACSRoomsIncomingOperations, in which ACS logs the same.
docs/monitoring.md says which of them Microsoft does not document, and what this service does there.
"""

import json
import logging
import re
from collections.abc import Mapping
from typing import Any, Final

import azure.functions as func

from rooms.api.acs.versions.table import named_version
from rooms.api.request import query
from rooms.api.room_summary import RoomSummary
from rooms.domain.room import Room, is_room_id
from rooms.domain.time import SECOND, Ticks

_log = logging.getLogger("rooms.operations")

TABLE: Final = "ACSRoomsIncomingOperations"

OPERATIONS: Mapping[str, str] = {
    "create_room": "CreateRoom",
    "list_rooms": "ListRooms",
    "get_room": "GetRoom",
    "update_room": "UpdateRoom",
    "delete_room": "DeleteRoom",
    "list_participants": "GetParticipants",
    "update_participants": "UpdateParticipants",
    "add_participants": "AddParticipants",
    "change_participants": "UpdateParticipants",
    "remove_participants": "RemoveParticipants",
}
"""The operations as ACS names them, by the names of their routes."""

_MINUTE: Ticks = 60 * SECOND

_VERSION = re.compile(r"20[0-9]{2}-[0-9]{2}-[0-9]{2}(-preview[0-9]?)?")

_REQUEST_ID = re.compile(r"[A-Za-z0-9+/=._-]{1,64}")
"""What can be the id of a request: a GUID, or a correlation vector. Anything else that a client
sends may be of a person."""


def log_operation(http: func.HttpRequest, route: str, status: int, summary: RoomSummary) -> None:
    """Logs an operation. It must be within the invocation: the host drops other lines.

    Args:
        route: the name of its route.
        status: that of the answer.
    """
    succeeded = status < 300
    record = {
        "log": TABLE,
        "OperationName": OPERATIONS[route],
        "OperationVersion": _version(http),
        "ResultType": "Succeeded" if succeeded else "Failed",
        "ResultSignature": str(status),
        "Level": _level(status),
        "CorrelationId": _request_id(http),
        "RoomId": _room_id(http, summary),
        **(_counts(summary) if succeeded else {}),
    }
    known = {name: value for name, value in record.items() if value is not None}
    _log.info("%s", json.dumps(known, separators=(",", ":")))


def _level(status: int) -> str:
    if status >= 500:
        return "Error"
    return "Informational" if status < 300 else "Warning"


def _counts(summary: RoomSummary) -> Mapping[str, Any]:
    room, roster = summary.room, summary.roster
    by_role: Mapping[str, Any] = {}
    if roster is not None:
        roles = list(roster.values())
        by_role = {
            "RoomParticipantsCount": len(roles),
            "RoomParticipantsPresenter": roles.count("Presenter"),
            "RoomParticipantsAttendee": roles.count("Attendee"),
            "RoomParticipantsConsumer": roles.count("Consumer"),
        }
    return {
        "RoomLifespan": None if room is None else _minutes(room),
        "AddedRoomParticipantsCount": summary.added,
        "UpsertedRoomParticipantsCount": summary.upserted,
        "RemovedRoomParticipantsCount": summary.removed,
        **by_role,
        "PstnDialOutEnabled": None if room is None else room.pstn_dial_out_enabled,
    }


def _minutes(room: Room) -> int:
    """Returns for how many minutes a room can be joined, the last one begun."""
    return -((room.valid_from - room.valid_until) // _MINUTE)


def _version(http: func.HttpRequest) -> str | None:
    """Returns the api-version that was asked for, also one that there is not."""
    asked = query(http, "api-version") or ""
    if (version := named_version(asked)) is not None:
        return version.name
    return asked if _VERSION.fullmatch(asked) else None


def _request_id(http: func.HttpRequest) -> str | None:
    sent: str = http.headers.get("x-ms-client-request-id") or ""
    return sent if _REQUEST_ID.fullmatch(sent) else None


def _room_id(http: func.HttpRequest, summary: RoomSummary) -> str | None:
    if summary.room is not None:
        return summary.room.id
    asked: str = http.route_params.get("roomId", "")
    return asked if is_room_id(asked) else None
