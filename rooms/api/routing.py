"""Routes: who may call them, in which api-version, and how their errors are answered."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass

import azure.functions as func

from rooms.acs.errors import AcsError, Refused
from rooms.acs.resource import SENT_ON
from rooms.api.acs.identity_versions import SUPPORTED_IDENTITY_VERSIONS
from rooms.api.acs.versions.api_version import ApiVersion
from rooms.api.acs.versions.table import NEWEST, check_api_version
from rooms.api.callers import with_join_link, with_key, with_key_or_media_token
from rooms.api.error_answers import error_body, member_of, validation_body
from rooms.api.errors import (
    ANSWERS_OF,
    BAD_REQUEST,
    Answer,
    ApiError,
    BodyTooLarge,
    Detail,
    ForwardedToItself,
    InvalidParameter,
    LengthRequired,
)
from rooms.api.faults import FAULTS
from rooms.api.on_behalf_of import on_behalf_of
from rooms.api.operations_log import log_operation
from rooms.api.protection import protect
from rooms.api.refusals import field_named, why
from rooms.api.request import Kind, Request, client_request_id, query
from rooms.api.responses import json_answer, passed_on
from rooms.api.room_summary import RoomSummary
from rooms.app import App
from rooms.auth.caller import Caller
from rooms.auth.errors import AuthError, Denied, TenantKeysUnavailable
from rooms.auth.url import describe
from rooms.domain.errors import DomainError, RoomNotFound
from rooms.domain.join_link import JoinLink
from rooms.domain.log import JOIN_LINK_ACTOR
from rooms.log_text import escaped
from rooms.media.errors import MediaError, WebhookNotVerified
from rooms.storage.errors import StorageError, StorageUnavailable

_log = logging.getLogger(__name__)

type Operation = Callable[[Request], Awaitable[func.HttpResponse]]
type LinkOperation = Callable[[Request, JoinLink], Awaitable[func.HttpResponse]]
type PublicOperation = Callable[[App, func.HttpRequest], Awaitable[func.HttpResponse]]
type _Identify = Callable[[App, func.HttpRequest, Kind], Awaitable[Caller]]
type _Handler = Callable[[App, func.HttpRequest], Awaitable[func.HttpResponse]]

WITH_BODY = ("POST", "PUT", "PATCH")
"""The methods of requests that have a body."""

_LOGGED = (Denied, TenantKeysUnavailable, WebhookNotVerified)
"""Errors that are in the log already, with more than the answer says."""

_KNOWN_ERRORS = (ApiError, AuthError, DomainError, AcsError, MediaError, StorageError)


@dataclass(frozen=True, slots=True)
class Route:
    """One method of one path. `name` is the function's; `path` has its parameters in braces."""

    name: str
    method: str
    path: str
    handle: _Handler


