"""Rooms: the operations of ACS, and the filtered list."""

from typing import Annotated, Any

from pydantic import WithJsonSchema

from openapi.examples import ATTENDEE, PRESENTER, TIMES
from openapi.failures import supported_versions
from openapi.operation import Answer, Header, Operation, Parameter
from openapi.parameters import (
    API_VERSION,
    CLIENT_REQUEST_ID,
    FROM,
    NEXT_LINK,
    ROOM_ID,
    UNTIL,
    ApiVersion,
    ShortText,
)
from rooms.api import shapes
from rooms.api.acs import rooms
from rooms.api.acs.rooms import CreateRoom, UpdateRoom
from rooms.api.body import AcsUser
from rooms.api.errors import (
    InvalidIdentifier,
    InvalidParameter,
    InvalidRoomId,
    InvalidRoomIdLength,
    ValidationFailed,
)
from rooms.api.extension import room_list
from rooms.domain import room as domain
from rooms.domain.errors import RoomNotFound
from rooms.domain.limits import LIMITS
from rooms.domain.room import RoomState

type RepeatabilityId = Annotated[
    str, WithJsonSchema({"type": "string", "maxLength": LIMITS.repeatability_id})
]
type HttpDate = Annotated[
    str,
    WithJsonSchema(
        {
            "type": "string",
            "pattern": "^(Mon|Tue|Wed|Thu|Fri|Sat|Sun), [0-9]{2} "
            "(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [0-9]{4} "
            "[0-9]{2}:[0-9]{2}:[0-9]{2} GMT$",
        }
    ),
]

_ROOM = {
    "id": "99482221907697241",
    "createdAt": "2026-05-03T08:12:07.1625797+00:00",
    "validFrom": "2026-05-04T10:00:00+00:00",
    "validUntil": "2026-05-04T11:00:00+00:00",
    "pstnDialOutEnabled": False,
}
_ERRORS = (InvalidRoomId, InvalidRoomIdLength, RoomNotFound)


def _ok(description: str, shape: Any, example: dict[str, Any]) -> Answer:
    return Answer(200, description, shape, supported_versions(required=True), example=example)


ROOMS = {
    "create_room": Operation(
        kind="acs",
        summary="Create a room",
        description=(
            "Every field may be absent or null. By default, a room is valid from now for 180 days. "
            "It may be valid for at most 180 days, and start at most 180 days from now. The "
            "default role of a participant is Attendee. A room has at most 5,000 participants. The "
            "service ignores other fields, and `pstnDialOutEnabled` with api-version 2023-06-14."
            "\n\n"
            "A repeated request with the same Repeatability-Request-ID and the same body creates "
            "no second room. The answer is the room that the first request created."
        ),
        parameters=(
            API_VERSION,
            CLIENT_REQUEST_ID,
            Parameter(
                "Repeatability-Request-ID",
                "header",
                RepeatabilityId,
                "Makes the request repeatable. An empty value has no effect.",
            ),
            Parameter(
                "Repeatability-First-Sent",
                "header",
                HttpDate,
                "The time of the first attempt. Required with Repeatability-Request-ID.",
                example="Mon, 04 May 2026 10:00:00 GMT",
            ),
        ),
        body=CreateRoom,
        examples={
            "a meeting with two participants": {
                **TIMES,
                "participants": {PRESENTER: {"role": "Presenter"}, ATTENDEE: {}},
            },
            "an empty room, valid from now": {},
        },
        answers=(
            Answer(
                201,
                "The room. A repeated request gets the room as it is now.",
                rooms.Room,
                {
                    **supported_versions(required=True),
                    "Location": Header(
                        "The id of the room.",
                        {"type": "string", "pattern": f"^{domain.ROOM_ID.pattern}$"},
                    ),
                    "Repeatability-Result": Header(
                        "Present if the request has a Repeatability-Request-ID.",
                        {"type": "string", "const": "accepted"},
                        required=False,
                    ),
                },
                example=_ROOM,
            ),
        ),
        errors=(InvalidIdentifier,),
    ),
    "list_rooms": Operation(
        kind="either",
        summary="List rooms",
        description=(
            "Newest first, at most 30 on a page.\n\n"
            "**The list of ACS** has all rooms. It answers a request without any filter that is "
            "signed or has a token. It needs an api-version, and has the errors of the other "
            "operations on rooms.\n\n"
            "**The filtered list** has the rooms that match all filters, each with its `title`. It "
            "answers a request with at least one of `participant`, `state`, `from`, `until` and "
            "`title`, or with `x-api-key` and no Authorization. It needs no api-version: the "
            "newest is the default. It has the errors of extension routes: `InvalidParameter`, "
            "with a `target`. A filter without a value is an error, because a forgotten value "
            "would list every room."
        ),
        parameters=(
            Parameter(
                "api-version",
                "query",
                ApiVersion,
                "Required for the list of ACS.",
                example="2025-03-13",
            ),
            Parameter(
                "participant",
                "query",
                AcsUser,
                "Rooms that invite this raw id.",
                example=PRESENTER,
            ),
            Parameter("state", "query", RoomState, "Rooms that are in this state now."),
            Parameter(
                "title",
                "query",
                ShortText,
                "Rooms with this text in their title, in upper or lower case.",
                example="Lesson",
            ),
            Parameter(
                "from",
                "query",
                FROM.shape,
                "Rooms that are open at this time or later.",
                example=FROM.example,
            ),
            Parameter(
                "until",
                "query",
                UNTIL.shape,
                "Rooms that open before this time. It must be after `from`.",
                example=UNTIL.example,
            ),
            NEXT_LINK,
        ),
        answers=(
            Answer(
                200,
                "A page of the list of ACS, or of the filtered list.",
                shapes.Page[rooms.Room] | shapes.Page[room_list.ListedRoom],
                supported_versions(required=True),
                example={"value": [_ROOM]},
            ),
        ),
        errors=(ValidationFailed, InvalidParameter),
    ),
    "get_room": Operation(
        kind="acs",
        summary="Get a room",
        description="An expired room remains until a DELETE.",
        parameters=(ROOM_ID, API_VERSION),
        answers=(_ok("The room.", rooms.Room, _ROOM),),
        errors=_ERRORS,
    ),
    "update_room": Operation(
        kind="acs",
        summary="Change the validity and the dial-out of a room",
        description=(
            "A field that is absent or null keeps its value. Set both times together. The service "
            "ignores other fields, and `pstnDialOutEnabled` with api-version 2023-06-14."
        ),
        parameters=(ROOM_ID, API_VERSION, CLIENT_REQUEST_ID),
        body=UpdateRoom,
        examples={"a new validity": TIMES, "dial-out allowed": {"pstnDialOutEnabled": True}},
        answers=(_ok("The room after the change.", rooms.Room, _ROOM),),
        errors=_ERRORS,
    ),
    "delete_room": Operation(
        kind="acs",
        summary="Delete a room",
        description=(
            "Extension routes can still read its log, its calls, its details and its last state."
        ),
        parameters=(ROOM_ID, API_VERSION, CLIENT_REQUEST_ID),
        answers=(Answer(204, "The room is deleted.", headers=supported_versions(required=True)),),
        errors=_ERRORS,
    ),
}
