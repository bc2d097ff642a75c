"""Who was invited and who came."""

from collections.abc import Mapping
from typing import Any

import azure.functions as func

from rooms import clients
from rooms.api.extension.answers import attendance_body
from rooms.api.routing import Request, answer_of_ours, json_answer, query, respond_with_csv
from rooms.domain.attendance import Slot, attendance
from rooms.domain.calls import Call
from rooms.domain.details import scheduled
from rooms.domain.time import Ticks, format_time, now
from rooms.errors import CallNotFound, InvalidParameter
from rooms.storage.history import Known

blueprint = func.Blueprint()

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


@blueprint.route("rooms/{roomId}/attendance", methods=["GET"], auth_level=func.AuthLevel.ANONYMOUS)
async def get_attendance(req: func.HttpRequest) -> func.HttpResponse:
    """GET /rooms/{roomId}/attendance?call=, or ?from=&until=; &format=csv"""
    return await answer_of_ours(req, _attendance)


async def _attendance(request: Request) -> func.HttpResponse:
    room_id, as_of, call_id = request.call_room_id(), now(), query(request.http, "call")
    form = request.choice("format", "json", "csv")
    history, all_calls = clients.history(), clients.calls()
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
        return respond_with_csv(
            f"attendance-{room_id}", COLUMNS, map(_with_intervals_as_text, body["value"])
        )
    return json_answer(200, body)


def _slot(known: Known, call: Call | None, start: Ticks | None, end: Ticks | None) -> Slot:
    """What is asked about: as given, or else the call's times, those scheduled, or when the room
    may be joined."""
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
