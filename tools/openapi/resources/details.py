"""Details: titles, external ids, schedules and names. Overview: a room with its details."""

from openapi.examples import ATTENDEE, PRESENTER
from openapi.operation import Answer, Header, Operation, read
from openapi.parameters import CALL_ROOM_ID, CLIENT_REQUEST_ID, IF_MATCH, ROOM_ID
from rooms.api.errors import InvalidRoomId, InvalidRoomIdLength
from rooms.api.extension import details, overview
from rooms.api.extension.details import PatchDetails
from rooms.domain.errors import RoomNotFound
from rooms.storage.errors import RoomChanged

_DETAILS = {
    "title": "Appointment",
    "externalId": "A-7",
    "scheduledStart": "2026-05-04T10:00:00+00:00",
    "scheduledEnd": "2026-05-04T10:30:00+00:00",
    "participants": {PRESENTER: {"name": "Dr. Khan", "externalId": "D-1"}},
}

OVERVIEW = {
    "get_overview": read(
        "Get a room with its state, details and participants",
        "Also answers for a deleted room. A room that is known only from call events gets 404.",
        Answer(
            200,
            "The room.",
            overview.Overview,
            {
                "ETag": Header(
                    "The version of the room, its roster and its details, for `If-Match`.",
                    {"type": "string", "pattern": '^"[^"]+"$'},
                )
            },
        ),
        CALL_ROOM_ID,
        errors=(InvalidRoomId, RoomNotFound),
    ),
}

DETAILS = {
    "get_details": read(
        "Get the details of a room",
        "Also answers for a deleted room. A field that is not set is null.",
        Answer(200, "The details.", details.Details, example=_DETAILS),
        CALL_ROOM_ID,
        errors=(InvalidRoomId, RoomNotFound),
    ),
    "update_details": Operation(
        kind="extension",
        summary="Change the details of a room",
        description=(
            "The body is a merge patch (RFC 7396): an absent field keeps its value, and null "
            "removes it. Set or remove `scheduledStart` and `scheduledEnd` together. The end must "
            "be after the start. The details have names of at most 5,000 people. ACS routes never "
            "show the details."
        ),
        parameters=(ROOM_ID, IF_MATCH, CLIENT_REQUEST_ID),
        body=PatchDetails,
        examples={
            "all details": _DETAILS,
            "rename one person and forget another": {
                "participants": {PRESENTER: {"name": "Ines"}, ATTENDEE: None}
            },
        },
        answers=(Answer(200, "The details after the change.", details.Details, example=_DETAILS),),
        errors=(InvalidRoomId, InvalidRoomIdLength, RoomNotFound, RoomChanged),
    ),
}
