"""Attendance: who was invited to a room and who came."""

from collections.abc import Mapping
from typing import Any

import azure.functions as func

from rooms.api.errors import CallNotFound, InvalidParameter
from rooms.api.extension.answers import attendance_body
from rooms.api.request import Request
from rooms.api.responses import csv_answer, json_answer
from rooms.api.routing import Routes
from rooms.domain.attendance import Slot, attendance
from rooms.domain.calls import Call
from rooms.domain.details import scheduled
from rooms.domain.time import Ticks, format_time
from rooms.storage.history import Known

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
)


@routes.extension("GET", "rooms/{roomId}/attendance")
async def get_attendance(request: Request) -> func.HttpResponse:
    """Answers who was invited, who came, and for how long, as JSON or CSV."""
    room_id, as_of, call_id = request.call_room_id(), request.app.clock(), request.query("call")
    form = request.choice("format", "json", "csv")
    history, all_calls = request.app.history, request.app.calls
    known = await history.known(room_id)
    chosen = None if call_id is None else await all_calls.call(room_id, call_id, as_of)
    if chosen is None and (known.room is None or call_id is not None):
        await history.check(room_id)
    if call_id is not None and chosen is None:
        raise CallNotFound
    slot = _slot(known, chosen, *request.time_range())
    end = as_of if slot.end is None else slot.end
    invited = await history.invited(known.room, slot.start, end) if known.room else {}
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


def _slot(known: Known, call: Call | None, start: Ticks | None, end: Ticks | None) -> Slot:
    """Returns the time in question: as given, else the call's, else as scheduled, else the time
    in which the room may be joined."""
    if call is not None:
        estimated = (start is None and call.start_estimated) or (end is None and call.end_estimated)
        slot = Slot(
            call.started_at if start is None else start,
            call.ended_at if end is None else end,
            estimated,
        )
    elif planned := scheduled(known.details) or (
        known.room and (known.room.valid_from, known.room.valid_until)
    ):
        slot = Slot(planned[0] if start is None else start, planned[1] if end is None else end)
    elif start is not None and end is not None:
        slot = Slot(start, end)
    else:
        missing = "from" if start is None else "until"
        raise InvalidParameter(
            "Of this room only events are known: say from when until when, or which call.", missing
        )
    if slot.end is not None and slot.start > slot.end:
        if start is None:
            raise InvalidParameter(
                f"This is before {format_time(slot.start)}, where the time asked about begins.",
                "until",
            )
        raise InvalidParameter(
            f"This is after {format_time(slot.end)}, where the time asked about ends.", "from"
        )
    return slot


def _with_intervals_as_text(attendee: Mapping[str, Any]) -> Mapping[str, Any]:
    intervals = "; ".join(f"{stay['from']}/{stay['until'] or ''}" for stay in attendee["intervals"])
    return {**attendee, "intervals": intervals}
