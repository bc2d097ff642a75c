"""The operations that ACS has, and our list of some rooms: what the document says of them."""

from typing import Annotated, Any

from pydantic import WithJsonSchema

from openapi.failures import supported_versions
from openapi.operation import Answer, Header, Operation, Parameter
from openapi.parameters import (
    API_VERSION,
    CLIENT_REQUEST_ID,
    FROM,
    NEXT_LINK,
    ROOM_ID_PARAMETER,
    UNTIL,
    ApiVersion,
    ShortText,
)
from rooms.api import shapes
from rooms.api.acs import participants, rooms
from rooms.api.acs.participants import UpdateParticipants
from rooms.api.acs.rooms import CreateRoom, UpdateRoom
from rooms.api.body import AcsUser
from rooms.api.errors import (
    InvalidIdentifier,
    InvalidParameter,
    InvalidRoomId,
    InvalidRoomIdLength,
    UnsupportedIdentifier,
    ValidationFailed,
)
from rooms.api.extension import room_list
from rooms.domain.errors import RoomNotFound
from rooms.domain.limits import LIMITS
from rooms.domain.room import ROOM_ID, RoomState

type RepeatabilityId = Annotated[
    str, WithJsonSchema({"type": "string", "maxLength": LIMITS.repeatability_id})
]
type HttpDate = Annotated[
    str,
    WithJsonSchema(
        {
            "type": "string",
            "pattern": "^(Mon|Tue|Wed|Thu|Fri|Sat|Sun), [0-9]{2} (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [0-9]{4} "
            "[0-9]{2}:[0-9]{2}:[0-9]{2} GMT$",
        }
    ),
]

PRESENTER, ATTENDEE = (
    f"8:acs:5ab1e000-0000-4000-8000-000000000000_00000000-0000-4000-8000-00000000000{n}"
    for n in (1, 2)
)
ROOM = {
    "id": "99482221907697241",
    "createdAt": "2026-05-03T08:12:07.1625797+00:00",
    "validFrom": "2026-05-04T10:00:00+00:00",
    "validUntil": "2026-05-04T11:00:00+00:00",
    "pstnDialOutEnabled": False,
}
TIMES = {"validFrom": "2026-05-04T10:00:00Z", "validUntil": "2026-05-04T11:00:00Z"}

_ROOM_FAULTS = (InvalidRoomId, InvalidRoomIdLength, RoomNotFound)


def _ok(description: str, shape: Any, example: dict[str, Any] | None = None) -> Answer:
    return Answer(200, description, shape, supported_versions(required=True), example=example)


