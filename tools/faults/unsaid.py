"""What the OpenAPI document cannot say: for this only may a request that is valid by it be refused,
or another be accepted."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from jsonschema_rs import Draft202012Validator
from schemathesis import Case, Response
from schemathesis.core import NotSet
from schemathesis.core.parameters import ParameterLocation

from rooms.api.acs.identity_versions import IDENTITY_VERSIONS
from rooms.api.acs.versions.table import API_VERSIONS
from rooms.api.body import TIME_EXPECTED, Body
from rooms.api.errors import ANSWERS, InvalidIdentifier
from rooms.domain.errors import PolicyChangeTooLate
from rooms.domain.roster import first_unsupported

_UNSAID = {
    "$",  # exactly one of two fields, of which either may be null
    "",
    "ValidFrom",
    "ValidUntil",
    "$.scheduledStart",
    "$.createdAt",  # not in the future
    "$.expiresAt",
    "$.carrier",  # which ones can be depends on the mode of the service
    "$.rawId",
    "$.scheduledEnd",
    "Repeatability-Request-ID",
    "Repeatability-First-Sent",
    "nextLink",
    "since",
    "from",
    "until",
    "at",
    "externalId",
}
"""Targets of such refusals."""

_CREATE, _UPDATE = "POST /rooms", "PATCH /rooms/{roomId}"

_BODIES: Mapping[str, Mapping[str, type[Body]]] = {
    _CREATE: {name: version.create for name, version in API_VERSIONS.items()},
    _UPDATE: {name: version.update for name, version in API_VERSIONS.items()},
    "POST /identities": {name: version.create for name, version in IDENTITY_VERSIONS.items()},
    "POST /identities/{id}/:issueAccessToken": {
        name: version.issue for name, version in IDENTITY_VERSIONS.items()
    },
}
"""Operations whose body differs between api-versions. In the document it is any of these, or the
newest."""


def has_ignored(case: Case[Any]) -> bool:
    """Whether something is there that is ignored, whatever it is: so the request may be accepted.

    That is: a parameter without a value, which the host drops; a field that this api-version does
    not know; when a request was first sent, if it is not to be repeatable.
    """
    query: dict[str, Any] = dict(case.query or {})
    headers: dict[str, Any] = dict(case.headers or {})
    return (
        any(value in ("", None, [], {}) for value in query.values())
        or (
            case.meta is not None
            and case.meta.is_negative_at(ParameterLocation.BODY)
            and _fits_version(case) is True
        )
        or ("Repeatability-First-Sent" in headers and not headers.get("Repeatability-Request-ID"))
    )


def accepted_though_invalid(case: Case[Any], response: Response) -> bool:
    """Whether a body was accepted that is not valid in its api-version, if it is in another."""
    return response.status_code < 300 and _fits_version(case) is False


def refused_though_valid(case: Case[Any], response: Response) -> str | None:
    """What is wrong with a request that is valid by the document, other than what a document cannot
    say.

    That is: bodies of another api-version, times that are not in order or not in the range that the
    present allows, fields and headers that go together, tokens of another list, whole numbers with
    a decimal point, and that ACS's list needs an api-version, while ours does not.
    """
    if (
        case.meta is None
        or not case.meta.generation.mode.is_positive
        or response.status_code not in (400, 411, 415)
        or _fits_version(case) is False
    ):
        return None
    error = response.json()["error"]
    faults = error.get("details", [error])
    if case.operation.label == "GET /rooms" and error["code"] == "ApiVersionUnspecified":
        return None
    wrong = [fault for fault in faults if not _is_unsaid(case, fault)]
    return str(wrong) if wrong else None


def _is_unsaid(case: Case[Any], fault: dict[str, Any]) -> bool:
    body: Any = case.body
    message, target = fault["message"], fault.get("target")
    if message == ANSWERS[InvalidIdentifier].message:
        return first_unsupported(_listed(body)) is not None
    if message == ANSWERS[PolicyChangeTooLate].message:
        return case.operation.label == _UPDATE and bool(body.get("roomJoinPolicy"))
    if target == "ExpiresInMinutes":  # 60.0 is an integer in a document
        return isinstance(body.get("expiresInMinutes"), float)
    return target in _UNSAID and message != TIME_EXPECTED


def _listed(body: Any) -> Iterator[str]:
    """The people of a body of api-version 2022-02-01: a raw id, or else the id of a user."""
    people = body.get("participants")
    for participant in people if isinstance(people, list) else ():
        identifier = participant["communicationIdentifier"]
        user = identifier.get("communicationUser") or {}
        yield identifier.get("rawId") or user.get("id", "")


def _fits_version(case: Case[Any]) -> bool | None:
    """Whether the body is valid in the api-version of the request, if these differ."""
    model = _BODIES.get(case.operation.label, {}).get((case.query or {}).get("api-version", ""))
    body: Any = case.body
    if model is None or isinstance(body, NotSet):
        return None
    return isinstance(body, dict) and _schema(model).is_valid(body)


@cache
def _schema(model: type[Body]) -> Draft202012Validator:
    return Draft202012Validator(model.model_json_schema())