class Routes:
    """The routes of a module, in the order of their functions."""

    def __init__(self) -> None:
        self.all: list[Route] = []

    def acs(self, method: str, path: str) -> Callable[[Operation], Operation]:
        """Adds a route of ACS Rooms."""
        return self._add(method, path, lambda _: "acs")

    def identity(self, method: str, path: str) -> Callable[[Operation], Operation]:
        """Adds a route of ACS Identity."""
        return self._add(method, path, lambda _: "identity")

    def extension(self, method: str, path: str) -> Callable[[Operation], Operation]:
        """Adds a route that ACS does not have."""
        return self._add(method, path, lambda _: "extension")

    def in_call(self, method: str, path: str) -> Callable[[Operation], Operation]:
        """Adds a route that ACS does not have, also for who is in the call of the room."""
        return self._add(method, path, lambda _: "extension", with_key_or_media_token)

    def by_request(
        self, method: str, path: str, kind_of: Callable[[func.HttpRequest], Kind]
    ) -> Callable[[Operation], Operation]:
        """Adds a route that is of either kind, by the request."""
        return self._add(method, path, kind_of)

    def join_link(self, method: str, path: str) -> Callable[[LinkOperation], LinkOperation]:
        """Adds a route for those who hold a join link of the room in the path."""

        def add(operation: LinkOperation) -> LinkOperation:
            async def handle(app: App, http: func.HttpRequest) -> func.HttpResponse:
                return await _answer_holder(app, http, operation)

            self.all.append(Route(operation.__name__, method, path, handle))
            return operation

        return add

    def webhook(self, method: str, path: str) -> Callable[[PublicOperation], PublicOperation]:
        """Adds a route for a server that signs what it sends: the operation checks that."""

        def add(operation: PublicOperation) -> PublicOperation:
            async def handle(app: App, http: func.HttpRequest) -> func.HttpResponse:
                return await _within_limits(app, http, operation)

            self.all.append(Route(operation.__name__, method, path, handle))
            return operation

        return add

    def public(self, method: str, path: str) -> Callable[[PublicOperation], PublicOperation]:
        """Adds a route for anybody."""

        def add(operation: PublicOperation) -> PublicOperation:
            self.all.append(Route(operation.__name__, method, path, operation))
            return operation

        return add

    def _add(
        self,
        method: str,
        path: str,
        kind_of: Callable[[func.HttpRequest], Kind],
        identify: _Identify = with_key,
    ) -> Callable[[Operation], Operation]:
        def add(operation: Operation) -> Operation:
            async def handle(app: App, http: func.HttpRequest) -> func.HttpResponse:
                return await _answer(app, http, kind_of(http), identify, operation)

            self.all.append(Route(operation.__name__, method, path, handle))
            return operation

        return add


def register(function_app: func.FunctionApp, app: App, routes: Iterable[Route]) -> None:
    """Registers an HTTP trigger for each route. Each route checks its callers itself."""
    for route in routes:
        _register(function_app, app, route)


def _register(function_app: func.FunctionApp, app: App, route: Route) -> None:
    async def trigger(req: func.HttpRequest) -> func.HttpResponse:
        answer = await route.handle(app, req)
        protect(req, answer)
        return answer

    trigger.__name__ = route.name
    function_app.route(route.path, methods=[route.method], auth_level=func.AuthLevel.ANONYMOUS)(
        trigger
    )


async def _answer(
    app: App, http: func.HttpRequest, kind: Kind, identify: _Identify, operation: Operation
) -> func.HttpResponse:
    """Carries out an operation for a caller who may, and answers with its outcome."""
    summary, status = RoomSummary(), 500
    try:
        answer = await _outcome(app, http, kind, identify, operation, summary)
        status = answer.status_code
    finally:
        if kind == "acs":
            log_operation(http, operation.__name__, status, summary)
    if kind == "identity" and (request_id := client_request_id(http)):
        answer.headers["x-ms-client-request-id"] = request_id
    return answer


async def _answer_holder(
    app: App, http: func.HttpRequest, operation: LinkOperation
) -> func.HttpResponse:
    """Carries out an operation for somebody with a join link, and answers with its outcome."""

    async def act(app: App, http: func.HttpRequest) -> func.HttpResponse:
        link = with_join_link(app, http)
        if app.requests is not None:
            app.requests.take(f"{JOIN_LINK_ACTOR} {link.id}")
        holder = Caller(JOIN_LINK_ACTOR, "manage")
        request = Request(app, http, holder, "extension", NEWEST, on_behalf_of(http, holder))
        return await operation(request, link)

    return await _within_limits(app, http, act)


async def _within_limits(
    app: App, http: func.HttpRequest, operation: PublicOperation
) -> func.HttpResponse:
    """Carries out an operation that checks its callers itself, and answers with its outcome."""
    try:
        _check_body(http, app.limits.body_bytes)
        async with asyncio.timeout(app.limits.request_seconds):
            return await operation(app, http)
    except TimeoutError:
        return _no_answer(app, http, "extension", NEWEST)
    except _KNOWN_ERRORS as error:
        return refused(http, error, "extension")


