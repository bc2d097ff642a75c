"""Join links, and what those who hold one may do."""

from openapi.examples import ATTENDEE, ROOM_ID
from openapi.operation import Answer, Header, Operation, Parameter
from openapi.parameters import CALL_ROOM_ID, CLIENT_REQUEST_ID, AnyText
from rooms.api.error_answers import Error
from rooms.api.errors import (
    ANSWERS,
    AdmissionRefused,
    CallWasEnded,
    InvalidRoomId,
    NoJoinPage,
    RemovedFromThisCall,
)
from rooms.api.extension import admission, join, join_links
from rooms.api.extension.join import BROWSER
from rooms.domain.errors import CallsAtAcs, RoomNotFound
from rooms.media.errors import MediaRefusesUs, MediaUnavailable
from rooms.storage.errors import JoinLinkUsed

_LINK = {
    "roomId": ROOM_ID,
    "rawId": ATTENDEE,
    "url": f"https://rooms.example.com/join/{ROOM_ID}#eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9...",
    "expiresAt": "2026-05-04T11:00:00+00:00",
}

_BROWSER = "mB2vJr0yN8qk1uTzWc5hXA"

_STATE = {
    "roomId": ROOM_ID,
    "title": "Consultation",
    "person": {"rawId": ATTENDEE, "displayName": "Ines Khan", "role": "Attendee"},
    "admitted": False,
    "reasons": [
        {
            "code": "NotOpenYet",
            "subCode": 5829,
            "message": "This room is not open yet. It opens at 2026-05-04 10:00:00 UTC.",
            "opensAt": "2026-05-04T10:00:00+00:00",
        }
    ],
    "validFrom": "2026-05-04T10:00:00+00:00",
    "validUntil": "2026-05-04T11:00:00+00:00",
    "scheduledStart": None,
    "scheduledEnd": None,
    "now": "2026-05-04T09:55:00+00:00",
}

_REFUSED = {
    "error": {"code": "AdmissionRefused", "message": "You are not invited to this room."},
    "roomId": ROOM_ID,
    "rawId": ATTENDEE,
    "admitted": False,
    "reasons": [
        {"code": "NotInvited", "subCode": 5828, "message": "You are not invited to this room."}
    ],
}

JOIN = {
    "make_join_link": Operation(
        kind="extension",
        summary="Make a join link",
        description=(
            "With the link one person joins one room on the page of this service. It is good in "
            "the first browser that joins with it, until it expires, as long as the person is on "
            "the roster, or the room is open to guests. Their role is that of the roster when they "
            "join. Links that were made before for the same person stay good. Writes JoinLinkMade "
            "into the log of the room. Needs a media server (`ROOMS_MEDIA_URL`)."
        ),
        parameters=(CALL_ROOM_ID, CLIENT_REQUEST_ID),
        body=join_links.MakeJoinLink,
        examples={
            "until the end of the room": {"rawId": ATTENDEE, "displayName": "Ines Khan"},
            "with an end": {"rawId": ATTENDEE, "expiresAt": "2026-05-04T10:30:00Z"},
        },
        answers=(Answer(201, "The link.", join_links.MadeJoinLink, example=_LINK),),
        errors=(InvalidRoomId, RoomNotFound, NoJoinPage, CallsAtAcs),
    ),
    "get_join": Operation(
        kind="link",
        summary="Get what the person of a join link may know",
        description=(
            "Changes nothing, writes no log record, and binds the link to no browser. Once a link "
            "is bound, only that browser is answered."
        ),
        parameters=(
            CALL_ROOM_ID,
            Parameter(
                BROWSER,
                "header",
                AnyText,
                "The secret of the browser, as `browser` of the POST.",
                example=_BROWSER,
            ),
        ),
        answers=(
            Answer(
                200,
                "The person, the room, and whether they may join now.",
                join.JoinState,
                example=_STATE,
            ),
        ),
        errors=(JoinLinkUsed, RoomNotFound, CallsAtAcs),
    ),
    "join_room": Operation(
        kind="link",
        summary="Join a room with a join link",
        description=(
            "Decides as the admission of a room does, and writes Admitted or Refused into its log. "
            "The first browser that is admitted is the only one from then on: it is known by its "
            "secret `browser`. With `lost`, somebody who was removed from that call in the last "
            "five minutes, or whose call was ended for everybody, is told so instead."
        ),
        parameters=(CALL_ROOM_ID, CLIENT_REQUEST_ID),
        body=join.Join,
        examples={
            "a browser": {"device": "f3k2x9", "browser": _BROWSER},
        },
        answers=(
            Answer(200, "The way into the call.", admission.Admitted),
            Answer(
                403,
                "The person may not join: the answer has every reason that applies. Or the link "
                f"is bound to another browser: `{ANSWERS[JoinLinkUsed].code}`.",
                admission.RefusedAdmission | Error,
                {
                    "x-ms-error-code": Header(
                        "The code of the error.",
                        {
                            "type": "string",
                            "enum": [
                                ANSWERS[each].code for each in (AdmissionRefused, JoinLinkUsed)
                            ],
                        },
                    )
                },
                example=_REFUSED,
            ),
        ),
        errors=(
            RoomNotFound,
            CallWasEnded,
            RemovedFromThisCall,
            CallsAtAcs,
            MediaUnavailable,
            MediaRefusesUs,
        ),
    ),
}
