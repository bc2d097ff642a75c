"""The calls of a room, and those of all rooms."""

import re
from collections.abc import Sequence
from typing import TypedDict

import azure.functions as func

from rooms.api.errors import CallNotFound
from rooms.api.extension.looking import record_access
from rooms.api.request import Request
from rooms.api.responses import json_answer
from rooms.api.routing import Routes
from rooms.api.shapes import CallRoomId, Count, Seconds, page_body, seconds, time_or_none
from rooms.domain import call as domain
from rooms.domain import events
from rooms.domain.log_details import EndReason
from rooms.domain.people import identified, people_in
from rooms.domain.time import MAX_TIME, Time, format_time
from rooms.storage.call_pages import RoomCall
from rooms.storage.parallel import both, in_parallel

routes = Routes()


class Call(TypedDict):
    """A call of a room. `endedAt` and `seconds` are null while it is live.

    `startEstimated` and `endEstimated` are true if the event for that time never came. `peak` is
    the highest number of people at one time, first reached at `peakAt`. `peakEstimated` is true if
    somebody counted in it is there by an estimated leg, or by a merged one with breaks.
    `lastEventAt` is the time of its last event. `incomplete` is true if it has more events than
    were read: the answer is made of the first of them.
    """

    id: str
    roomId: CallRoomId
    startedAt: Time
    startEstimated: bool
    endedAt: Time | None
    endEstimated: bool
    seconds: Seconds | None
    lastEventAt: Time
    people: Count
    peak: Count
    peakAt: Time | None
    peakEstimated: bool
    incomplete: bool


class Leg(TypedDict):
    """One stay of one device. `leftAt` and `seconds` are null while the device is in the call.

    A person has at most 100 legs. If they came more often, those with the shortest gaps between
    them are merged: then `joins` says how many they were, `awaySeconds` how long the person was
    not there between them, and `seconds` how long they were.
    """

    participantId: str | None
    rawId: str | None
    displayName: str | None
    role: str | None
    endpointType: str | None
    joinedAt: Time
    joinEstimated: bool
    leftAt: Time | None
    leaveEstimated: bool
    seconds: Seconds | None
    joins: Count
    awaySeconds: Seconds


class CallWithLegs(Call):
    """A call with who started and ended it, and its legs in the order of joining."""

    startedBy: str | None
    endedBy: str | None
    endReason: EndReason | None
    legs: list[Leg]


@routes.extension("GET", "rooms/{roomId}/calls")
async def list_calls(request: Request) -> func.HttpResponse:
    """Answers with a page of the calls of a room."""
    room_id = request.call_room_id()
    cursor = request.query("nextLink")
    page = await request.app.calls.page(room_id, cursor, request.app.clock())
    if not page.items and cursor is None:
        await request.app.history.check(room_id)
    value = await _call_bodies(request, page.items)
    return json_answer(200, page_body(value, request.next_link(page.cursor)))


@routes.extension("GET", "rooms/{roomId}/calls/{callId}")
async def get_call(request: Request) -> func.HttpResponse:
    """Answers with a call and its legs."""
    room_id, as_of = request.call_room_id(), request.app.clock()
    # The host leaves %2F in a path as it is, so that it may stand for itself or for a slash.
    call_id: str = request.http.route_params["callId"]
    for spelling in dict.fromkeys((call_id, re.sub("%2f", "/", call_id, flags=re.IGNORECASE))):
        found, details = await both(
            request.app.calls.call(room_id, spelling, as_of),
            request.app.history.details(room_id),
        )
        if found is not None:
            call = identified(found, people_in(details))
            await record_access(request, "calls", room_id, call=spelling)
            return json_answer(200, call_with_legs_body(room_id, call))
    await request.app.history.check(room_id)
    raise CallNotFound


@routes.extension("GET", "calls")
async def list_all_calls(request: Request) -> func.HttpResponse:
    """Answers with a page of the calls of all rooms."""
    start, end = request.time_range()
    page = await request.app.calls.page_of_all(
        start or 0,
        MAX_TIME if end is None else end,
        request.query("nextLink"),
        request.app.clock(),
    )
    value = await _call_bodies(request, page.items)
    return json_answer(200, page_body(value, request.next_link(page.cursor)))


async def _call_bodies(request: Request, calls: Sequence[RoomCall]) -> list[Call]:
    """Returns the calls of a page. One request for each of their rooms."""
    room_ids = list(dict.fromkeys(room_id for room_id, _ in calls))
    known = await in_parallel(request.app.history.details(room_id) for room_id in room_ids)
    people = dict(zip(room_ids, map(people_in, known), strict=True))
    return [call_body(room_id, identified(call, people[room_id])) for room_id, call in calls]


def call_body(room_id: str, call: domain.Call) -> Call:
    """Returns a call as lists show it."""
    return {
        "id": call.id,
        "roomId": room_id,
        "startedAt": format_time(call.started_at),
        "startEstimated": call.start_estimated,
        "endedAt": time_or_none(call.ended_at),
        "endEstimated": call.end_estimated,
        "seconds": None if call.ended_at is None else seconds(call.ended_at - call.started_at),
        "lastEventAt": format_time(call.last_event_at),
        "people": call.people,
        "peak": call.peak,
        "peakAt": time_or_none(call.peak_at),
        "peakEstimated": call.peak_estimated,
        "incomplete": call.incomplete,
    }


def call_with_legs_body(room_id: str, call: domain.Call) -> CallWithLegs:
    """Returns a call with its legs."""
    return {
        **call_body(room_id, call),
        "startedBy": call.started_by,
        "endedBy": call.ended_by,
        "endReason": None if call.end_reason is None else _reason_body(call.end_reason),
        "legs": [_leg_body(leg) for leg in call.legs],
    }


def _leg_body(leg: domain.Leg) -> Leg:
    return {
        "participantId": leg.participant_id,
        "rawId": leg.raw_id,
        "displayName": leg.display_name,
        "role": leg.role,
        "endpointType": leg.endpoint_type,
        "joinedAt": format_time(leg.joined_at),
        "joinEstimated": leg.join_estimated,
        "leftAt": time_or_none(leg.left_at),
        "leaveEstimated": leg.leave_estimated,
        "seconds": None if leg.left_at is None else seconds(leg.left_at - leg.joined_at - leg.away),
        "joins": leg.joins,
        "awaySeconds": seconds(leg.away),
    }


def _reason_body(reason: events.EndReason) -> EndReason:
    return {"code": reason.code, "subCode": reason.sub_code, "phrase": reason.phrase}
