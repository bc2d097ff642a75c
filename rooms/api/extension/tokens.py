"""Tokens of this service: the key that checks them, and the check of one."""

import asyncio
from typing import TYPE_CHECKING, Literal, TypedDict

import azure.functions as func

from rooms.api.body import AcsUser, StrictBody
from rooms.api.errors import TokensAreOfAcs
from rooms.api.request import Request
from rooms.api.responses import json_answer
from rooms.api.routing import Routes, refused
from rooms.app import App
from rooms.domain.time import Time, format_time
from rooms.identity.local import Fault
from rooms.storage.errors import StorageUnavailable

if TYPE_CHECKING:
    from rooms.identity.tokens import TokenKey

routes = Routes()


class CheckAccessToken(StrictBody):
    """The body of POST /identities/:checkAccessToken."""

    token: str


class ValidToken(TypedDict):
    """A token that is valid now, and what it says."""

    valid: Literal[True]
    rawId: AcsUser
    scopes: list[str]
    expiresOn: Time


class InvalidToken(TypedDict):
    """A token that is not valid. NotOurs: this service did not sign it. Expired: its time is over.
    Revoked: the tokens of its user were revoked. UserDeleted: its user was deleted."""

    valid: Literal[False]
    reason: Fault


class PublishedKey(TypedDict):
    """A public RSA key, as a JSON Web Key."""

    kty: Literal["RSA"]
    use: Literal["sig"]
    alg: Literal["RS256"]
    kid: str
    n: str
    e: str


class PublishedKeys(TypedDict):
    """A JSON Web Key Set. It is empty before the first identity is made, and if ACS makes the
    tokens."""

    keys: list[PublishedKey]


@routes.extension("POST", "identities/:checkAccessToken")
async def check_access_token(request: Request) -> func.HttpResponse:
    """Answers whether a token of this service is valid now, also after revocations."""
    body = request.parse(CheckAccessToken)
    if request.app.acs is not None:
        raise TokensAreOfAcs
    checked = await request.app.identities.check(body.token)
    if isinstance(checked, str):
        invalid: InvalidToken = {"valid": False, "reason": checked}
        return json_answer(200, invalid)
    valid: ValidToken = {
        "valid": True,
        "rawId": checked.raw_id,
        "scopes": list(checked.scopes),
        "expiresOn": format_time(checked.expires_at),
    }
    return json_answer(200, valid)


@routes.public("GET", ".well-known/jwks.json")
async def get_token_keys(app: App, http: func.HttpRequest) -> func.HttpResponse:
    """Answers anybody with the public key that checks the tokens of this service."""
    if app.acs is not None:
        return json_answer(200, keys_body(None))
    try:
        async with asyncio.timeout(app.limits.health_seconds):
            key = await app.identities.key()
    except TimeoutError:
        return refused(http, StorageUnavailable(), "extension")
    except StorageUnavailable as error:
        return refused(http, error, "extension")
    # The key never changes. There is none before the first identity is made.
    return json_answer(200, keys_body(key), {"Cache-Control": "max-age=300"} if key else None)


def keys_body(key: "TokenKey | None") -> PublishedKeys:
    """Returns the set of the key, if there is one."""
    if key is None:
        return {"keys": []}
    published: PublishedKey = {
        "kty": "RSA",
        "use": "sig",
        "alg": "RS256",
        "kid": key.id,
        "n": key.modulus,
        "e": key.exponent,
    }
    return {"keys": [published]}
