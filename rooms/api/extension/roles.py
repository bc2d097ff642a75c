"""Roles: what each may do in a call."""

from collections.abc import Sequence
from typing import Literal, NotRequired, TypedDict

import azure.functions as func

from rooms.api.request import Request
from rooms.api.responses import json_answer
from rooms.api.routing import Routes
from rooms.domain import capabilities
from rooms.domain.capabilities import CAPABILITIES, Grant
from rooms.domain.roster import Role

routes = Routes()


class Capability(TypedDict):
    """An action in a call, and the roles that may do it. The room must also allow what `needs`
    names."""

    name: str
    group: str
    description: str
    roles: dict[Role, Grant]
    needs: NotRequired[Literal["pstnDialOutEnabled"]]


class Roles(TypedDict):
    """The capabilities of each role."""

    value: list[Capability]


@routes.extension("GET", "roles")
async def list_roles(request: Request) -> func.HttpResponse:
    """Answers with the capabilities of each role, but for those that nobody has in the calls."""
    lacks = request.app.media.lacks
    return json_answer(200, roles_body([each for each in CAPABILITIES if each.name not in lacks]))


def roles_body(table: Sequence[capabilities.Capability]) -> Roles:
    """Returns the table of capabilities."""
    return {"value": [_capability_body(capability) for capability in table]}


def _capability_body(capability: capabilities.Capability) -> Capability:
    body: Capability = {
        "name": capability.name,
        "group": capability.group,
        "description": capability.description,
        "roles": dict(capability.grants),
    }
    if capability.needs_pstn_dial_out:
        body["needs"] = "pstnDialOutEnabled"
    return body
