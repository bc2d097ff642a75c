"""The operations on the participants of a room."""

import azure.functions as func

from rooms import clients
from rooms.api.acs.answers import participants_body
from rooms.api.bodies import UpdateParticipants
from rooms.api.routing import Request, answer, respond
from rooms.domain.roster import check_size, first_unsupported
from rooms.errors import UnsupportedIdentifier

blueprint = func.Blueprint()


@blueprint.route(
    "rooms/{roomId}/participants", methods=["GET"], auth_level=func.AuthLevel.ANONYMOUS
)
async def list_participants(req: func.HttpRequest) -> func.HttpResponse:
    """GET /rooms/{roomId}/participants"""
    return await answer(req, _list)


@blueprint.route(
    "rooms/{roomId}/participants", methods=["PATCH"], auth_level=func.AuthLevel.ANONYMOUS
)
async def update_participants(req: func.HttpRequest) -> func.HttpResponse:
    """PATCH /rooms/{roomId}/participants"""
    return await answer(req, _update)


async def _list(request: Request) -> func.HttpResponse:
    found = await clients.rooms().with_roster(request.room_id())
    return respond(200, participants_body(found.roster))


async def _update(request: Request) -> func.HttpResponse:
    patch = request.parse(UpdateParticipants).patch
    check_size(patch)
    if (unsupported := first_unsupported(patch)) is not None:
        raise UnsupportedIdentifier(unsupported)
    await clients.rooms().patch_roster(request.room_id(), patch, request.origin)
    return respond(200, {})
