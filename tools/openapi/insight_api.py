"""Calls, attendance, log, details and quarantine: what the document says of them."""

from typing import Annotated, Any, Literal

from pydantic import WithJsonSchema

from openapi.operation import Answer, Error, Header, Operation, Parameter
from openapi.parameters import (
    CALL_ROOM_ID_PARAMETER,
    CLIENT_REQUEST_ID,
    FROM,
    NEXT_LINK,
    ROOM_ID_PARAMETER,
    UNTIL,
    SomeText,
)
from openapi.rooms_api import ATTENDEE, PRESENTER
from rooms.api import shapes
from rooms.api.body import GivenTime
from rooms.api.errors import (
    CallNotFound,
    InvalidParameter,
    InvalidRoomId,
    InvalidRoomIdLength,
    StillNotUnderstood,
)
from rooms.api.extension import (
    attendance,
    calls,
    details,
    live,
    log,
    overview,
    presence,
    quarantine,
)
from rooms.api.extension.details import PatchDetails
from rooms.domain.errors import RoomNotFound
from rooms.storage.errors import QuarantinedEventNotFound, TooManyChanges, TooManyEvents

type EventId = Annotated[str, WithJsonSchema({"type": "string", "pattern": "^[0-9a-f]{64}$"})]

_OF_ROOM = (InvalidRoomId, RoomNotFound)
_EVENT_ID = Parameter(
    "eventId",
    "path",
    EventId,
    "The event's id, as the list has it.",
    required=True,
    example="0" * 64,
)
_ATTACHMENT = Header(
    "The name of a file.",
    {"type": "string", "pattern": '^attachment; filename="[a-z]+-[A-Za-z0-9_-]+[.]csv"$'},
    False,
)
_CSV = "Each of `value` on a line, with a byte order mark; no cell is one that a spreadsheet takes for a formula."
_DETAILS = {
    "title": "Appointment",
    "externalId": "A-7",
    "scheduledStart": "2026-05-04T10:00:00+00:00",
    "scheduledEnd": "2026-05-04T10:30:00+00:00",
    "participants": {PRESENTER: {"name": "Dr. Khan", "externalId": "D-1"}},
}


def _read(
    summary: str,
    description: str,
    answer: Answer,
    *parameters: Parameter,
    errors: tuple[Error, ...] = (),
) -> Operation:
    return Operation("extension", summary, description, (answer,), parameters, errors=errors)


def _page(description: str, shape: Any) -> Answer:
    return Answer(200, description, shape)


CALLS = {
    "get_presence": _read(
        "Who is in a room now, or was at another time",
        "If two calls go on, it is the one that started last. Callers of the telephone network, bots and Teams users are "
        "not known.",
        Answer(
            200,
            "Who is there; `call` is null if nobody is in a call.",
            presence.Presence,
            example={
                "roomId": "99482221907697241",
                "asOf": "2026-05-04T10:05:00+00:00",
                "live": False,
                "call": None,
            },
        ),
        CALL_ROOM_ID_PARAMETER,
        Parameter(
            "at",
            "query",
            GivenTime,
            "A time that has passed, instead of now.",
            example="2026-05-04T10:05:00Z",
        ),
        errors=(*_OF_ROOM, InvalidParameter, TooManyEvents),
    ),
    "list_calls": _read(
        "List the calls of a room",
        "Those of the most recent hours first; all pages are as of the time of the first.",
        _page("A page of its calls.", shapes.Page[calls.Call]),
        CALL_ROOM_ID_PARAMETER,
        NEXT_LINK,
        errors=(*_OF_ROOM, InvalidParameter, TooManyEvents),
    ),
    "get_call": _read(
        "Get a call of a room, with each stay of each device",
        "The id is the correlation id of the calling service's events.",
        Answer(200, "The call.", calls.CallWithLegs),
        CALL_ROOM_ID_PARAMETER,
        Parameter(
            "callId",
            "path",
            SomeText,
            "The call's id.",
            required=True,
            example="ce13fb29-2c1a-4560-9dde-2ea00183c0c2",
        ),
        errors=(*_OF_ROOM, CallNotFound, TooManyEvents),
    ),
    "list_all_calls": _read(
        "List the calls of all rooms",
        "Those that had an event in the time asked about, most recent hours first; all pages are as of the time of the first.",
        _page("A page of calls.", shapes.Page[calls.Call]),
        FROM,
        UNTIL,
        NEXT_LINK,
        errors=(InvalidParameter, TooManyEvents),
    ),
    "list_live_rooms": _read(
        "List the rooms with a call now, and who is in them",
        "All pages are as of the time of the first; a call that ends meanwhile may be missing.",
        _page("A page of rooms.", shapes.Page[live.LiveRoom]),
        NEXT_LINK,
        errors=(InvalidParameter, TooManyEvents),
    ),
}