async def _outcome(
    app: App,
    http: func.HttpRequest,
    kind: Kind,
    identify: _Identify,
    operation: Operation,
    summary: RoomSummary,
) -> func.HttpResponse:
    version = NEWEST
    try:
        _check_body(http, app.limits.body_bytes)
        async with asyncio.timeout(app.limits.request_seconds):
            caller = await identify(app, http, kind)
            if app.requests is not None:
                app.requests.take(caller.quota_name)
            if kind == "acs":
                named, uri = query(http, "api-version"), http.url.partition("?")[0]
                version = check_api_version(named, uri, operation.__name__)
                if app.settings.moving is not None and SENT_ON in http.headers:
                    raise ForwardedToItself
            speaks_for = None if kind == "identity" else on_behalf_of(http, caller)
            request = Request(app, http, caller, kind, version, speaks_for, summary)
            answer = await _carried_out(request, operation)
        if answer.status_code < 300:
            repeatable = answer.headers.get("Repeatability-Result") == "accepted"
            app.authenticator.carried_out(http, caller, repeatable)
        return answer
    except TimeoutError:
        return _no_answer(app, http, kind, version)
    except _KNOWN_ERRORS as error:
        return refused(http, error, kind, version)


async def _carried_out(request: Request, operation: Operation) -> func.HttpResponse:
    """Carries out an operation; once more, if the room is not here and ACS has it."""
    try:
        return await operation(request)
    except RoomNotFound:
        pull, room_id = request.app.pull, request.http.route_params.get("roomId")
        if pull is None or room_id is None or not await pull.find(room_id):
            raise
    return await operation(request)


def _no_answer(
    app: App, http: func.HttpRequest, kind: Kind, version: ApiVersion
) -> func.HttpResponse:
    _log.error("storage: no answer within %g s", app.limits.request_seconds)
    return refused(http, StorageUnavailable(), kind, version)


def _check_body(http: func.HttpRequest, max_bytes: int) -> None:
    if len(http.get_body()) > max_bytes:
        raise BodyTooLarge(max_bytes)
    is_chunked = "transfer-encoding" in http.headers and "content-length" not in http.headers
    if http.method in WITH_BODY and is_chunked:
        raise LengthRequired


def refused(
    http: func.HttpRequest, error: Exception, kind: Kind, version: ApiVersion = NEWEST
) -> func.HttpResponse:
    """Returns the answer to an error, as requests of that kind get it. Logs it."""
    if isinstance(error, Refused):
        _log_refusal(http, error.answer.status, "as ACS answered")
        return passed_on(error.answer)
    if details := _details(error):
        if kind == "acs":
            _log_refusal(http, 400, f"{BAD_REQUEST} {field_named(details[0].target)}")
            return json_answer(400, validation_body(details))
        fault = details[0]
        field = member_of(fault.target) if kind == "identity" else fault.target
        error = InvalidParameter(fault.message, field)
    answer = ANSWERS_OF[kind][type(error)]
    message, target = answer.text(error), getattr(error, "target", None)
    if not isinstance(error, _LOGGED):
        _log_refusal(http, answer.status, why(error, answer))
    return json_answer(
        answer.status,
        error_body(answer.code, message, target),
        _headers(answer, error, kind, version),
    )


def _details(error: Exception) -> tuple[Detail, ...]:
    faults = FAULTS.get(type(error))
    return () if faults is None else faults(error)


def _headers(
    answer: Answer, error: Exception, kind: Kind, version: ApiVersion
) -> Mapping[str, str]:
    headers = {"x-ms-error-code": answer.code}
    if kind == "acs":
        headers["api-supported-versions"] = version.supported
    if kind == "identity":
        headers["api-supported-versions"] = SUPPORTED_IDENTITY_VERSIONS
        headers["Content-Type"] = "application/json"
    if answer.retry_after is not None:
        headers["Retry-After"] = str(getattr(error, "retry_after", answer.retry_after))
    return headers


def _log_refusal(http: func.HttpRequest, status: int, reason: str) -> None:
    _log.info("%s: %d %s", describe(http), status, escaped(reason))
