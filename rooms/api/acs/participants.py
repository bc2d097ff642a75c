"""ACS's routes of participants."""

import azure.functions as func

from rooms.api.acs.answers import participants_body
from rooms.api.bodies import UpdateParticipants
from rooms.api.errors import UnsupportedIdentifier
from rooms.api.request import Request
from rooms.api.responses import acs_answer
from rooms.api.routing import Routes
from rooms.domain.roster import check_size, first_unsupported

routes = Routes()


@routes.acs("GET", "rooms/{roomId}/participants")
async def list_participants(request: Request) -> func.HttpResponse:
    """Answers with the roster of a room."""
    found = await request.app.rooms.with_roster(request.room_id())
    return acs_answer(200, participants_body(found.roster))


@routes.acs("PATCH", "rooms/{roomId}/participants")
async def update_participants(request: Request) -> func.HttpResponse:
    """Invites people, changes their roles, or removes them: all of it or nothing."""
    patch = request.parse(UpdateParticipants).patch
    check_size(patch)
    if (unsupported := first_unsupported(patch)) is not None:
        raise UnsupportedIdentifier(unsupported)
    await request.app.rooms.patch_roster(request.room_id(), patch, request.origin)
    return acs_answer(200, {})
