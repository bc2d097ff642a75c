"""ACS's routes of identities: users of Communication Services and their tokens."""

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any, NotRequired, TypedDict

import azure.functions as func
from pydantic import ConfigDict
from pydantic.json_schema import WithJsonSchema

from rooms.api.acs.here_or_at_acs import LocalOperation, here_or_at_acs, invalid_id
from rooms.api.acs.identity_versions import SUPPORTED_IDENTITY_VERSIONS, IdentityVersion
from rooms.api.body import AcsUser, Body
from rooms.api.errors import InvalidParameter, TeamsUsersNeedAcs
from rooms.api.request import Request
from rooms.api.responses import json_answer, no_content
from rooms.api.routing import Operation, Routes
from rooms.domain.identity import MAX_MINUTES, MIN_MINUTES, SCOPES, first_unknown_scope, is_lifetime
from rooms.domain.roster import is_acs_user
from rooms.domain.time import Time, format_time
from rooms.identity import local

routes = Routes()

_HEADERS = {"api-supported-versions": SUPPORTED_IDENTITY_VERSIONS}

type RequiredText = Annotated[str | None, WithJsonSchema({"type": "string", "pattern": "[^ ]"})]


class ExchangeTeamsToken(Body):
    """The body of POST /teamsUser/:exchangeAccessToken: an Entra ID token of a Teams user, and the
    ids of the application and of the user that it is for."""

    model_config = ConfigDict(json_schema_extra={"required": ["token", "appId", "userId"]})

    token: RequiredText = None
    app_id: RequiredText = None
    user_id: RequiredText = None


class Identity(TypedDict):
    """A user of Communication Services."""

    id: AcsUser


class AccessToken(TypedDict):
    """A token of a user. Do not keep it longer than you need it."""

    token: str
    expiresOn: Time


class CreatedIdentity(TypedDict):
    """A new user, and their token if one was asked for."""

    identity: Identity
    accessToken: NotRequired[AccessToken]


def _operation(method: str, path: str, done: str) -> Callable[[LocalOperation], Operation]:
    def add(operation: LocalOperation) -> Operation:
        return routes.identity(method, path)(here_or_at_acs(method, path, done, operation))

    return add


@_operation("POST", "identities", "made")
async def create_identity(request: Request, version: IdentityVersion) -> func.HttpResponse:
    """Makes a user, and a token if the body asks for one."""
    body = request.parse_or_empty(version.create)
    scopes = body.create_token_with_scopes or []
    _check_scopes(scopes, "CreateTokenWithScopes")
    minutes = _lifetime(body.minutes)
    if not scopes:
        raw_id = await request.app.identities.create()
        return _answer(201, created_body(raw_id))
    raw_id, token = await request.app.identities.create_with_token(scopes, minutes)
    return _answer(201, created_body(raw_id, token))


@_operation("POST", "identities/{id}/:issueAccessToken", "issued a token of")
async def issue_access_token(request: Request, version: IdentityVersion) -> func.HttpResponse:
    """Makes a token of a user."""
    raw_id = _raw_id(request)
    body = request.parse_or_empty(version.issue)
    if not body.scopes:
        raise _required("Scopes")
    _check_scopes(body.scopes, "Scopes")
    minutes = _lifetime(body.minutes)
    token = await request.app.identities.issue(raw_id, body.scopes, minutes)
    return _answer(200, token_body(token))


@_operation("POST", "identities/{id}/:revokeAccessTokens", "revoked the tokens of")
async def revoke_access_tokens(request: Request, version: IdentityVersion) -> func.HttpResponse:
    """Revokes all tokens of a user."""
    await request.app.identities.revoke(_raw_id(request))
    return no_content(_HEADERS)


@_operation("DELETE", "identities/{id}", "deleted")
async def delete_identity(request: Request, version: IdentityVersion) -> func.HttpResponse:
    """Deletes a user, and so revokes their tokens. Rosters keep the raw id."""
    await request.app.identities.delete(_raw_id(request))
    return no_content(_HEADERS)


@_operation("POST", "teamsUser/:exchangeAccessToken", "exchanged a token of")
async def exchange_teams_token(request: Request, version: IdentityVersion) -> func.HttpResponse:
    """Refuses: only ACS can make a token of a Teams user."""
    body = request.parse_or_empty(ExchangeTeamsToken)
    fields = (("Token", body.token), ("AppId", body.app_id), ("UserId", body.user_id))
    for name, value in fields:
        if not (value or "").strip():
            raise _required(name)
    raise TeamsUsersNeedAcs


def _answer(status: int, body: Mapping[str, Any]) -> func.HttpResponse:
    return json_answer(status, body, _HEADERS)


def _raw_id(request: Request) -> str:
    raw_id: str = request.http.route_params["id"]
    if not is_acs_user(raw_id):
        raise invalid_id()
    return raw_id


def _check_scopes(scopes: Sequence[str], member: str) -> None:
    if (place := first_unknown_scope(scopes)) is not None:
        expected = f"Must be one of: {', '.join(SCOPES)}."
        raise InvalidParameter(expected, f"{member}[{place}]")


def _lifetime(minutes: int | None) -> int:
    """Returns the minutes that a token is to live. Raises InvalidParameter."""
    if minutes is None:
        return MAX_MINUTES
    if not is_lifetime(minutes):
        raise InvalidParameter(
            f"ExpiresInMinutes value {minutes} is invalid. Value must be within the "
            f"[{MIN_MINUTES}, {MAX_MINUTES}] interval.",
            "ExpiresInMinutes",
        )
    return minutes


def _required(member: str) -> InvalidParameter:
    return InvalidParameter(f"{member}: The {member} field is required.", member)


def created_body(raw_id: str, token: local.AccessToken | None = None) -> CreatedIdentity:
    """Returns a new user."""
    identity: Identity = {"id": raw_id}
    if token is None:
        return {"identity": identity}
    return {"identity": identity, "accessToken": token_body(token)}


def token_body(token: local.AccessToken) -> AccessToken:
    """Returns a token."""
    return {"token": token.token, "expiresOn": format_time(token.expires_at)}
