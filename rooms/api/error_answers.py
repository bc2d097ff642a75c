"""The bodies of errors."""

from collections.abc import Iterable
from typing import Literal, NotRequired, TypedDict

from rooms.api.errors import BAD_REQUEST, NOT_VALID, Detail


class ErrorContent(TypedDict):
    """The code and message of an error. On extension routes and Identity routes, `target`
    names the parameter or field at fault."""

    code: str
    message: str
    target: NotRequired[str]


class Error(TypedDict):
    """An error. The header x-ms-error-code repeats its code."""

    error: ErrorContent


class FaultOfField(TypedDict):
    """A field at fault. `target` is its path."""

    code: Literal["BadArgument"]
    message: str
    target: str


class ValidationErrorContent(TypedDict):
    """The faults of a request."""

    code: Literal["BadRequest"]
    message: str
    details: list[FaultOfField]


class ValidationError(TypedDict):
    """The error for an invalid request on an ACS route. It has no header x-ms-error-code."""

    error: ValidationErrorContent


def error_body(code: str, message: str, target: str | None = None) -> Error:
    """Returns the body of an error of family A."""
    content: ErrorContent = {"code": code, "message": message}
    if target is not None:
        content["target"] = target
    return {"error": content}


def validation_body(details: Iterable[Detail]) -> ValidationError:
    """Returns the body of an error of family B."""
    faults: list[FaultOfField] = [
        {"code": "BadArgument", "message": detail.message, "target": detail.target}
        for detail in details
    ]
    return {"error": {"code": BAD_REQUEST, "message": NOT_VALID, "details": faults}}


def member_of(path: str) -> str:
    """Returns the target of a fault as ACS Identity writes it: `$.scopes.0` is Scopes[0]."""
    first, *rest = path.removeprefix("$").removeprefix(".").split(".")
    steps = (f"[{step}]" if step.isdecimal() else f".{step}" for step in rest)
    return first[:1].upper() + first[1:] + "".join(steps)
