"""What a field of an event may be, and how it is told what is wrong with one.

No type is converted.
"""

from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PlainValidator,
    ValidationError,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

from rooms.domain.limits import LIMITS
from rooms.domain.time import SECOND, Ticks, parse_time

EARLIEST: Ticks = parse_time("2020-01-01T00:00:00Z")
"""ACS is not older. An earlier time comes from a broken clock."""

_MAX_INT64 = 2**63 - 1

_SENTENCES = {
    "missing": "missing",
    "model_type": "must be an object",
    "list_type": "must be a list",
    "string_type": "must be text",
    "string_too_short": "missing",
    "string_too_long": f"must be text of at most {LIMITS.event_id} characters",
}


def fault_of(error: ValidationError) -> str:
    """Returns the first fault, like `data.user.rawId: must be text`."""
    first = error.errors(include_url=False, include_input=False)[0]
    return f"{'.'.join(map(str, first['loc']))}: {_SENTENCES.get(first['type'], first['msg'])}"


def fault(sentence: str) -> PydanticCustomError:
    """Returns what a validator raises."""
    return PydanticCustomError("fault", "{sentence}", {"sentence": sentence})


def _time(value: Any, info: ValidationInfo[Ticks]) -> Ticks:
    try:
        at = parse_time(value)
    except (TypeError, ValueError):
        raise fault(
            "must be a time of RFC 3339 with an offset and at most 9 fraction digits"
        ) from None
    if at < EARLIEST:
        raise fault("earlier than 2020")
    if at > info.context + LIMITS.event_ahead:
        raise fault("more than 24 hours ahead of this service's clock")
    return at


type EventTime = Annotated[Ticks, PlainValidator(_time)]
type RequiredId = Annotated[str, Field(min_length=1, max_length=LIMITS.event_id)]
type Id = Annotated[
    Annotated[str, Field(max_length=LIMITS.event_id)] | None,
    AfterValidator(lambda text: text or None),
]


def or_nothing(value: Any, check: ValidatorFunctionWrapHandler) -> Any:
    """Returns None for a text for people that is not valid. A join or leave must not be lost with
    it."""
    try:
        return check(value)
    except ValidationError:
        return None


type Name = Annotated[
    str | None,
    AfterValidator(lambda text: (text or "")[: LIMITS.event_text] or None),
    WrapValidator(or_nothing),
]
type Code = Annotated[
    int | None, Field(ge=-_MAX_INT64 - 1, le=_MAX_INT64), WrapValidator(or_nothing)
]


def _length(value: Any) -> Ticks | None:
    """Returns a length given in seconds, or None if it is none that a call can have."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    return round(value * SECOND) or None if 0 < value <= LIMITS.call_length // SECOND else None


type Length = Annotated[Ticks | None, PlainValidator(_length)]


class Part(BaseModel):
    """A part of an event."""

    # An event of one kind needs few of them.
    model_config = ConfigDict(strict=True, alias_generator=to_camel, defer_build=True)
