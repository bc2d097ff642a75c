"""Attendance: who was invited to a room and who came."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, TypedDict

import azure.functions as func

from rooms.api.errors import CallNotFound, InvalidParameter
from rooms.api.request import Request
from rooms.api.responses import csv_answer, json_answer
from rooms.api.routing import Routes
from rooms.api.shapes import CallRoomId, Count, Seconds, seconds, time_or_none
from rooms.domain import attendance as domain
from rooms.domain import presence
from rooms.domain.attendance import Status, TimeWindow, attendance
from rooms.domain.call import Call
from rooms.domain.details import Details, scheduled
from rooms.domain.time import Ticks, Time, format_time
from rooms.storage.history import RoomSnapshot

routes = Routes()

COLUMNS = (
    "rawId",
    "name",
    "externalId",
    "displayName",
    "role",
    "status",
    "intervals",
    "seconds",
    "aloneSeconds",
    "joins",
    "lateSeconds",
    "leftEarlySeconds",
    "estimated",
    "guest",
)


# `from` is a keyword.
Stay = TypedDict("Stay", {"from": Time, "until": Time | None})
Stay.__doc__ = "A time that a person spent in a call. `until` is null while they are in it."


class AttendanceSummary(TypedDict):
    """Counts of people. `attended` counts the invited who came, and the `guests`."""

    invited: Count
    attended: Count
    absent: Count
    uninvited: Count
    guests: Count


class Attendee(TypedDict):
    """The attendance of one person. A `guest` came to an open room without an invitation.

    `aloneSeconds` counts the time with nobody else in the call.
    `joins` counts the legs.

    `lateSeconds` is the time from the start of the period to the first join. `leftEarlySeconds` is
    the time from the last leave to the end of the period, once that end has passed. `estimated` is
    true if the event for a time used here never came.
    """

    rawId: str
    name: str | None
    externalId: str | None
    displayName: str | None
    role: str | None
    status: Status
    guest: bool
    intervals: list[Stay]
    seconds: Seconds
    aloneSeconds: Seconds
    joins: Count
    lateSeconds: Seconds | None
    leftEarlySeconds: Seconds | None
    estimated: bool


Attendance = TypedDict(
    "Attendance",
    {
        "roomId": CallRoomId,
        "title": str | None,
        "from": Time,
        "until": Time | None,
        "summary": AttendanceSummary,
        "value": list[Attendee],
    },
)
Attendance.__doc__ = "Who was invited and who came. `until` is null while the call is live."


@routes.extension("GET", "rooms/{roomId}/attendance")
async def get_attendance(request: Request) -> func.HttpResponse:
    """Answers who was invited, who came, and for how long, as JSON or CSV."""
    room_id, as_of, call_id = request.call_room_id(), request.app.clock(), request.query("call")
    form = request.choice("format", "json", "csv")
    history, all_calls = request.app.history, request.app.calls
    known = await history.snapshot(room_id)
    chosen = None if call_id is None else await all_calls.call(room_id, call_id, as_of)
    if chosen is None and (known.room is None or call_id is not None):
        await history.check(room_id)
    if call_id is not None and chosen is None:
        raise CallNotFound
    slot = _slot(known, chosen, *request.time_range())
    end = as_of if slot.end is None else slot.end
    invited = known.invited
    if known.room:
        invited = await history.invited(known.room, slot.start, end)
    calls = (
        await all_calls.overlapping(room_id, slot.start, end, as_of) if chosen is None else [chosen]
    )
    attendees = attendance(slot, calls, invited, as_of)
    body = attendance_body(room_id, known.details, slot, attendees)
    if form == "csv":
        return csv_answer(
            f"attendance-{room_id}", COLUMNS, map(_with_intervals_as_text, body["value"])
        )
    return json_answer(200, body)


def _slot(
    known: RoomSnapshot, call: Call | None, start: Ticks | None, end: Ticks | None
) -> TimeWindow:
    """Returns the time of the report. Each end is the given one. If it is not given, it is that of
    the call, or the scheduled one, or that of the room's validity."""
    if call is not None:
        estimated = (start is None and call.start_estimated) or (end is None and call.end_estimated)
        slot = TimeWindow(
            call.started_at if start is None else start,
            call.ended_at if end is None else end,
            estimated,
        )
    elif planned := scheduled(known.details) or (
        known.room and (known.room.valid_from, known.room.valid_until)
    ):
        slot = TimeWindow(
            planned[0] if start is None else start, planned[1] if end is None else end
        )
    elif start is not None and end is not None:
        slot = TimeWindow(start, end)
    else:
        missing = "from" if start is None else "until"
        raise InvalidParameter(
            "Only events of this room are known: give from and until, or call.", missing
        )
    if slot.end is not None and slot.start > slot.end:
        if start is None:
            raise InvalidParameter(
                f"Must not be before {format_time(slot.start)}, the start of the report.",
                "until",
            )
        raise InvalidParameter(
            f"Must not be after {format_time(slot.end)}, the end of the report.", "from"
        )
    return slot


def _with_intervals_as_text(attendee: Mapping[str, Any]) -> Mapping[str, Any]:
    intervals = "; ".join(f"{stay['from']}/{stay['until'] or ''}" for stay in attendee["intervals"])
    return {**attendee, "intervals": intervals}


def attendance_body(
    room_id: str, details: Details, slot: TimeWindow, attendees: Sequence[domain.Attendee]
) -> Attendance:
    """Returns the answer: everybody with their intervals, and the counts."""
    counts = Counter(one.status for one in attendees)
    guests = sum(one.guest for one in attendees)
    return {
        "roomId": room_id,
        "title": details.get("title"),
        "from": format_time(slot.start),
        "until": time_or_none(slot.end),
        "summary": {
            "invited": len(attendees) - counts["uninvited"] - guests,
            "attended": counts["attended"],
            "absent": counts["absent"],
            "uninvited": counts["uninvited"],
            "guests": guests,
        },
        "value": [
            attendee_body(one, details.get("participants", {}).get(one.person, {}))
            for one in attendees
        ],
    }


def attendee_body(attendee: domain.Attendee, named: Mapping[str, str]) -> Attendee:
    """Returns one person of the answer."""
    return {
        "rawId": attendee.person,
        "name": named.get("name"),
        "externalId": named.get("externalId"),
        "displayName": attendee.display_name,
        "role": attendee.role,
        "status": attendee.status,
        "guest": attendee.guest,
        "intervals": [_stay_body(stay) for stay in attendee.stays],
        "seconds": seconds(attendee.duration),
        "aloneSeconds": seconds(attendee.alone),
        "joins": attendee.joins,
        "lateSeconds": None if attendee.late is None else seconds(attendee.late),
        "leftEarlySeconds": None if attendee.left_early is None else seconds(attendee.left_early),
        "estimated": attendee.estimated,
    }


def _stay_body(stay: presence.Stay) -> Stay:
    return {"from": format_time(stay.start), "until": time_or_none(stay.end)}