ROOMS = {
    "create_room": Operation(
        kind="acs",
        summary="Create a room",
        description=(
            "Every field may be absent or null. A room is open from now, for 180 days from now, unless told otherwise; at "
            "most for 180 days, and not later than 180 days from now. Who is invited without a role is an Attendee. Other "
            "fields are ignored, and so is `pstnDialOutEnabled` with api-version 2023-06-14.\n\n"
            "Sent again with the same Repeatability-Request-ID and the same body, it makes no second room, but answers with "
            "the one that it made. At most 5,000 people are invited."
        ),
        parameters=(
            API_VERSION,
            CLIENT_REQUEST_ID,
            Parameter(
                "Repeatability-Request-ID",
                "header",
                RepeatabilityId,
                "Makes the request repeatable; an empty one does not.",
            ),
            Parameter(
                "Repeatability-First-Sent",
                "header",
                HttpDate,
                "When it was first sent: needed with Repeatability-Request-ID.",
                example="Mon, 04 May 2026 10:00:00 GMT",
            ),
        ),
        body=CreateRoom,
        examples={
            "a meeting": {
                **TIMES,
                "participants": {PRESENTER: {"role": "Presenter"}, ATTENDEE: {}},
            },
            "open from now on, for whoever is invited later": {},
        },
        answers=(
            Answer(
                201,
                "The room. A create that is repeated has it as it is now.",
                rooms.Room,
                {
                    **supported_versions(required=True),
                    "Location": Header(
                        "The room's id.", {"type": "string", "pattern": f"^{ROOM_ID.pattern}$"}
                    ),
                    "Repeatability-Result": Header(
                        "If there was a Repeatability-Request-ID.",
                        {"type": "string", "const": "accepted"},
                        required=False,
                    ),
                },
                example=ROOM,
            ),
        ),
        errors=(InvalidIdentifier,),
    ),
    "list_rooms": Operation(
        kind="either",
        summary="List rooms",
        description=(
            "Newest first, at most 30 on a page.\n\n"
            "**As ACS has it:** without any of the filters, and signed or with a token: all rooms. An api-version is "
            "needed, and errors are those of the other operations on rooms.\n\n"
            "**Ours:** with at least one of the filters `participant`, `state`, `from`, `until` and `title`, or with "
            "`x-api-key` and no Authorization: only the rooms that fit all of them, each with its `title`. No api-version "
            "is needed; without it rooms are as the newest has them. Errors are as on the other routes that ACS does not "
            "have: `InvalidParameter`, with a `target`. A filter without a value is refused, so that one which somebody "
            "forgot to fill in does not list everything."
        ),
        parameters=(
            Parameter(
                "api-version", "query", ApiVersion, "Needed for ACS's list.", example="2025-03-13"
            ),
            Parameter(
                "participant",
                "query",
                AcsUser,
                "Rooms to which this raw id is invited.",
                example=PRESENTER,
            ),
            Parameter("state", "query", RoomState, "Rooms that are in this state now."),
            Parameter(
                "title",
                "query",
                ShortText,
                "Rooms whose title contains this text, in whatever case.",
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
                "Rooms that open before this time; after `from`.",
                example=UNTIL.example,
            ),
            NEXT_LINK,
        ),
        answers=(
            Answer(
                200,
                "A page of ACS's list, or of ours.",
                shapes.Page[rooms.Room] | shapes.Page[room_list.ListedRoom],
                supported_versions(required=True),
                example={"value": [ROOM]},
            ),
        ),
        errors=(ValidationFailed, InvalidParameter),
    ),
    "get_room": Operation(
        kind="acs",
        summary="Get a room",
        description="A room that has expired is still there, until it is deleted.",
        parameters=(ROOM_ID_PARAMETER, API_VERSION),
        answers=(_ok("The room.", rooms.Room, ROOM),),
        errors=_ROOM_FAULTS,
    ),
    "update_room": Operation(
        kind="acs",
        summary="Change when a room is open, and whether it allows dial-out",
        description=(
            "A field that is absent or null stays as it is; the two times are set together. Other fields are ignored, and so is "
            "`pstnDialOutEnabled` with api-version 2023-06-14."
        ),
        parameters=(ROOM_ID_PARAMETER, API_VERSION, CLIENT_REQUEST_ID),
        body=UpdateRoom,
        examples={"other times": TIMES, "dial-out": {"pstnDialOutEnabled": True}},
        answers=(_ok("The room as it is now.", rooms.Room, ROOM),),
        errors=_ROOM_FAULTS,
    ),
    "delete_room": Operation(
        kind="acs",
        summary="Delete a room",
        description="Its log, calls, details and last state can still be read on the routes that ACS does not have.",
        parameters=(ROOM_ID_PARAMETER, API_VERSION, CLIENT_REQUEST_ID),
        answers=(Answer(204, "It is deleted.", headers=supported_versions(required=True)),),
        errors=_ROOM_FAULTS,
    ),
}

PARTICIPANTS = {
    "list_participants": Operation(
        kind="acs",
        summary="List who is invited to a room",
        description="All of them, in the order in which they were invited.",
        parameters=(ROOM_ID_PARAMETER, API_VERSION),
        answers=(
            _ok(
                "Who is invited.",
                participants.Participants,
                {"value": [{"rawId": PRESENTER, "role": "Presenter"}]},
            ),
        ),
        errors=_ROOM_FAULTS,
    ),
    "update_participants": Operation(
        kind="acs",
        summary="Invite people to a room, change their roles, remove them",
        description=(
            "By raw id: an object invites, or changes the role (without one: Attendee); null removes, also who is not "
            "there. Either all of it is done or nothing. A room has at most 5,000 participants."
        ),
        parameters=(ROOM_ID_PARAMETER, API_VERSION, CLIENT_REQUEST_ID),
        body=UpdateParticipants,
        examples={
            "one is invited, one removed": {
                "participants": {PRESENTER: {"role": "Presenter"}, ATTENDEE: None}
            }
        },
        answers=(_ok("It is done.", shapes.NoContent, {}),),
        errors=(UnsupportedIdentifier, *_ROOM_FAULTS),
    ),
}
