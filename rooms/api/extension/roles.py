"""What each role may do in a room's call."""

import azure.functions as func

from rooms.api.extension.admission_answers import roles_body
from rooms.api.routing import Request, answer_of_ours, json_answer
from rooms.domain.capabilities import CAPABILITIES

blueprint = func.Blueprint()


@blueprint.route("roles", methods=["GET"], auth_level=func.AuthLevel.ANONYMOUS)
async def list_roles(req: func.HttpRequest) -> func.HttpResponse:
    """GET /roles"""
    return await answer_of_ours(req, _list)


async def _list(_: Request) -> func.HttpResponse:
    return json_answer(200, roles_body(CAPABILITIES))
