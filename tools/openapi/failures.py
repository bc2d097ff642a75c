"""The errors of an operation, from the table in rooms/api/errors.py."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from openapi.operation import Error, Header, Kind, Operation
from openapi.schemas import REF, Schema
from rooms.acs.errors import AcsRefusesUs, AcsUnavailable, NoAnswerOfAcs
from rooms.api import error_answers
from rooms.api.acs.versions.table import API_VERSIONS
from rooms.api.errors import (
    ANSWERS,
    ANSWERS_OF,
    BAD_REQUEST,
    NOT_VALID,
    Answer,
    ApiVersionUnspecified,
    BodyTooLarge,
    ForwardedToItself,
    InvalidParameter,
    InvalidRoomId,
    LengthRequired,
    NoJoinPage,
    UnsupportedApiVersion,
    UnsupportedMediaType,
    ValidationFailed,
)
from rooms.api.routing import WITH_BODY
from rooms.auth.errors import Denied, TenantKeysUnavailable, TooManyRequests
from rooms.domain.errors import RoomNotFound
from rooms.media.errors import InvalidJoinLink
from rooms.storage.errors import (
    AccountsMissing,
    ClockWrong,
    ContentRefused,
    RoomMoves,
    StorageUnavailable,
    TableMissing,
)

SHAPES = (error_answers.Error, error_answers.ValidationError)

_ALWAYS = (
    Denied,
    BodyTooLarge,
    TooManyRequests,
    StorageUnavailable,
    TableMissing,
    AccountsMissing,
    TenantKeysUnavailable,
)
_VERSIONS = (ApiVersionUnspecified, UnsupportedApiVersion)
_OF_ACS = (AcsUnavailable, AcsRefusesUs, NoAnswerOfAcs)
_OF_FORWARDING = (*_OF_ACS, ForwardedToItself)
_OF_KIND: Mapping[Kind, tuple[Error, ...]] = {
    "acs": (*_ALWAYS, *_VERSIONS, *_OF_FORWARDING),
    "identity": (*_ALWAYS, *_VERSIONS, *_OF_FORWARDING),
    "extension": _ALWAYS,
    "link": (
        InvalidJoinLink,
        NoJoinPage,
        InvalidRoomId,
        BodyTooLarge,
        TooManyRequests,
        StorageUnavailable,
        TableMissing,
        AccountsMissing,
    ),
    "either": (*_ALWAYS, *_VERSIONS, *_OF_FORWARDING),
    "public": (),
}


def supported_versions(required: bool) -> Mapping[str, Header]:
    """Returns the header that names the api-versions."""
    what = "The api-versions that the service supports, as ACS named them for the version asked."
    texts = dict.fromkeys(
        text
        for version in API_VERSIONS.values()
        for text in (version.supported, version.supported_by_participants)
    )
    schema = {"type": "string", "enum": list(texts)}
    return {"api-supported-versions": Header(what, schema, required)}


IDENTITY_HEADERS: Mapping[str, Header] = {
    "api-supported-versions": Header(
        "The api-versions of the Identity API that this service, or ACS, supports.",
        {"type": "string"},
    ),
    "x-ms-client-request-id": Header(
        "The id of the request, if it has one.", {"type": "string"}, required=False
    ),
}
"""Headers of all answers of the Identity API."""


def failures(operation: Operation, method: str) -> dict[int, list[Error]]:
    """Returns the errors of an operation, by their status."""
    errors = [*_OF_KIND[operation.kind], *operation.errors]
    if RoomNotFound in errors and operation.kind in ("acs", "extension"):
        errors += _OF_ACS  # which is asked first, where its rooms are observed
    if operation.kind != "public" and method in WITH_BODY:
        errors += [LengthRequired, ContentRefused]
    if operation.kind != "public" and method != "GET":
        errors += [ClockWrong, RoomMoves]
    if operation.body is not None:
        errors.append(UnsupportedMediaType)
        with_target = operation.kind in ("extension", "identity", "link")
        errors.append(InvalidParameter if with_target else ValidationFailed)
    by_status: defaultdict[int, list[Error]] = defaultdict(list)
    for error in dict.fromkeys(errors):
        status = 400 if error is ValidationFailed else _answer(error, operation.kind).status
        by_status[status].append(error)
    return dict(sorted(by_status.items()))


def description_of(errors: Sequence[Error], kind: Kind) -> str:
    """Returns the codes and texts of errors, one on each line."""
    lines = list(dict.fromkeys(_line(error, kind) for error in errors))
    return lines[0] if len(errors) == 1 else "\n".join(f"* {line}" for line in lines)


def schema_of(errors: Sequence[Error], kind: Kind) -> Schema:
    """Returns the schema of an answer with one of the errors."""
    validation = {"$ref": REF.format(model=error_answers.ValidationError.__name__)}
    codes = _codes(errors, kind)
    if not codes:
        return validation
    code = {"error": {"properties": {"code": {"enum": codes}}}}
    refusal = {"$ref": REF.format(model=error_answers.Error.__name__), "properties": code}
    return {"anyOf": [refusal, validation]} if ValidationFailed in errors else refusal


def headers_of(errors: Sequence[Error], kind: Kind) -> Mapping[str, Header]:
    """Returns the headers of an answer with one of the errors.

    An error of family B has no code in a header.
    """
    always = ValidationFailed not in errors
    headers: dict[str, Header] = {}
    if codes := _codes(errors, kind):
        schema = {"type": "string", "enum": codes}
        headers["x-ms-error-code"] = Header("The code of the error.", schema, always)
    if kind in ("acs", "either"):
        headers |= supported_versions(required=always and kind == "acs")
    if kind == "identity":
        headers |= IDENTITY_HEADERS
    answers = [_answer(error, kind) for error in errors if error is not ValidationFailed]
    if any(answer.retry_after is not None for answer in answers):
        what = "Seconds to wait before a retry."
        headers["Retry-After"] = Header(what, {"type": "integer", "minimum": 1})
    return headers


def _answer(error: Error, kind: Kind) -> Answer:
    return ANSWERS_OF.get("extension" if kind == "link" else kind, ANSWERS)[error]


def _codes(errors: Sequence[Error], kind: Kind) -> list[str]:
    refusals = [error for error in errors if error is not ValidationFailed]
    return list(dict.fromkeys(_answer(error, kind).code for error in refusals))


def _line(error: Error, kind: Kind) -> str:
    if error is ValidationFailed:
        return f"`{BAD_REQUEST}`: {NOT_VALID}"
    answer = _answer(error, kind)
    message = answer.text(error()) if callable(answer.message) else answer.message
    return f"`{answer.code}`: {message or (error.__doc__ or '').partition('\n')[0]}"
