"""What every HTTP-triggered function does: who calls, which api-version, and how an answer or an
error looks."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import azure.functions as func
from pydantic_core import to_json

from rooms import clients
from rooms.api.acs.answers import error_body
from rooms.api.acs.versions import API_VERSIONS, SUPPORTED_VERSIONS, check_api_version
from rooms.api.bodies import TIME_EXPECTED, Body, parse_body
from rooms.api.csv import csv_text
from rooms.auth import Caller
from rooms.auth.url import described, route_url
from rooms.domain.events import is_call_room_id
from rooms.domain.room import check_room_id
from rooms.domain.time import Ticks, parse_time
from rooms.errors import (
    BodyTooLarge,
    Denied,
    InvalidParameter,
    InvalidRoomId,
    LengthRequired,
    Refusal,
    RoomNotFound,
    RoomsError,
    RoomUnknown,
    StorageUnavailable,
    Unavailable,
    UnsupportedMediaType,
    ValidationFailed,
)
from rooms.log_text import escaped
from rooms.storage.changes import Origin

_log = logging.getLogger(__name__)

TIME_BUDGET = 10.0
"""Seconds after which an operation is answered with 503."""

MAX_BODY = 2 * 1024 * 1024
"""Bytes of a request's body; the largest change of a roster needs about a third of it."""

MAX_REQUEST_ID = 256
"""Characters of x-ms-client-request-id that are remembered; what is longer is cut."""


@dataclass(frozen=True, slots=True)
class Request:
    """A request that is let in: by whom, and in which api-version."""

    http: func.HttpRequest
    caller: Caller
    version: str

    @property
    def origin(self) -> Origin:
        """Whose change it is."""
        return Origin(
            self.caller.name,
            (self.http.headers.get("x-ms-client-request-id") or "")[:MAX_REQUEST_ID],
        )

    def room_id(self) -> str:
        """The room of the path. Raises InvalidRoomId or InvalidRoomIdLength."""
        room_id: str = self.http.route_params["roomId"]
        check_room_id(room_id)
        return room_id

    def call_room_id(self) -> str:
        """The room of the path, which may be of any service's making. Raises InvalidRoomId."""
        room_id: str = self.http.route_params["roomId"]
        if not is_call_room_id(room_id):
            raise InvalidRoomId
        return room_id

    def time(self, name: str) -> Ticks | None:
        """A time of the query. Raises InvalidParameter."""
        text = query(self.http, name)
        try:
            return (
                None if text is None else parse_time(text.replace(" ", "+"))
            )  # as a bare + arrives
        except ValueError:
            raise InvalidParameter(TIME_EXPECTED, name) from None

    def time_range(self) -> tuple[Ticks | None, Ticks | None]:
        """`from` and `until` of the query. Raises InvalidParameter."""
        start, end = self.time("from"), self.time("until")
        if start is not None and end is not None and start >= end:
            raise InvalidParameter("A time after `from` is expected here.", "until")
        return start, end

    def choice[Word: str](self, name: str, *choices: Word) -> Word | None:
        """One of some words of the query. Raises InvalidParameter."""
        if (text := query(self.http, name)) is None:
            return None
        for word in choices:
            if word == text:
                return word
        raise InvalidParameter(f"One of these is expected here: {', '.join(choices)}.", name)

    def next_link(self, token: str) -> str:
        """The URL of the next page: this request's with another token."""
        params = {
            name: value for name, value in self.http.params.items() if name.lower() != "nextlink"
        }
        url = route_url(self.http, clients.settings().trust_forwarded_host)
        return f"{url}?{urlencode({**params, 'nextLink': token})}"

    def parse[B: Body](self, model: type[B]) -> B:
        """The body. Raises UnsupportedMediaType or ValidationFailed."""
        body = self.http.get_body()
        media_type = self.http.headers.get("content-type", "").partition(";")[0].strip().lower()
        if body and not (
            media_type.startswith(("application/", "text/"))
            and media_type.endswith(("/json", "+json"))
        ):
            raise UnsupportedMediaType
        return parse_body(model, body, self.version)


type Operation = Callable[[Request], Awaitable[func.HttpResponse]]


