"""Admission: the check of a person, and the decision."""

from openapi.examples import ATTENDEE, ROOM_ID
from openapi.operation import Answer, Header, Operation, Parameter
from openapi.parameters import CALL_ROOM_ID, CLIENT_REQUEST_ID, ShortText
from rooms.acs.errors import AcsRefusesUs, AcsUnavailable, NoAnswerOfAcs
from rooms.api.body import GivenTime
from rooms.api.errors import (
    ANSWERS,
    AdmissionRefused,
    CallWasEnded,
    InvalidParameter,
    InvalidRoomId,
    RemovedFromThisCall,
)
from rooms.api.extension import admission
from rooms.api.extension.admission import AskAdmission
from rooms.domain.errors import CallsAtAcs, OtherResource, RoomNotFound
from rooms.media.errors import MediaRefusesUs, MediaUnavailable, NoMediaPlane

_ADMITTED = {
    "roomId": ROOM_ID,
    "rawId": ATTENDEE,
    "admitted": True,
    "role": "Attendee",
    "guest": False,
    "capabilities": [{"name": "turnVideoOnOff"}, {"name": "muteUnmuteMic"}],
    "validUntil": "2026-05-04T11:00:00+00:00",
    "media": {
        "kind": "livekit",
        "url": "wss://livekit.example.com",
        "token": "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9...",
        "tokenExpiresAt": "2026-05-04T10:03:12.5+00:00",
    },
}
_REFUSED = {
    "roomId": ROOM_ID,
    "rawId": ATTENDEE,
    "admitted": False,
    "reasons": [
        {"code": "NotInvited", "subCode": 5828, "message": "You are not invited to this room."}
    ],
}
_ERROR = {"error": {"code": "AdmissionRefused", "message": "You are not invited to this room."}}

ADMISSION = {
    "try_admission": Operation(
        kind="extension",
        summary="Check whether a person may join a room",
        description=(
            "Changes nothing and writes no log record. The service applies the current room and "
            "roster to the time `at`, or to now. In an open room, an ACS user who is not invited "
            "is a guest with the role Attendee."
        ),
        parameters=(
            CALL_ROOM_ID,
            Parameter(
                "rawId",
                "query",
                ShortText,
                "The raw id of the person.",
                required=True,
                example=ATTENDEE,
            ),
            Parameter(
                "at",
                "query",
                GivenTime,
                "The time to check, past or future. The default is now.",
                example="2026-05-04T10:05:00Z",
            ),
        ),
        answers=(
            Answer(
                200,
                "The role of an admitted person, or the reasons of the refusal.",
                admission.Admitted | admission.Refused,
                example=_REFUSED,
            ),
        ),
        errors=(InvalidRoomId, RoomNotFound, InvalidParameter),
    ),
    "decide_admission": Operation(
        kind="extension",
        summary="Admit a person to a room, or refuse them",
        description=(
            "Writes Admitted or Refused into the log of the room. The service applies the current "
            "room and roster. In an open room, an ACS user who is not invited is a guest with the "
            "role Attendee. If the service has a media server (`ROOMS_MEDIA_URL`), the answer has "
            "`media`: the way into the call. With `media: false` it has none. For a room whose "
            "calls run at ACS it has a token of ACS if `media` is true. A device that joins again "
            "takes its own place: without `device`, each admission is for another one. With "
            "`lost`, somebody who was removed from that call in the last five minutes, or whose "
            "call was ended for everybody, is told so instead. If the media server does not "
            "answer, or ACS makes no token, nothing is decided. What ACS refuses is answered as "
            "ACS answered it."
        ),
        parameters=(CALL_ROOM_ID, CLIENT_REQUEST_ID),
        body=AskAdmission,
        examples={
            "a person with a name": {"rawId": ATTENDEE, "displayName": "Ines Khan"},
            "a browser that keeps its place in the call": {"rawId": ATTENDEE, "device": "tab-7f3a"},
            "somebody who joins a call at ACS": {"rawId": ATTENDEE, "media": True},
            "a browser that lost its connection": {
                "rawId": ATTENDEE,
                "device": "tab-7f3a",
                "lost": {"callId": "RM_dA2YYeWkCX3z", "participantId": "PA_M7CWue5u77Eq"},
            },
        },
        answers=(
            Answer(
                200, "The person may join, with this role.", admission.Admitted, example=_ADMITTED
            ),
            Answer(
                403,
                "The person may not join. The answer has every reason that applies.",
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
        errors=(
            InvalidRoomId,
            RoomNotFound,
            CallWasEnded,
            RemovedFromThisCall,
            CallsAtAcs,
            OtherResource,
            NoMediaPlane,
            MediaRefusesUs,
            MediaUnavailable,
            AcsRefusesUs,
            AcsUnavailable,
            NoAnswerOfAcs,
        ),
    ),
}
