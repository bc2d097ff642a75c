"""Attendance: who was invited, and who came."""

from typing import Literal

from openapi.csv import ATTACHMENT, CSV
from openapi.operation import Answer, Parameter, read
from openapi.parameters import CALL_ROOM_ID, FROM, UNTIL, SomeText
from rooms.api.errors import CallNotFound, InvalidParameter, InvalidRoomId
from rooms.api.extension import attendance
from rooms.domain.errors import RoomNotFound
from rooms.storage.errors import TooManyChanges, TooManyEvents

ATTENDANCE = {
    "get_attendance": read(
        "Get who was invited to a room, who came, and who did not",
        "The period is that of `call`, else the scheduled times, else the validity of the room; "
        "these two end with the deletion of the room. `from` and `until` each replace one end of "
        "it. Stays are cut to the period.\n\n"
        "A person who was invited at any time in the period is `attended` if they came. Otherwise "
        "they are `expected` until the period ends, then `absent`. A person who came without an "
        "invitation is `uninvited`. If the policy of the room was `CommunicationServiceUsers` "
        "at any time in the period, they are a `guest`, and `attended`. If the room was deleted "
        "before the period, those who did not come are `cancelled`.\n\n"
        "A person who did not come is left out if they were removed before the scheduled start, or "
        "before the first call. Raw ids with the same external id are one person.\n\n"
        "A room that is known only from call events needs `call`, or both `from` and `until`.",
        Answer(
            200,
            "The invited people in the order of invitation, then the others in the order of their "
            "first join.",
            attendance.Attendance,
            {"Content-Disposition": ATTACHMENT},
            texts={"text/csv": CSV},
        ),
        CALL_ROOM_ID,
        Parameter("call", "query", SomeText, "The id of a call of the room."),
        FROM,
        UNTIL,
        Parameter(
            "format", "query", Literal["json", "csv"], "The format of the answer. Default: json."
        ),
        errors=(
            InvalidRoomId,
            RoomNotFound,
            CallNotFound,
            InvalidParameter,
            TooManyEvents,
            TooManyChanges,
        ),
    ),
}
