"""All that is known of a room itself: the room, its details, and who is invited."""

import azure.functions as func

from rooms import clients
from rooms.api.extension.answers import overview_body
from rooms.api.routing import Request, answer_of_ours, json_answer
from rooms.domain.room import state_at
from rooms.domain.time import now
from rooms.errors import RoomNotFound

blueprint = func.Blueprint()


@blueprint.route("rooms/{roomId}/overview", methods=["GET"], auth_level=func.AuthLevel.ANONYMOUS)
async def get_overview(req: func.HttpRequest) -> func.HttpResponse:
    """GET /rooms/{roomId}/overview"""
    return await answer_of_ours(req, _overview)


async def _overview(request: Request) -> func.HttpResponse:
    known = await clients.history().known(request.call_room_id())
    if known.room is None:
        raise RoomNotFound
    state = "deleted" if known.deleted else state_at(known.room, now())
    return json_answer(200, overview_body(known.room, state, known.details, known.roster))
