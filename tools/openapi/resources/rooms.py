"""Rooms: the operations of ACS, and the filtered list."""

from typing import Annotated, Any, Literal

from pydantic import WithJsonSchema

from openapi.examples import ATTENDEE, PRESENTER, TIMES
from openapi.failures import supported_versions
from openapi.operation import Answer, Header, Operation, Parameter
from openapi.parameters import (
    CLIENT_REQUEST_ID,
    FROM,
    IF_MATCH,
    NEXT_LINK,
    ROOM_ID,
    UNTIL,
    ShortText,
    api_version,
)
from rooms.api import shapes
from rooms.api.acs.versions.v2021_04_07 import (
    ChangedRoomOf2021,
    CreateRoomOf2021,
    RoomOf2021,
    UpdateRoomOf2021,
)
from rooms.api.acs.versions.v2022_02_01 import CreateRoomOf2022, RoomOf2022, UpdateRoomOf2022
from rooms.api.acs.versions.v2023_03_31 import CreateRoom, Room, UpdateRoom
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
from rooms.domain.errors import (
    CallsAtAcs,
    NoGuestsAtAcs,
    PolicyChangeTooLate,
    ReadOnlyHere,
    RoomNotFound,
)
from rooms.domain.limits import LIMITS
from rooms.domain.room import RoomCarrier, RoomState
from rooms.storage.errors import RoomChanged

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
_RETIRED = (
    "\n\nThe bodies and answers of api-versions 2022-02-01 and 2021-04-07 have their own schemas."
)

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
            "service ignores other fields, and `pstnDialOutEnabled` before api-version "
            "2023-10-30-preview."
            "\n\n"
            "A repeated request with the same Repeatability-Request-ID and the same body creates "
            "no second room. The answer is the room that the first request created." + _RETIRED
        ),
        parameters=(
            api_version("create_room"),
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
                "The time of the first attempt. Required with Repeatability-Request-ID. A time of "
                "RFC 3339 does, too.",
                example="Mon, 04 May 2026 10:00:00 GMT",
            ),
        ),
        body=CreateRoom | CreateRoomOf2022 | CreateRoomOf2021,
        examples={
            "a meeting with two participants": {
                **TIMES,
                "participants": {PRESENTER: {"role": "Presenter"}, ATTENDEE: {}},
            },
            "an empty room, valid from now": {},
            "api-version 2022-02-01: an open room": {
                **TIMES,
                "roomJoinPolicy": "CommunicationServiceUsers",
                "participants": [
                    {
                        "communicationIdentifier": {"communicationUser": {"id": PRESENTER}},
                        "role": "Presenter",
                    }
                ],
            },
            "api-version 2021-04-07": {**TIMES, "participants": {PRESENTER: {}}},
        },
        answers=(
            Answer(
                201,
                "The room. A repeated request gets the room as it is now.",
                Room | RoomOf2022 | ChangedRoomOf2021,
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
        errors=(InvalidIdentifier, NoGuestsAtAcs, ReadOnlyHere),
    ),
    "list_rooms": Operation(
        kind="either",
        summary="List rooms",
        description=(
            "Newest first, at most 30 on a page.\n\n"
            "**The list of ACS** has all rooms. It answers a request without any filter that is "
            "signed or has a token. It needs an api-version, and has the errors of the other "
            "operations on rooms.\n\n"
            "**The filtered list** has the rooms that match all filters, each with its title and "
            "schedule. It answers a request with at least one of `participant`, `externalId`, "
            "`state`, `from`, `until`, `title`, `carrier`, `scheduledFrom`, `scheduledUntil`, "
            "`name` and `include`, or with `x-api-key` and no Authorization. It needs no "
            "api-version: the newest is the default. It has the errors of extension routes: "
            "`InvalidParameter`, with a `target`. A filter without a value is an error, because a "
            "forgotten value would list every room."
        ),
        parameters=(
            api_version("list_rooms", required=False),
            Parameter(
                "participant",
                "query",
                AcsUser,
                "Rooms that invite this raw id.",
                example=PRESENTER,
            ),
            Parameter(
                "externalId",
                "query",
                ShortText,
                "Rooms with this external id, or that invite somebody with it. Not together with "
                "`participant`.",
                example="D-1",
            ),
            Parameter("state", "query", RoomState, "Rooms that are in this state now."),
            Parameter("carrier", "query", RoomCarrier, "Rooms whose calls run there."),
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
            Parameter(
                "scheduledFrom",
                "query",
                FROM.shape,
                "Rooms that are scheduled to start at this time or later.",
                example=FROM.example,
            ),
            Parameter(
                "scheduledUntil",
                "query",
                UNTIL.shape,
                "Rooms that are scheduled to start before this time. It must be after "
                "`scheduledFrom`.",
                example=UNTIL.example,
            ),
            Parameter(
                "name",
                "query",
                ShortText,
                "Rooms whose details name somebody with this text in their name, in upper or lower "
                "case.",
                example="Anna",
            ),
            Parameter(
                "include",
                "query",
                Literal["lastCall"],
                "Each room with its `lastCall`, the one that started last: some reads more for "
                "each room of the page.",
            ),
            NEXT_LINK,
        ),
        answers=(
            Answer(
                200,
                "A page of the list of ACS, or of the filtered list.",
                shapes.Page[Room] | shapes.Page[room_list.ListedRoom],
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
        parameters=(ROOM_ID, api_version("get_room")),
        answers=(_ok("The room.", Room | RoomOf2022 | RoomOf2021, _ROOM),),
        errors=_ERRORS,
    ),
    "update_room": Operation(
        kind="acs",
        summary="Change a room",
        description=(
            "A field that is absent or null keeps its value. Set both times together. The service "
            "ignores other fields, and `pstnDialOutEnabled` before api-version 2023-10-30-preview."
            + _RETIRED
            + " In 2022-02-01 participants replace the roster, and `roomJoinPolicy` changes only "
            "before the room opens. In 2021-04-07 participants are added, and removed with null."
        ),
        parameters=(ROOM_ID, api_version("update_room"), IF_MATCH, CLIENT_REQUEST_ID),
        body=UpdateRoom | UpdateRoomOf2022 | UpdateRoomOf2021,
        examples={
            "a new validity": TIMES,
            "dial-out allowed": {"pstnDialOutEnabled": True},
            "api-version 2022-02-01: an open room": {
                **TIMES,
                "roomJoinPolicy": "CommunicationServiceUsers",
            },
            "api-version 2021-04-07: one person added and one removed": {
                "participants": {PRESENTER: {}, ATTENDEE: None}
            },
        },
        answers=(_ok("The room after the change.", Room | RoomOf2022 | ChangedRoomOf2021, _ROOM),),
        errors=(
            InvalidIdentifier,
            PolicyChangeTooLate,
            CallsAtAcs,
            ReadOnlyHere,
            RoomChanged,
            *_ERRORS,
        ),
    ),
    "delete_room": Operation(
        kind="acs",
        summary="Delete a room",
        description=(
            "Extension routes can still read its log, its calls, its details and its last state. "
            "To delete it again succeeds in api-versions 2023-03-31-preview and 2023-06-14, and "
            "gets 404 in the others."
        ),
        parameters=(ROOM_ID, api_version("delete_room"), IF_MATCH, CLIENT_REQUEST_ID),
        answers=(Answer(204, "The room is deleted.", headers=supported_versions(required=True)),),
        errors=(CallsAtAcs, ReadOnlyHere, RoomChanged, ValidationFailed, *_ERRORS),
    ),
}
