"""Attendance: who was invited to a room and who came."""

import logging
from collections import Counter
from typing import TypedDict

import azure.functions as func

from rooms.api.errors import CallNotFound, InvalidParameter
from rooms.api.extension.looking import record_access
from rooms.api.extension.reports import (
    COLUMNS,
    Attendee,
    Cancelled,
    Report,
    as_csv_row,
    attendee_body,
    cancelled_body,
    report,
)
from rooms.api.request import Request
from rooms.api.responses import csv_answer, json_answer
from rooms.api.routing import Routes
from rooms.api.shapes import CallRoomId, Count, time_or_none
from rooms.domain.call import Call
from rooms.domain.details import scheduled
from rooms.domain.time import Ticks, Time, format_time
from rooms.domain.time_window import TimeWindow, until_deletion
from rooms.storage.history import RoomSnapshot

_log = logging.getLogger(__name__)

routes = Routes()


class AttendanceSummary(TypedDict):
    """Counts of people. `attended` counts the invited who came, and the `guests`."""

    invited: Count
    attended: Count
    absent: Count
    uninvited: Count
    guests: Count


Attendance = TypedDict(
    "Attendance",
    {
        "roomId": CallRoomId,
        "title": str | None,
        "from": Time,
        "until": Time | None,
        "cancelled": Cancelled | None,
        "incomplete": bool,
        "summary": AttendanceSummary,
        "value": list[Attendee],
    },
)
Attendance.__doc__ = (
    "Who was invited and who came. `until` is null while the call is live. `cancelled` is set if "
    "the room was deleted before the period began. `incomplete` is true if a call of the period "
    "has more events than were read: the answer is made of the first of them."
)


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
    window = _window(known, chosen, *request.time_range())
    made = await report(request.app, room_id, known, window, as_of, chosen)
    body = attendance_body(room_id, known.details.get("title"), made)
    if not any(request.has(name) for name in ("call", "from", "until")):
        _tell(room_id, made, body["summary"], as_of)
    await record_access(request, "attendance", room_id, call=call_id)
    if form == "csv":
        return csv_answer(f"attendance-{room_id}", COLUMNS, map(as_csv_row, body["value"]))
    return json_answer(200, body)


def _tell(room_id: str, made: Report, counted: AttendanceSummary, as_of: Ticks) -> None:
    """Logs who did not come to a meeting that is over, for the monitoring: in numbers."""
    end = made.window.end
    if end is not None and end <= as_of and made.cancelled is None and not made.incomplete:
        invited, absent = counted["invited"], counted["absent"]
        _log.info("attendance: room %s: %d invited, %d absent", room_id, invited, absent)


def _window(
    known: RoomSnapshot, call: Call | None, start: Ticks | None, end: Ticks | None
) -> TimeWindow:
    """Returns the time of the report. Each end is the given one. If it is not given, it is that of
    the call, or the scheduled one, or that of the room's validity. Of the latter two the end is the
    deletion of the room, if that came first."""
    if call is not None:
        estimated = (start is None and call.start_estimated) or (end is None and call.end_estimated)
        window = TimeWindow(
            call.started_at if start is None else start,
            call.ended_at if end is None else end,
            estimated,
        )
    elif planned := scheduled(known.details) or (
        known.room and (known.room.valid_from, known.room.valid_until)
    ):
        window = TimeWindow(
            planned[0] if start is None else start, planned[1] if end is None else end
        )
        if end is None:
            window = until_deletion(window, known.deletion, planned[0])
    elif start is not None and end is not None:
        window = TimeWindow(start, end)
    else:
        missing = "from" if start is None else "until"
        raise InvalidParameter(
            "Only events of this room are known: give from and until, or call.", missing
        )
    if window.end is not None and window.start > window.end:
        if start is None:
            raise InvalidParameter(
                f"Must not be before {format_time(window.start)}, the start of the report.",
                "until",
            )
        raise InvalidParameter(
            f"Must not be after {format_time(window.end)}, the end of the report.", "from"
        )
    return window


def attendance_body(room_id: str, title: str | None, made: Report) -> Attendance:
    """Returns the answer: everybody with their intervals, and the counts."""
    attendees = made.attendees
    counts = Counter(one.status for one in attendees)
    guests = sum(one.guest for one in attendees)
    return {
        "roomId": room_id,
        "title": title,
        "from": format_time(made.window.start),
        "until": time_or_none(made.window.end),
        "cancelled": cancelled_body(made.cancelled),
        "incomplete": made.incomplete,
        "summary": {
            "invited": len(attendees) - counts["uninvited"] - guests,
            "attended": counts["attended"],
            "absent": counts["absent"],
            "uninvited": counts["uninvited"],
            "guests": guests,
        },
        "value": [attendee_body(one, made.people) for one in attendees],
    }
