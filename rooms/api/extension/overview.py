"""Overview: a room, its details and its participants in one answer."""

import azure.functions as func

from rooms.api.extension.answers import overview_body
from rooms.api.request import Request
from rooms.api.responses import json_answer
from rooms.api.routing import Routes
from rooms.domain.errors import RoomNotFound
from rooms.domain.room import state_at

routes = Routes()


@routes.extension("GET", "rooms/{roomId}/overview")
async def get_overview(request: Request) -> func.HttpResponse:
    """Answers with a room, its state, details and participants, also of a deleted room."""
    known = await request.app.history.known(request.call_room_id())
    if known.room is None:
        raise RoomNotFound
    state = "deleted" if known.deleted else state_at(known.room, request.app.clock())
    return json_answer(200, overview_body(known.room, state, known.details, known.roster))
