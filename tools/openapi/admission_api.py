"""Admission, what roles may do, and the document itself: what the document says of them."""

from typing import Annotated

from pydantic import WithJsonSchema

from openapi.operation import Answer, Header, Operation, Parameter
from openapi.parameters import CALL_ROOM_ID_PARAMETER, CLIENT_REQUEST_ID, ShortText
from openapi.rooms_api import ATTENDEE
from rooms.api.body import GivenTime
from rooms.api.errors import ANSWERS, AdmissionRefused, InvalidParameter, InvalidRoomId
from rooms.api.extension import admission, health, roles
from rooms.api.extension.admission import AskAdmission
from rooms.domain.errors import RoomNotFound

type Document = Annotated[
    dict[str, object], WithJsonSchema({"type": "object", "required": ["openapi", "info", "paths"]})
]

_ASKED = {"roomId": "99482221907697241", "rawId": ATTENDEE}
_REFUSED = {
    **_ASKED,
    "admitted": False,
    "reasons": [
        {"code": "NotInvited", "subCode": 5828, "message": "You are not invited to this room."}
    ],
}
_ERROR = {"error": {"code": "AdmissionRefused", "message": "You are not invited to this room."}}
_JUDGED = "What is judged is the room and who is invited as they are now, at the time asked about."

ADMISSION = {
    "try_admission": Operation(
        kind="extension",
        summary="Whether somebody may come into a room",
        description=f"Changes nothing, and writes nothing into the log. {_JUDGED}",
        parameters=(
            CALL_ROOM_ID_PARAMETER,
            Parameter("rawId", "query", ShortText, "Who asks.", required=True, example=ATTENDEE),
            Parameter(
                "at",
                "query",
                GivenTime,
                "Another time than now, also one to come.",
                example="2026-05-04T10:05:00Z",
            ),
        ),
        answers=(
            Answer(
                200,
                "That they may, and as what; or that they may not, and why.",
                admission.Admitted | admission.Refused,
                example=_REFUSED,
            ),
        ),
        errors=(InvalidRoomId, RoomNotFound, InvalidParameter),
    ),
    "decide_admission": Operation(
        kind="extension",
        summary="Let somebody into a room, or refuse them",
        description=f"Writes Admitted or Refused into the room's log. {_JUDGED}",
        parameters=(CALL_ROOM_ID_PARAMETER, CLIENT_REQUEST_ID),
        body=AskAdmission,
        examples={"somebody with a name": {"rawId": ATTENDEE, "displayName": "Ines Khan"}},
        answers=(
            Answer(200, "They may come in, and as what.", admission.Admitted),
            Answer(
                403,
                "They may not come in: all reasons that apply.",
                admission.RefusedAdmission,
                {
                    "x-ms-error-code": Header(
                        "The code of the error.",
                        {"type": "string", "const": ANSWERS[AdmissionRefused].code},
                    )
                },
                example=_ERROR | _REFUSED,
            ),
        ),
        errors=(InvalidRoomId, RoomNotFound),
    ),
}

ROLES = {
    "list_roles": Operation(
        kind="extension",
        summary="What each role may do in a call",
        description=(
            "The table of ACS: `yes`, `no`, `web` (with the web calling SDK only), `remote` (remote streams only)."
        ),
        answers=(Answer(200, "The table.", roles.Roles),),
    ),
}

HEALTH = {
    "get_health": Operation(
        kind="public",
        summary="Whether the service is ready",
        description="It is ready if its storage answers. Needs no key.",
        answers=(
            Answer(200, "It is ready.", health.Health, example={"status": "ready"}),
            Answer(
                503,
                "Its storage does not answer.",
                health.Health,
                {"Retry-After": Header("Seconds to wait.", {"type": "integer", "const": 1})},
                example={"status": "unavailable"},
            ),
        ),
    ),
}

DOCUMENT = {
    "get_openapi": Operation(
        kind="public",
        summary="This document",
        description="It has no secret in it, so it needs no key.",
        answers=(Answer(200, "An OpenAPI document.", Document),),
    ),
}