ATTENDANCE = {
    "get_attendance": _read(
        "Who was invited to a room, who came, and who did not",
        "In the time of `call`, or between `from` and `until`, else as scheduled, else while the room may be joined; `from` "
        "or `until` alone replaces that end. Stays are cut to that time. Of those invited at any moment of it, who came is "
        "`attended`, who did not is `expected` until it is over and then `absent`; who came without an invitation is "
        "`uninvited`. Of a room of which only events are known, `call`, or both `from` and `until`, are needed.",
        Answer(
            200,
            "Those invited, in their order, then the others, in the order of coming.",
            attendance.Attendance,
            {"Content-Disposition": _ATTACHMENT},
            texts={"text/csv": _CSV},
        ),
        CALL_ROOM_ID_PARAMETER,
        Parameter("call", "query", SomeText, "The id of a call of the room."),
        FROM,
        UNTIL,
        Parameter("format", "query", Literal["json", "csv"], "JSON unless told otherwise."),
        errors=(*_OF_ROOM, CallNotFound, InvalidParameter, TooManyEvents, TooManyChanges),
    ),
}

LOG = {
    "get_log": _read(
        "Who changed what in a room and when, and what happened in its calls",
        "Newest first, at most 100 records on a page; fewer, and even none, if many had to be read for it.",
        Answer(
            200,
            "A page of the log. As CSV or NDJSON, the next page's URL is in the header Link.",
            shapes.Page[log.LogRecord],
            {
                "Content-Disposition": _ATTACHMENT,
                "Link": Header(
                    "The next page, of CSV and NDJSON.",
                    {"type": "string", "pattern": '^<.+>; rel="next"$'},
                    False,
                ),
            },
            texts={
                "text/csv": _CSV,
                "application/x-ndjson": "Each record as JSON on a line of its own.",
            },
        ),
        CALL_ROOM_ID_PARAMETER,
        FROM,
        UNTIL,
        Parameter("kind", "query", log.LogKind, "Only records of this kind."),
        Parameter(
            "actor",
            "query",
            SomeText,
            "Only what this one did: the name of a key, `event-grid`, ...",
            example="event-grid",
        ),
        Parameter(
            "format", "query", Literal["json", "csv", "ndjson"], "JSON unless told otherwise."
        ),
        NEXT_LINK,
        errors=(*_OF_ROOM, InvalidParameter),
    ),
}

OVERVIEW = {
    "get_overview": _read(
        "All that is known of a room itself: its state, its details, who is invited",
        "Also of a deleted room. Not of a room of which only events are known: that is a 404.",
        Answer(200, "The room.", overview.Overview),
        CALL_ROOM_ID_PARAMETER,
        errors=_OF_ROOM,
    ),
}

DETAILS = {
    "get_details": _read(
        "What people call a room and those invited",
        "Also of a deleted room. What is not known is null.",
        Answer(200, "The details.", details.Details, example=_DETAILS),
        CALL_ROOM_ID_PARAMETER,
        errors=_OF_ROOM,
    ),
    "update_details": Operation(
        kind="extension",
        summary="Change what people call a room and those invited",
        description=(
            "A merge patch (RFC 7396): what is absent stays, null removes. `scheduledStart` and `scheduledEnd` are set, or "
            "removed, together, and the end is after the start. Names may be those of 5,000 people. The SDKs never see any of it."
        ),
        parameters=(ROOM_ID_PARAMETER, CLIENT_REQUEST_ID),
        body=PatchDetails,
        examples={
            "all": _DETAILS,
            "another name, and one forgotten": {
                "participants": {PRESENTER: {"name": "Ines"}, ATTENDEE: None}
            },
        },
        answers=(Answer(200, "The details as they are now.", details.Details, example=_DETAILS),),
        errors=(InvalidRoomId, InvalidRoomIdLength, RoomNotFound),
    ),
}

QUARANTINE = {
    "list_quarantine": _read(
        "List the events that were not understood",
        "In the order of their ids, at most 30 on a page.",
        _page("A page of them.", shapes.Page[quarantine.QuarantinedEvent]),
        NEXT_LINK,
        errors=(InvalidParameter,),
    ),
    "get_quarantined_event": _read(
        "Get an event that was not understood, with its whole text",
        "The text is as it came.",
        Answer(200, "The event.", quarantine.WholeQuarantinedEvent),
        _EVENT_ID,
        errors=(QuarantinedEventNotFound,),
    ),
    "redrive_quarantined_event": _read(
        "Take an event in again",
        "After an upgrade that understands it. Else it stays, and the answer says why it is still not understood.",
        Answer(
            200,
            "What became of it; it is no longer in quarantine.",
            quarantine.RecordedEvent | quarantine.LeftEvent,
        ),
        _EVENT_ID,
        errors=(QuarantinedEventNotFound, StillNotUnderstood),
    ),
    "delete_quarantined_event": _read(
        "Drop an event that was not understood",
        "It cannot be had back.",
        Answer(204, "It is dropped."),
        _EVENT_ID,
        errors=(QuarantinedEventNotFound,),
    ),
}
