"""Join policy: whether only the invited may join a room, or every ACS user."""

from typing import TypedDict

import azure.functions as func

from rooms.api.body import StrictBody
from rooms.api.request import Request
from rooms.api.responses import json_answer
from rooms.api.routing import Routes
from rooms.domain import room as domain
from rooms.domain.room import RoomChange

routes = Routes()


class SetJoinPolicy(StrictBody):
    """The body of PUT /rooms/{id}/joinPolicy."""

    room_join_policy: domain.JoinPolicy


class JoinPolicyOfRoom(TypedDict):
    """Who may join a room: only the invited (`InviteOnly`), or every ACS user."""

    roomJoinPolicy: domain.JoinPolicy


@routes.extension("GET", "rooms/{roomId}/joinPolicy")
async def get_join_policy(request: Request) -> func.HttpResponse:
    """Answers who may join a room."""
    room = await request.app.rooms.get(request.call_room_id())
    return json_answer(200, join_policy_body(room))


@routes.extension("PUT", "rooms/{roomId}/joinPolicy")
async def set_join_policy(request: Request) -> func.HttpResponse:
    """Sets who may join a room, whether or not it has started."""
    wanted = RoomChange(join_policy=request.parse(SetJoinPolicy).room_join_policy)
    room = await request.app.rooms.update(
        request.room_id(), wanted, request.origin, request.versions()
    )
    return json_answer(200, join_policy_body(room))


def join_policy_body(room: domain.Room) -> JoinPolicyOfRoom:
    """Returns the answer."""
    return {"roomJoinPolicy": room.join_policy}
