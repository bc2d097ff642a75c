"""Who is in a room, its calls, and those of all rooms."""

import asyncio
import re

import azure.functions as func

from rooms import clients
from rooms.api.extension.answers import (
    call_body,
    call_with_legs_body,
    live_body,
    page_body,
    presence_body,
)
from rooms.api.paging import page_begin, page_end
from rooms.api.routing import Request, answer_of_ours, json_answer
from rooms.domain.calls import QUIET
from rooms.domain.presence import call_at, present_at
from rooms.domain.time import MAX_TIME, now
from rooms.errors import CallNotFound, InvalidParameter
from rooms.storage import keys
from rooms.storage.parallel import in_parallel

blueprint = func.Blueprint()


@blueprint.route("rooms/{roomId}/presence", methods=["GET"], auth_level=func.AuthLevel.ANONYMOUS)
async def get_presence(req: func.HttpRequest) -> func.HttpResponse:
    """GET /rooms/{roomId}/presence?at="""
    return await answer_of_ours(req, _presence)


@blueprint.route("rooms/{roomId}/calls", methods=["GET"], auth_level=func.AuthLevel.ANONYMOUS)
async def list_calls(req: func.HttpRequest) -> func.HttpResponse:
    """GET /rooms/{roomId}/calls"""
    return await answer_of_ours(req, _calls)


@blueprint.route(
    "rooms/{roomId}/calls/{callId}", methods=["GET"], auth_level=func.AuthLevel.ANONYMOUS
)
async def get_call(req: func.HttpRequest) -> func.HttpResponse:
    """GET /rooms/{roomId}/calls/{callId}"""
    return await answer_of_ours(req, _call)


@blueprint.route("calls", methods=["GET"], auth_level=func.AuthLevel.ANONYMOUS)
async def list_all_calls(req: func.HttpRequest) -> func.HttpResponse:
    """GET /calls?from=&until="""
    return await answer_of_ours(req, _all_calls)


@blueprint.route("live", methods=["GET"], auth_level=func.AuthLevel.ANONYMOUS)
async def list_live_rooms(req: func.HttpRequest) -> func.HttpResponse:
    """GET /live"""
    return await answer_of_ours(req, _live)


async def _presence(request: Request) -> func.HttpResponse:
    room_id, as_of, at = request.call_room_id(), now(), request.time("at")
    if at is None:
        at = as_of
    elif at > as_of:
        raise InvalidParameter("A time that has passed is expected here.", "at")
    history = clients.history()
    known, calls = await asyncio.gather(
        history.known(room_id), clients.calls().overlapping(room_id, at, at, as_of)
    )
    if known.room is None and not calls:
        await history.check(room_id)
    roster = known.roster
    if known.room and at < as_of:
        roster = await history.invited(known.room, at, at)
    going_on = call_at(calls, at)
    present = present_at(going_on, at) if going_on else []
    return json_answer(200, presence_body(room_id, at, going_on, present, roster, known.details))


async def _calls(request: Request) -> func.HttpResponse:
    room_id = request.call_room_id()
    point = page_begin(request, keys.activity_prefix(room_id), keys.ACTIVITY_POINT)
    page = await clients.calls().page(room_id, point.row, point.as_of)
    if not page.calls and point.row is None:
        await clients.history().check(room_id)
    return json_answer(
        200,
        page_body([call_body(*each) for each in page.calls], page_end(request, point, page.last)),
    )


async def _call(request: Request) -> func.HttpResponse:
    room_id, as_of = request.call_room_id(), now()
    # The host leaves %2F in a path as it is, so that it may stand for itself or for a slash.
    call_id: str = request.http.route_params["callId"]
    for spelling in dict.fromkeys((call_id, re.sub("%2f", "/", call_id, flags=re.IGNORECASE))):
        if (found := await clients.calls().call(room_id, spelling, as_of)) is not None:
            return json_answer(200, call_with_legs_body(room_id, found))
    await clients.history().check(room_id)
    raise CallNotFound


async def _all_calls(request: Request) -> func.HttpResponse:
    start, end = request.time_range()
    point = page_begin(request, keys.ALL_ACTIVITY_START, keys.ALL_ACTIVITY_POINT)
    page = await clients.calls().page_of_all(
        start or 0, MAX_TIME if end is None else end, point.row, point.as_of
    )
    return json_answer(
        200,
        page_body([call_body(*each) for each in page.calls], page_end(request, point, page.last)),
    )


async def _live(request: Request) -> func.HttpResponse:
    point = page_begin(request, keys.ALL_ACTIVITY_START, keys.ALL_ACTIVITY_POINT)
    page = await clients.calls().page_of_all(
        max(0, point.as_of - QUIET), MAX_TIME, point.row, point.as_of, live=True
    )
    known = await in_parallel(clients.history().known(room_id) for room_id, _ in page.calls)
    value = [
        live_body(room_id, room.details, live, present_at(live, point.as_of))
        for (room_id, live), room in zip(page.calls, known, strict=True)
    ]
    return json_answer(200, page_body(value, page_end(request, point, page.last)))
