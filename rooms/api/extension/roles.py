"""Roles: what each may do in a call."""

import azure.functions as func

from rooms.api.extension.admission_answers import roles_body
from rooms.api.request import Request
from rooms.api.responses import json_answer
from rooms.api.routing import Routes
from rooms.domain.capabilities import CAPABILITIES

routes = Routes()


@routes.extension("GET", "roles")
async def list_roles(_: Request) -> func.HttpResponse:
    """Answers with the capabilities of each role."""
    return json_answer(200, roles_body(CAPABILITIES))
