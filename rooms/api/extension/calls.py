"""Presence, the calls of a room, the calls of all rooms, and live rooms."""

import asyncio
import re

import azure.functions as func

from rooms.api.errors import CallNotFound, InvalidParameter
from rooms.api.extension.answers import (
    call_body,
    call_with_legs_body,
    live_body,
    page_body,
    presence_body,
)
from rooms.api.paging import page_begin, page_end
from rooms.api.request import Request
from rooms.api.responses import json_answer
from rooms.api.routing import Routes
from rooms.domain.calls import QUIET
from rooms.domain.presence import call_at, present_at
from rooms.domain.time import MAX_TIME
from rooms.storage import keys
from rooms.storage.parallel import in_parallel

routes = Routes()


@routes.extension("GET", "rooms/{roomId}/presence")
async def get_presence(request: Request) -> func.HttpResponse:
    """Answers who is in a room, or was at another time."""
    room_id, as_of, at = request.call_room_id(), request.app.clock(), request.time("at")
    if at is None:
        at = as_of
    elif at > as_of:
        raise InvalidParameter("A time that has passed is expected here.", "at")
    history = request.app.history
    known, calls = await asyncio.gather(
        history.known(room_id), request.app.calls.overlapping(room_id, at, at, as_of)
    )
    if known.room is None and not calls:
        await history.check(room_id)
    roster = known.roster
    if known.room and at < as_of:
        roster = await history.invited(known.room, at, at)
    going_on = call_at(calls, at)
    present = present_at(going_on, at) if going_on else []
    return json_answer(200, presence_body(room_id, at, going_on, present, roster, known.details))


@routes.extension("GET", "rooms/{roomId}/calls")
async def list_calls(request: Request) -> func.HttpResponse:
    """Answers with a page of the calls of a room."""
    room_id = request.call_room_id()
    point = page_begin(request, keys.activity_prefix(room_id), keys.ACTIVITY_POINT)
    page = await request.app.calls.page(room_id, point.row, point.as_of)
    if not page.calls and point.row is None:
        await request.app.history.check(room_id)
    return json_answer(
        200,
        page_body([call_body(*each) for each in page.calls], page_end(request, point, page.last)),
    )


@routes.extension("GET", "rooms/{roomId}/calls/{callId}")
async def get_call(request: Request) -> func.HttpResponse:
    """Answers with a call and its legs."""
    room_id, as_of = request.call_room_id(), request.app.clock()
    # The host leaves %2F in a path as it is, so that it may stand for itself or for a slash.
    call_id: str = request.http.route_params["callId"]
    for spelling in dict.fromkeys((call_id, re.sub("%2f", "/", call_id, flags=re.IGNORECASE))):
        if (found := await request.app.calls.call(room_id, spelling, as_of)) is not None:
            return json_answer(200, call_with_legs_body(room_id, found))
    await request.app.history.check(room_id)
    raise CallNotFound


@routes.extension("GET", "calls")
async def list_all_calls(request: Request) -> func.HttpResponse:
    """Answers with a page of the calls of all rooms."""
    start, end = request.time_range()
    point = page_begin(request, keys.ALL_ACTIVITY_START, keys.ALL_ACTIVITY_POINT)
    page = await request.app.calls.page_of_all(
        start or 0, MAX_TIME if end is None else end, point.row, point.as_of
    )
    return json_answer(
        200,
        page_body([call_body(*each) for each in page.calls], page_end(request, point, page.last)),
    )


@routes.extension("GET", "live")
async def list_live_rooms(request: Request) -> func.HttpResponse:
    """Answers with a page of the rooms that have a call now."""
    point = page_begin(request, keys.ALL_ACTIVITY_START, keys.ALL_ACTIVITY_POINT)
    page = await request.app.calls.page_of_all(
        max(0, point.as_of - QUIET), MAX_TIME, point.row, point.as_of, live=True
    )
    known = await in_parallel(request.app.history.known(room_id) for room_id, _ in page.calls)
    value = [
        live_body(room_id, room.details, live, present_at(live, point.as_of))
        for (room_id, live), room in zip(page.calls, known, strict=True)
    ]
    return json_answer(200, page_body(value, page_end(request, point, page.last)))
