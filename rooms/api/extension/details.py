"""Details: title, external id, scheduled times, and names of people."""

import azure.functions as func

from rooms.api.bodies import PatchDetails
from rooms.api.extension.answers import details_body
from rooms.api.request import Request
from rooms.api.responses import json_answer
from rooms.api.routing import Routes
from rooms.domain.errors import RoomNotFound

routes = Routes()


@routes.extension("GET", "rooms/{roomId}/details")
async def get_details(request: Request) -> func.HttpResponse:
    """Answers with the details of a room, also of a deleted one."""
    known = await request.app.history.known(request.call_room_id())
    if known.room is None:
        raise RoomNotFound
    return json_answer(200, details_body(known.details))


@routes.extension("PATCH", "rooms/{roomId}/details")
async def update_details(request: Request) -> func.HttpResponse:
    """Merges a patch into the details of a room."""
    patch = request.parse(PatchDetails).patch
    return json_answer(
        200, details_body(await request.app.details.patch(request.room_id(), patch, request.origin))
    )
