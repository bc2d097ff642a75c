"""What people call a room and those invited."""

import azure.functions as func

from rooms import clients
from rooms.api.bodies import PatchDetails
from rooms.api.extension.answers import details_body
from rooms.api.routing import Request, answer_of_ours, json_answer
from rooms.errors import RoomNotFound

blueprint = func.Blueprint()


@blueprint.route("rooms/{roomId}/details", methods=["GET"], auth_level=func.AuthLevel.ANONYMOUS)
async def get_details(req: func.HttpRequest) -> func.HttpResponse:
    """GET /rooms/{roomId}/details"""
    return await answer_of_ours(req, _get)


@blueprint.route("rooms/{roomId}/details", methods=["PATCH"], auth_level=func.AuthLevel.ANONYMOUS)
async def update_details(req: func.HttpRequest) -> func.HttpResponse:
    """PATCH /rooms/{roomId}/details"""
    return await answer_of_ours(req, _update)


async def _get(request: Request) -> func.HttpResponse:
    known = await clients.history().known(request.call_room_id())
    if known.room is None:
        raise RoomNotFound
    return json_answer(200, details_body(known.details))


async def _update(request: Request) -> func.HttpResponse:
    patch = request.parse(PatchDetails).patch
    return json_answer(
        200, details_body(await clients.details().patch(request.room_id(), patch, request.origin))
    )
