"""Parses the bodies of requests."""

import re
from collections.abc import Callable
from typing import Annotated, Any

from pydantic import (
    BaseModel,
    ConfigDict,
    PlainValidator,
    StringConstraints,
    ValidationError,
    WithJsonSchema,
)
from pydantic.alias_generators import to_camel
from pydantic_core import ErrorDetails, PydanticCustomError

from rooms.api.errors import Detail, ValidationFailed
from rooms.domain.limits import LIMITS
from rooms.domain.roster import ACS_USER, ROLES
from rooms.domain.time import RFC3339, Ticks, parse_time
from rooms.media.carrier import DEVICE

_UNKNOWN_ROLE = f"Invalid participant role. The valid roles are: {', '.join(ROLES)}."

TIME_EXPECTED = (
    "Must be a time of RFC 3339, like 2026-05-04T10:00:00Z, with at most 9 fraction digits."
)


def _unknown_word(error: ErrorDetails) -> str:
    if error["loc"][-1] == "role":
        return _UNKNOWN_ROLE
    words = re.findall("'([^']*)'", error["ctx"]["expected"])
    return f"Must be one of: {', '.join(words)}."


_SENTENCES: dict[str, Callable[[ErrorDetails], str]] = {
    "json_invalid": lambda error: f"The body is not valid JSON: {error['ctx']['error']}.",
    "model_type": lambda _: "Must be an object.",
    "dict_type": lambda _: "Must be an object.",
    "list_type": lambda _: "Must be an array.",
    "int_type": lambda _: "Must be a whole number.",
    "int_parsing_size": lambda _: "Must be a whole number.",
    "bool_type": lambda _: "Must be true or false.",
    "missing": lambda _: "This field is required.",
    "extra_forbidden": lambda _: "Unknown field.",
    "string_type": lambda _: "Must be text.",
    "string_too_short": lambda _: f"Must be text of 1 to {LIMITS.text} characters.",
    "string_too_long": lambda _: f"Must be text of 1 to {LIMITS.text} characters.",
    "string_pattern_mismatch": lambda error: f"Must be text like {error['ctx']['pattern']}.",
    "literal_error": _unknown_word,
    "time": lambda _: TIME_EXPECTED,
}


_FAULTS_OF_LENGTH = ("string_too_short", "string_too_long")


def _time(value: Any) -> Ticks | None:
    if value is None:
        return None
    try:
        return parse_time(value)
    except (ValueError, TypeError):
        raise PydanticCustomError("time", "no time") from None


type GivenTime = Annotated[
    str,
    WithJsonSchema(
        {
            "type": "string",
            "format": "date-time",
            "pattern": f"^{RFC3339.pattern}$",
            "description": TIME_EXPECTED,
        }
    ),
]
"""A time in a request."""

type AcsUser = Annotated[
    str,
    WithJsonSchema(
        {
            "type": "string",
            "pattern": f"^{ACS_USER.pattern}$",
            "description": "The raw id of an ACS user.",
        }
    ),
]

type OptionalTime = Annotated[
    Ticks | None, PlainValidator(_time, json_schema_input_type=GivenTime | None)
]


def _given_time(value: Any) -> Ticks:
    at = _time(value)
    if at is None:
        raise PydanticCustomError("time", "no time")
    return at


type RequiredTime = Annotated[Ticks, PlainValidator(_given_time, json_schema_input_type=GivenTime)]


class Body(BaseModel):
    """Base of all bodies. Ignores unknown fields and converts no types, as ACS does."""

    # Deferred until the first such body comes: most instances start for a GET.
    model_config = ConfigDict(strict=True, alias_generator=to_camel, defer_build=True)


_SHOWN_PATH = 300
"""Characters of the path of a field at fault that an error shows."""

type Device = Annotated[str, StringConstraints(pattern=f"^{DEVICE.pattern}$")]
"""What tells apart the devices of a person: a name of their own choice."""

type Text = Annotated[str, StringConstraints(min_length=1, max_length=LIMITS.text)]


class StrictBody(Body):
    """Base of the bodies of extension routes. Refuses unknown fields, so that typos show."""

    model_config = ConfigDict(extra="forbid")


def parse_body[B: Body](model: type[B], body: bytes) -> B:
    """Returns the body of a request.

    Raises:
        ValidationFailed: with the first fault only, as ACS does.
    """
    if not body:
        raise ValidationFailed(Detail("A non-empty request body is required.", ""))
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
    steps, sentence = first["loc"], _SENTENCES[first["type"]](first)
    if steps[-1:] == ("[key]",) and first["type"] in _FAULTS_OF_LENGTH:
        # The path of a key contains the key, which may have any length.
        steps = steps[:-2]
        sentence = f"Names in this object must have 1 to {LIMITS.text} characters."
    path = "".join(f".{step}" for step in steps)[:_SHOWN_PATH]
    raise ValidationFailed(Detail(sentence, f"${path}"))
