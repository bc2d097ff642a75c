"""Reads of rooms that ACS answers, where a setting says so: while an app changes over, all of its
instances see the same."""

import json
from collections.abc import Callable
from functools import wraps
from urllib.parse import urlsplit

import azure.functions as func

from rooms.acs.answer import AcsAnswer
from rooms.acs.resource import Resource
from rooms.api.request import Request
from rooms.api.responses import passed_on
from rooms.api.routing import Operation


def or_from_acs(path: str) -> Callable[[Operation], Operation]:
    """Returns what makes of an operation one that ACS answers, if reads are to be ACS's.

    Args:
        path: that of its route.
    """

    def decorate(operation: Operation) -> Operation:
        @wraps(operation)
        async def read(request: Request) -> func.HttpResponse:
            moving, resource = request.app.settings.moving, request.app.acs
            if moving is None or resource is None or moving.reads == "own":
                return await operation(request)
            return passed_on(await _from_acs(request, resource, path))

        return read

    return decorate


async def _from_acs(request: Request, resource: Resource, path: str) -> AcsAnswer:
    """Returns the answer of ACS in the api-version of the caller. A link to the next page is one to
    this service."""
    if "{roomId}" in path:
        path = path.replace("{roomId}", request.room_id())
    query = urlsplit(request.http.url).query
    answer = await resource.send("GET", f"/{path}?{query}", {}, b"")
    if answer.status in (401, 403):
        raise resource.refused()
    if path != "rooms" or answer.status != 200:
        return answer
    from rooms.acs.rooms_api import body_of  # which a deployment without a mode does not need

    page = dict(body_of(answer))
    if not isinstance(link := page.get("nextLink"), str):
        return answer
    page["nextLink"] = f"{request.route_url}?{urlsplit(link).query}"
    return AcsAnswer(answer.status, answer.headers, json.dumps(page).encode())
