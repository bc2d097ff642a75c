"""What every HTTP-triggered function does: who calls, which api-version, and how an answer or an error looks."""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import azure.functions as func

from rooms import clients
from rooms.auth import Caller
from rooms.errors import (
    BodyTooLarge,
    Denied,
    LengthRequired,
    Refusal,
    RoomsError,
    StorageUnavailable,
    Unavailable,
    UnsupportedMediaType,
)
from rooms.log_text import described, escaped
from rooms.rules.room import check_room_id
from rooms.storage.changes import Origin
from rooms.wire.answers import error_body
from rooms.wire.requests import Body, parse_body
from rooms.wire.versions import SUPPORTED_VERSIONS, check_api_version

_log = logging.getLogger(__name__)

TIME_BUDGET = 10.0
"""Seconds after which an operation is answered with 503."""

MAX_BODY = 2 * 1024 * 1024
"""Bytes of a request's body; the largest change of a roster needs about a third of it."""

MAX_REQUEST_ID = 256
"""Characters of x-ms-client-request-id that are remembered; what is longer is cut."""


@dataclass(frozen=True, slots=True)
class Call:
    """A request that is let in: by whom, and in which api-version."""

    request: func.HttpRequest
    caller: Caller
    version: str

    @property
    def origin(self) -> Origin:
        """Whose change it is."""
        return Origin(self.caller.name, (self.request.headers.get("x-ms-client-request-id") or "")[:MAX_REQUEST_ID])

    def room_id(self) -> str:
        """The room of the path. Raises InvalidRoomId or InvalidRoomIdLength."""
        room_id: str = self.request.route_params["roomId"]
        check_room_id(room_id)
        return room_id

    def parse[B: Body](self, model: type[B]) -> B:
        """The body. Raises UnsupportedMediaType or ValidationFailed."""
        body = self.request.get_body()
        media_type = self.request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if body and not (media_type.startswith(("application/", "text/")) and media_type.endswith(("/json", "+json"))):
            raise UnsupportedMediaType
        return parse_body(model, body, self.version)


async def answer(request: func.HttpRequest, operation: Callable[[Call], Awaitable[func.HttpResponse]]) -> func.HttpResponse:
    """Carries out an operation of the Rooms API for a caller who may, and answers with what became of it."""
    try:
        _check_body(request)
        async with asyncio.timeout(TIME_BUDGET):
            caller = await clients.authenticator().authenticate(request)
            version = check_api_version(query(request, "api-version"), request.url.partition("?")[0])
            return await operation(Call(request, caller, version))
    except TimeoutError:
        _log.error("storage: no answer within %g s", TIME_BUDGET)
        return _refused(StorageUnavailable())
    except Denied as denied:  # which is logged where it is raised
        return _refused(denied)
    except RoomsError as error:
        _log.info("%s: %d %s", described(request), error.status, escaped(str(error)))
        return _refused(error)


def respond(status: int, body: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> func.HttpResponse:
    """An answer in JSON, that says which api-versions there are."""
    return _json(status, body, {"api-supported-versions": SUPPORTED_VERSIONS, **(headers or {})})


def no_content() -> func.HttpResponse:
    """A 204; an empty content type keeps the library from adding one."""
    return func.HttpResponse(status_code=204, headers={"Content-Type": "", "api-supported-versions": SUPPORTED_VERSIONS})


def query(request: func.HttpRequest, name: str) -> str | None:
    """A parameter of the query, whose names are compared without case."""
    return next((value for key, value in request.params.items() if key.lower() == name.lower()), None)


def _check_body(request: func.HttpRequest) -> None:
    if len(request.get_body()) > MAX_BODY:
        raise BodyTooLarge(MAX_BODY)
    if request.method in ("POST", "PATCH") and "transfer-encoding" in request.headers and "content-length" not in request.headers:
        raise LengthRequired


def _refused(error: RoomsError) -> func.HttpResponse:
    if not isinstance(error, Refusal):
        return _json(error.status, error_body(error), {})
    headers = {"x-ms-error-code": error.code}
    if isinstance(error, Unavailable):
        headers["Retry-After"] = str(error.retry_after)
    return respond(error.status, error_body(error), headers)


def _json(status: int, body: Mapping[str, Any], headers: Mapping[str, str]) -> func.HttpResponse:
    return func.HttpResponse(
        json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode(),
        status_code=status,
        headers={"Content-Type": "application/json; charset=utf-8", **headers},
    )
