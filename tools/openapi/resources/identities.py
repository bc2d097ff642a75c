"""Identities: the operations of ACS on users and their tokens, and the check of a token."""

from typing import Annotated

from pydantic import WithJsonSchema

from openapi.examples import PRESENTER
from openapi.failures import IDENTITY_HEADERS
from openapi.operation import Answer, Header, Operation, Parameter
from openapi.parameters import AnyText
from rooms.api.acs import identities
from rooms.api.acs.identity_versions import (
    IDENTITY_VERSIONS,
    CreateIdentity,
    IssueAccessToken,
)
from rooms.api.body import AcsUser
from rooms.api.error_answers import Error
from rooms.api.errors import (
    ANSWERS,
    InvalidParameter,
    TeamsUsersNeedAcs,
    TokensAreOfAcs,
)
from rooms.api.extension import tokens
from rooms.domain.errors import UserNotFound
from rooms.storage.errors import StorageUnavailable

type IdentityVersion = Annotated[
    str, WithJsonSchema({"type": "string", "enum": list(IDENTITY_VERSIONS)})
]

_VERSION = Parameter(
    "api-version",
    "query",
    IdentityVersion,
    "The version of the Identity API. A missing or unknown version gets 400. If ACS makes the "
    "identities, it decides.",
    required=True,
    example="2023-10-01",
)
_REQUEST_ID = Parameter(
    "x-ms-client-request-id",
    "header",
    AnyText,
    "The id of the request. The answer has it, too, if it is of printable ASCII.",
)
_ID = Parameter("id", "path", AcsUser, "The raw id of the user.", required=True, example=PRESENTER)

_TOKEN = {"token": "eyJ0eXAi...", "expiresOn": "2026-05-05T10:00:00.2470462+00:00"}
_OF_USER = (InvalidParameter, UserNotFound)

IDENTITIES = {
    "create_identity": Operation(
        kind="identity",
        summary="Make a user",
        description=(
            "With scopes, the answer has a token, too. It lives 24 hours, or `expiresInMinutes`, "
            "which counts from api-version 2022-10-01 on. The service ignores other fields."
        ),
        parameters=(_VERSION, _REQUEST_ID),
        body=CreateIdentity,
        body_required=False,
        examples={
            "a user": {},
            "a user with a token": {"createTokenWithScopes": ["voip"], "expiresInMinutes": 60},
        },
        answers=(
            Answer(
                201,
                "The user.",
                identities.CreatedIdentity,
                IDENTITY_HEADERS,
                example={"identity": {"id": PRESENTER}, "accessToken": _TOKEN},
            ),
        ),
    ),
    "issue_access_token": Operation(
        kind="identity",
        summary="Make a token of a user",
        description=(
            "Earlier tokens stay valid. The token lives 24 hours, or `expiresInMinutes`, which "
            "counts from api-version 2022-10-01 on."
        ),
        parameters=(_ID, _VERSION, _REQUEST_ID),
        body=IssueAccessToken,
        examples={"a token for calls": {"scopes": ["voip"]}},
        answers=(
            Answer(200, "The token.", identities.AccessToken, IDENTITY_HEADERS, example=_TOKEN),
        ),
        errors=_OF_USER,
    ),
    "revoke_access_tokens": Operation(
        kind="identity",
        summary="Revoke all tokens of a user",
        description="The user stays, and may get new tokens.",
        parameters=(_ID, _VERSION, _REQUEST_ID),
        answers=(Answer(204, "The tokens are revoked.", headers=IDENTITY_HEADERS),),
        errors=_OF_USER,
    ),
    "delete_identity": Operation(
        kind="identity",
        summary="Delete a user",
        description=(
            "Their tokens are not valid any more. Rosters and logs keep the raw id. Deleting a "
            "user of this service again succeeds."
        ),
        parameters=(_ID, _VERSION, _REQUEST_ID),
        answers=(Answer(204, "The user is deleted.", headers=IDENTITY_HEADERS),),
        errors=_OF_USER,
    ),
    "exchange_teams_token": Operation(
        kind="identity",
        summary="Exchange the token of a Teams user",
        description="Only ACS can do it. Without a resource of ACS the answer is 501.",
        parameters=(_VERSION, _REQUEST_ID),
        body=identities.ExchangeTeamsToken,
        examples={
            "a token of Entra ID": {
                "token": "eyJ0eXAi...",
                "appId": "7c1d9a52-3b1e-4f0a-9d55-2a8e6b4c7f02",
                "userId": "0f4a2b6e-6f43-4a3b-8f0f-5f6a3c9d2e01",
            }
        },
        answers=(Answer(200, "The token, from ACS.", identities.AccessToken, IDENTITY_HEADERS),),
        errors=(TeamsUsersNeedAcs,),
    ),
}

TOKENS = {
    "check_access_token": Operation(
        kind="extension",
        summary="Check a token that this service made",
        description=(
            "Says whether the token is valid now. Knows of revocations and deletions, which the "
            "signature alone does not. It needs a key that may do everything, as it is a POST."
        ),
        body=tokens.CheckAccessToken,
        examples={"a token": {"token": "eyJ0eXAi..."}},
        answers=(
            Answer(
                200,
                "What a valid token says, or why it is not valid.",
                tokens.ValidToken | tokens.InvalidToken,
                example={
                    "valid": True,
                    "rawId": PRESENTER,
                    "scopes": ["voip"],
                    "expiresOn": "2026-05-05T10:00:00+00:00",
                },
            ),
        ),
        errors=(TokensAreOfAcs,),
    ),
    "get_token_keys": Operation(
        kind="public",
        summary="Get the key that checks tokens of this service",
        description="A JSON Web Key Set. Needs no key of yours, because it is public.",
        answers=(
            Answer(200, "The key, if there is one.", tokens.PublishedKeys),
            Answer(
                503,
                str(ANSWERS[StorageUnavailable].message),
                Error,
                {"Retry-After": Header("Seconds to wait.", {"type": "integer", "minimum": 1})},
            ),
        ),
    ),
}
