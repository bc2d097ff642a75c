"""Attendance: who was invited, and who came, in a room and in all rooms of a person."""

from dataclasses import replace
from typing import Literal

from openapi.csv import ATTACHMENT, CSV
from openapi.operation import Answer, Header, Parameter, read
from openapi.parameters import CALL_ROOM_ID, FROM, NEXT_LINK, UNTIL, ShortText, SomeText
from rooms.api.errors import CallNotFound, InvalidParameter, InvalidRoomId
from rooms.api.extension import attendance, no_shows, person_attendance
from rooms.api.shapes import Page
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
    "get_person_attendance": read(
        "Get the attendance of a person in all their rooms",
        "Newest room first, also deleted rooms: those that invite or once invited the person, and "
        "those whose details name the external id. In each room, all raw ids with the external id "
        "of the person are one person.\n\n"
        "The period of a room is its whole scheduled time, if a part of that lies between `from` "
        "and `until`. The period of a room without a schedule is the part of its validity that "
        "does. It is in the report if somebody came then, or if the whole validity lies between "
        "`from` and `until`. A deletion of the room ends the period.\n\n"
        "A page has at most 30 rooms. A page may be short, or empty, and have a `nextLink`. A room "
        "that would need too much to be read has an `error`, and no attendance: ask for the "
        "attendance of that room in a shorter time.",
        Answer(
            200,
            "A page of the report. For CSV, the header Link has the URL of the next page.",
            Page[person_attendance.PersonInRoom | person_attendance.RoomNotRead],
            {
                "Content-Disposition": ATTACHMENT,
                "Link": Header(
                    "The next page, for CSV.",
                    {"type": "string", "pattern": '^<.+>; rel="next"$'},
                    False,
                ),
            },
            texts={"text/csv": CSV},
        ),
        Parameter(
            "person",
            "query",
            ShortText,
            "The raw id of an ACS user, or else an external id from the details of rooms.",
            required=True,
            example="D-1",
        ),
        FROM,
        UNTIL,
        Parameter(
            "format", "query", Literal["json", "csv"], "The format of the answer. Default: json."
        ),
        NEXT_LINK,
        errors=(InvalidParameter,),
    ),
    "list_no_shows": read(
        "List the meetings to which people did not come",
        "The rooms whose scheduled time began from `from` until just before `until` and is over, "
        "and whose report of attendance for that time has somebody who is `absent`. Newest room "
        "first. Deleted rooms are left out. `absent` has at most 100 people of a room, presenters "
        "first, then collaborators, attendees and consumers.\n\n"
        "A page is made of at most 30 scheduled rooms. It may be short, or empty, and have a "
        "`nextLink`. All pages are as of the time of the first page.",
        Answer(200, "A page of the rooms.", Page[no_shows.NoShow]),
        replace(FROM, required=True),
        replace(UNTIL, description="The end of the period, exclusive. The default is now."),
        NEXT_LINK,
        errors=(InvalidParameter,),
    ),
}