async def answer(request: func.HttpRequest, operation: Operation) -> func.HttpResponse:
    """Carries out an operation of the Rooms API for a caller who may, and answers with what became
    of it."""

    async def versioned() -> func.HttpResponse:
        caller = await clients.authenticator().authenticate(request)
        version = check_api_version(query(request, "api-version"), request.url.partition("?")[0])
        return await operation(Request(request, caller, version))

    try:
        return await _bounded(request, versioned)
    except ValidationFailed as error:
        return json_answer(error.status, error_body(error), {})
    except Refusal as error:
        return _refused(error, {"api-supported-versions": SUPPORTED_VERSIONS})


async def answer_of_ours(request: func.HttpRequest, operation: Operation) -> func.HttpResponse:
    """The same for what ACS does not have: no api-version, a key may come as it is, all errors are
    of family A."""

    async def unversioned() -> func.HttpResponse:
        caller = await clients.authenticator().authenticate(request, key_as_it_is=True)
        return await operation(Request(request, caller, API_VERSIONS[-1]))

    try:
        return await _bounded(request, unversioned)
    except ValidationFailed as error:
        first = error.details[0]
        return _refused(InvalidParameter(first.message, first.target), {})
    except RoomNotFound:
        return _refused(RoomUnknown(), {})
    except Refusal as error:
        return _refused(error, {})


async def _bounded(
    request: func.HttpRequest, operation: Callable[[], Awaitable[func.HttpResponse]]
) -> func.HttpResponse:
    try:
        _check_body(request)
        async with asyncio.timeout(TIME_BUDGET):
            return await operation()
    except TimeoutError:
        _log.error("storage: no answer within %g s", TIME_BUDGET)
        raise StorageUnavailable from None
    except Denied:  # which is logged where it is raised
        raise
    except RoomsError as error:
        _log.info("%s: %d %s", described(request), error.status, escaped(str(error)))
        raise


def respond(
    status: int, body: Mapping[str, Any], headers: Mapping[str, str] | None = None
) -> func.HttpResponse:
    """An answer in JSON, that says which api-versions there are."""
    return json_answer(
        status, body, {"api-supported-versions": SUPPORTED_VERSIONS, **(headers or {})}
    )


def json_answer(
    status: int, body: Mapping[str, Any], headers: Mapping[str, str] | None = None
) -> func.HttpResponse:
    """An answer in JSON."""
    return func.HttpResponse(
        to_json(body),
        status_code=status,
        headers={"Content-Type": "application/json; charset=utf-8", **(headers or {})},
    )


def respond_with_text(
    text: bytes, media_type: str, headers: Mapping[str, str]
) -> func.HttpResponse:
    """An answer of UTF-8 that is no JSON document."""
    return func.HttpResponse(
        text, headers={"Content-Type": f"{media_type}; charset=utf-8", **headers}
    )


def respond_with_csv(
    name: str,
    columns: Sequence[str],
    rows: Iterable[Mapping[str, Any]],
    headers: Mapping[str, str] | None = None,
) -> func.HttpResponse:
    """An answer that a browser saves as a file of that name."""
    attachment = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return respond_with_text(csv_text(columns, rows), "text/csv", {**attachment, **(headers or {})})


def no_content(headers: Mapping[str, str] | None = None) -> func.HttpResponse:
    """A 204; an empty content type keeps the library from adding one."""
    return func.HttpResponse(status_code=204, headers={"Content-Type": "", **(headers or {})})


def query(request: func.HttpRequest, name: str) -> str | None:
    """A parameter of the query, whose names are compared without case."""
    return next(
        (value for key, value in request.params.items() if key.lower() == name.lower()), None
    )


def _check_body(request: func.HttpRequest) -> None:
    if len(request.get_body()) > MAX_BODY:
        raise BodyTooLarge(MAX_BODY)
    if (
        request.method in ("POST", "PATCH")
        and "transfer-encoding" in request.headers
        and "content-length" not in request.headers
    ):
        raise LengthRequired


def _refused(error: Refusal, headers: Mapping[str, str]) -> func.HttpResponse:
    headers = {"x-ms-error-code": error.code, **headers}
    if isinstance(error, Unavailable):
        headers["Retry-After"] = str(error.retry_after)
    return json_answer(error.status, error_body(error), headers)
