"""Carries out operations on identities here, or sends them on to the ACS resource that the settings
name. Logs each in one line, without tokens."""

import json
import logging
import re
from collections.abc import Awaitable, Callable
from functools import wraps
from urllib.parse import quote, urlencode

import azure.functions as func

from rooms.acs.answer import AcsAnswer
from rooms.acs.resource import SENT_ON, Resource
from rooms.api.acs.identity_versions import IdentityVersion, check_identity_version
from rooms.api.errors import ForwardedToItself, InvalidParameter
from rooms.api.request import Request, client_request_id
from rooms.api.responses import passed_on
from rooms.api.routing import Operation
from rooms.log_text import escaped

_log = logging.getLogger(__name__)

_ID_OF_ACS = re.compile("8:[A-Za-z0-9:._-]{1,250}")
"""What may go on as an id: any kind of user that ACS may have, and no other path."""

_REQUEST_ID = "x-ms-client-request-id"

type LocalOperation = Callable[[Request, IdentityVersion], Awaitable[func.HttpResponse]]


def here_or_at_acs(method: str, path: str, done: str, operation: LocalOperation) -> Operation:
    """Returns `operation`, or one that sends it on to ACS, if a resource is set.

    Args:
        path: the path of its route.
        done: what the log says of it, before the raw id.
    """

    @wraps(operation)
    async def carry_out(request: Request) -> func.HttpResponse:
        resource = request.app.acs
        if resource is None:
            uri = request.http.url.partition("?")[0]
            version = check_identity_version(request.query("api-version"), uri)
            answer = await operation(request, version)
        else:
            answer = await _at_acs(request, resource, method, path)
        if answer.status_code < 300:
            at = "" if resource is None else ", at ACS"
            _log.info("%s %s %s%s", escaped(request.caller.name), done, _whom(request, answer), at)
        return answer

    return carry_out


def invalid_id() -> InvalidParameter:
    """Returns the error for a path whose id is none."""
    return InvalidParameter("Must be the raw id of an ACS user, like 8:acs:<guid>_<guid>.", "Id")


async def _at_acs(
    request: Request, resource: Resource, method: str, path: str
) -> func.HttpResponse:
    raw_id = request.http.route_params.get("id", "")
    if "{id}" in path and not _ID_OF_ACS.fullmatch(raw_id):
        raise invalid_id()
    if SENT_ON in request.http.headers:
        raise ForwardedToItself
    request.check_media_type()
    headers = {}
    if "content-type" in request.http.headers:
        headers["Content-Type"] = "application/json"
    if request_id := client_request_id(request.http):
        headers[_REQUEST_ID] = request_id
    target = f"/{path.replace('{id}', quote(raw_id, safe=''))}"
    if version := request.query("api-version"):  # which versions there are is ACS's to say
        target = f"{target}?{urlencode({'api-version': version})}"
    answer = await resource.send(method, target, headers, request.http.get_body())
    if answer.status == 401 and not _is_of_teams_user(answer):
        raise resource.refused()
    return passed_on(answer)


def _is_of_teams_user(answer: AcsAnswer) -> bool:
    """Returns whether a 401 is about the token of a Teams user, and not about our credentials."""
    match _json(answer.body):
        case {"error": {"code": "InvalidAccessToken"}}:
            return True
    return False


def _whom(request: Request, answer: func.HttpResponse) -> str:
    """Returns whom a request was about, for the log: the raw id in its path, or of a new user."""
    if "id" in request.http.route_params:
        return escaped(request.http.route_params["id"])
    match _json(answer.get_body()):
        case {"identity": {"id": str(raw_id)}, "accessToken": _}:
            return f"{escaped(raw_id)} with a token"
        case {"identity": {"id": str(raw_id)}}:
            return escaped(raw_id)
    return "a Teams user"


def _json(text: bytes) -> object:
    try:
        value: object = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value
