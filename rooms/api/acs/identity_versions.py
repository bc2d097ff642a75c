"""The api-versions of the Identity API, and the bodies that they read. All that differs between
them is here: whether a request can say how long a token lives."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

from pydantic import ConfigDict, Field
from pydantic.json_schema import WithJsonSchema

from rooms.api.body import Body
from rooms.api.errors import ApiVersionUnspecified, UnsupportedApiVersion
from rooms.domain.identity import MAX_MINUTES, MIN_MINUTES, SCOPES

_SCOPES = {"type": "array", "items": {"type": "string", "enum": list(SCOPES)}}

# What is required, and which scopes there are, is checked behind the shape of the body, with
# texts of ACS's.
type GivenScopes = Annotated[
    list[str] | None, WithJsonSchema({"anyOf": [_SCOPES, {"type": "null"}]})
]
type RequiredScopes = Annotated[list[str] | None, WithJsonSchema({**_SCOPES, "minItems": 1})]
type GivenMinutes = Annotated[
    int | None, Field(json_schema_extra={"minimum": MIN_MINUTES, "maximum": MAX_MINUTES})
]


class TokenRequest(Body):
    """What all requests for tokens have."""

    @property
    def minutes(self) -> int | None:
        """How long the token is to live, if the request says it."""
        return None


class CreateIdentityOf2021(TokenRequest):
    """The body of POST /identities."""

    create_token_with_scopes: GivenScopes = None


class IssueAccessTokenOf2021(TokenRequest):
    """The body of POST /identities/{id}/:issueAccessToken."""

    model_config = ConfigDict(json_schema_extra={"required": ["scopes"]})

    scopes: RequiredScopes = None


class CreateIdentity(CreateIdentityOf2021):
    """The body of POST /identities. With scopes, a token is made, too."""

    expires_in_minutes: GivenMinutes = None

    @property
    def minutes(self) -> int | None:
        return self.expires_in_minutes


class IssueAccessToken(IssueAccessTokenOf2021):
    """The body of POST /identities/{id}/:issueAccessToken."""

    expires_in_minutes: GivenMinutes = None

    @property
    def minutes(self) -> int | None:
        return self.expires_in_minutes


@dataclass(frozen=True, slots=True)
class IdentityVersion:
    """An api-version of Identity."""

    create: type[CreateIdentityOf2021]
    issue: type[IssueAccessTokenOf2021]


_OF_2021 = IdentityVersion(CreateIdentityOf2021, IssueAccessTokenOf2021)
_NEWEST = IdentityVersion(CreateIdentity, IssueAccessToken)

_OLDER: Sequence[str] = (
    "2021-03-07",
    "2021-03-31-preview1",
    "2021-10-31-preview",
    "2021-11-01",
    "2022-06-01",
)
_NEWER: Sequence[str] = (
    "2022-10-01",
    "2023-08-01",
    "2023-10-01",
    "2025-03-02-preview",
    "2025-04-01-preview",
    "2025-06-30",
)

IDENTITY_VERSIONS: Mapping[str, IdentityVersion] = {
    **dict.fromkeys(_OLDER, _OF_2021),
    **dict.fromkeys(_NEWER, _NEWEST),
}
"""The api-versions, the oldest first."""

SUPPORTED_IDENTITY_VERSIONS = ", ".join(IDENTITY_VERSIONS)
"""The header api-supported-versions."""


def check_identity_version(name: str | None, uri: str) -> IdentityVersion:
    """Returns the api-version with that name.

    Raises:
        ApiVersionUnspecified: there is none.
        UnsupportedApiVersion: the service does not support it.
    """
    if not name:
        raise ApiVersionUnspecified
    if name not in IDENTITY_VERSIONS:
        raise UnsupportedApiVersion(uri, name)
    return IDENTITY_VERSIONS[name]
