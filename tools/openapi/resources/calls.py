"""Calls: presence, the calls of a room, and live rooms."""

from openapi.operation import Answer, Parameter, read
from openapi.parameters import CALL_ROOM_ID, FROM, NEXT_LINK, UNTIL, SomeText
from rooms.api.body import GivenTime
from rooms.api.errors import CallNotFound, InvalidParameter, InvalidRoomId
from rooms.api.extension import calls, live, presence
from rooms.api.shapes import Page
from rooms.domain.errors import RoomNotFound

CALLS = {
    "get_presence": read(
        "Get the people in a room, now or at an earlier time",
        "If a room has two live calls, the answer has the one that started last. Telephones are "
        "known only if Call Automation tells of them, bots and Teams users are not.",
        Answer(
            200,
            "The people in the room. `call` is null if the room has no live call.",
            presence.Presence,
            example={
                "roomId": "99482221907697241",
                "asOf": "2026-05-04T10:05:00+00:00",
                "live": False,
                "call": None,
            },
        ),
        CALL_ROOM_ID,
        Parameter(
            "at",
            "query",
            GivenTime,
            "A time in the past. The default is now.",
            example="2026-05-04T10:05:00Z",
        ),
        errors=(InvalidRoomId, RoomNotFound, InvalidParameter),
    ),
    "list_calls": read(
        "List the calls of a room",
        "The most recent hours come first. All pages show the calls as of the time of the first "
        "page.",
        Answer(200, "A page of the calls.", Page[calls.Call]),
        CALL_ROOM_ID,
        NEXT_LINK,
        errors=(InvalidRoomId, RoomNotFound, InvalidParameter),
    ),
    "get_call": read(
        "Get a call of a room, with its legs",
        "A leg is one stay of one device. The id is the correlation id in the events of the "
        "calling service.",
        Answer(200, "The call.", calls.CallWithLegs),
        CALL_ROOM_ID,
        Parameter(
            "callId",
            "path",
            SomeText,
            "The id of the call.",
            required=True,
            example="ce13fb29-2c1a-4560-9dde-2ea00183c0c2",
        ),
        errors=(InvalidRoomId, RoomNotFound, CallNotFound),
    ),
    "list_all_calls": read(
        "List the calls of all rooms",
        "The list has the calls with an event in the period. The most recent hours come first. All "
        "pages show the calls as of the time of the first page.",
        Answer(200, "A page of the calls.", Page[calls.Call]),
        FROM,
        UNTIL,
        NEXT_LINK,
        errors=(InvalidParameter,),
    ),
    "list_live_rooms": read(
        "List the rooms with a live call, and the people in them",
        "On a page, rooms are in the order in which their calls started. Further events leave that "
        "order as it is, but may bring a room to an earlier page. All pages show the rooms as of "
        "the time of the first page. A call that ends in the meantime may be missing. `missing` "
        "has the invited who are not in the call once the scheduled start has passed: by role, "
        "presenters first, then in the order of invitation.",
        Answer(200, "A page of the rooms.", Page[live.LiveRoom]),
        NEXT_LINK,
        errors=(InvalidParameter,),
    ),
}
