"""Live rooms: those with a call now."""

from collections.abc import Sequence
from typing import TypedDict

import azure.functions as func

from rooms.api.request import Request
from rooms.api.responses import json_answer
from rooms.api.routing import Routes
from rooms.api.shapes import CallRoomId, Count, page_body
from rooms.domain.call import Call
from rooms.domain.details import names_in
from rooms.domain.presence import PersonInCall, present_at
from rooms.domain.room import JoinPolicy
from rooms.domain.time import Time, format_time
from rooms.storage.history import RoomSnapshot
from rooms.storage.parallel import in_parallel

routes = Routes()


class LivePerson(TypedDict):
    """A person in a call. `joinedAt` is the start of their current unbroken stay."""

    rawId: str
    name: str | None
    displayName: str | None
    role: str | None
    joinedAt: Time


class LiveRoom(TypedDict):
    """A room with a live call, and the people in it. `roomJoinPolicy` is null if only events name
    the room."""

    roomId: CallRoomId
    title: str | None
    roomJoinPolicy: JoinPolicy | None
    callId: str
    startedAt: Time
    count: Count
    participants: list[LivePerson]


@routes.extension("GET", "live")
async def list_live_rooms(request: Request) -> func.HttpResponse:
    """Answers with a page of the rooms that have a call now."""
    page = await request.app.calls.live(request.query("nextLink"), request.app.clock())
    known = await in_parallel(request.app.history.snapshot(room_id) for room_id, _ in page.items)
    value = [
        live_body(room_id, room, live, present_at(live, page.as_of))
        for (room_id, live), room in zip(page.items, known, strict=True)
    ]
    return json_answer(200, page_body(value, request.next_link(page.cursor)))


def live_body(
    room_id: str, known: RoomSnapshot, call: Call, present: Sequence[PersonInCall]
) -> LiveRoom:
    """Returns a live room."""
    names = names_in(known.details)
    return {
        "roomId": room_id,
        "title": known.details.get("title"),
        "roomJoinPolicy": None if known.room is None else known.room.join_policy,
        "callId": call.id,
        "startedAt": format_time(call.started_at),
        "count": len(present),
        "participants": [
            {
                "rawId": one.person,
                "name": names.get(one.person),
                "displayName": one.display_name,
                "role": one.role,
                "joinedAt": format_time(one.since),
            }
            for one in present
        ],
    }
