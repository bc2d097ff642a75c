"""The errors with which an operation may end, as answers of the document: by the classes in
rooms/errors.py."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from openapi.operation import Header, Kind, Operation
from openapi.schemas import REF, Schema
from rooms.api import shapes
from rooms.api.acs.versions import SUPPORTED_VERSIONS
from rooms.errors import (
    ApiVersionUnspecified,
    BodyTooLarge,
    Denied,
    InvalidParameter,
    LengthRequired,
    Refusal,
    RoomsError,
    StorageUnavailable,
    TenantKeysUnavailable,
    Unavailable,
    UnsupportedApiVersion,
    UnsupportedMediaType,
    ValidationFailed,
)

SHAPES = (shapes.Error, shapes.ValidationError)

_ALWAYS = (Denied, BodyTooLarge, StorageUnavailable, TenantKeysUnavailable)
_VERSIONS = (ApiVersionUnspecified, UnsupportedApiVersion)
_OF_KIND: Mapping[Kind, tuple[type[RoomsError], ...]] = {
    "acs": (*_ALWAYS, *_VERSIONS),
    "ours": _ALWAYS,
    "either": (*_ALWAYS, *_VERSIONS),
    "open": (),
}


def supported_versions(required: bool) -> Mapping[str, Header]:
    """The header that tells the api-versions."""
    what = "The api-versions that this service speaks."
    return {
        "api-supported-versions": Header(
            what, {"type": "string", "const": SUPPORTED_VERSIONS}, required
        )
    }


def failures(operation: Operation, method: str) -> dict[int, list[type[RoomsError]]]:
    """The errors of an operation, by their status."""
    errors = [*_OF_KIND[operation.kind], *operation.errors]
    if operation.kind != "open" and method in ("POST", "PATCH"):
        errors.append(LengthRequired)
    if operation.body is not None:
        errors += [
            UnsupportedMediaType,
            InvalidParameter if operation.kind == "ours" else ValidationFailed,
        ]
    by_status: defaultdict[int, list[type[RoomsError]]] = defaultdict(list)
    for error in dict.fromkeys(errors):
        by_status[error.status].append(error)
    return dict(sorted(by_status.items()))


def description_of(errors: list[type[RoomsError]]) -> str:
    """What they say, a line each."""
    lines = []
    for error in errors:
        code, text = (
            getattr(error, "code", ""),
            getattr(error, "message", "") or (error.__doc__ or "").partition("\n")[0],
        )
        lines.append(f"`{code}`: {text}")
    return lines[0] if len(lines) == 1 else "\n".join(f"* {line}" for line in dict.fromkeys(lines))


def schema_of(errors: list[type[RoomsError]]) -> Schema:
    """The body of an answer that is one of them."""
    refusals = [error for error in errors if issubclass(error, Refusal)]
    validation = {"$ref": REF.format(model=shapes.ValidationError.__name__)}
    if not refusals:
        return validation
    codes = {
        "error": {
            "properties": {"code": {"enum": list(dict.fromkeys(error.code for error in refusals))}}
        }
    }
    refusal = {"$ref": REF.format(model=shapes.Error.__name__), "properties": codes}
    return refusal if len(refusals) == len(errors) else {"anyOf": [refusal, validation]}


def headers_of(errors: list[type[RoomsError]], kind: Kind) -> Mapping[str, Header]:
    """The headers of an answer that is one of them: a ValidationFailed of ACS has none."""
    all_are_refusals = all(issubclass(error, Refusal) for error in errors)
    codes: list[Any] = list(
        dict.fromkeys(error.code for error in errors if issubclass(error, Refusal))
    )
    headers: dict[str, Header] = {}
    if codes:
        headers["x-ms-error-code"] = Header(
            "The code of the error.", {"type": "string", "enum": codes}, all_are_refusals
        )
    if kind in ("acs", "either"):
        headers |= supported_versions(required=all_are_refusals and kind == "acs")
    if any(issubclass(error, Unavailable) for error in errors):
        what = "Seconds after which the same request may be sent again."
        headers["Retry-After"] = Header(what, {"type": "integer", "const": Unavailable.retry_after})
    return headers
