"""What a calling event may hold, in either of Event Grid's schemas and in either shape of the data:
that of the documentation's samples (azure-docs,
articles/event-grid/communication-services-voice-video-events.md) and that of the SDKs' models
(AcsCallStartedEventData and so on).

Fields that are not used may have any type. Fields for people to read (names, roles, clients, who
started or ended the call, and why) are ignored if they have a wrong type. No type is converted.
"""

from dataclasses import replace
from typing import Annotated, Any, Self

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
    model_validator,
)
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

from rooms.domain.events import CallEvent, EndReason, EventKind, is_call_room_id
from rooms.domain.limits import LIMITS
from rooms.domain.time import Ticks, parse_time

EARLIEST: Ticks = parse_time("2020-01-01T00:00:00Z")
"""ACS is not older. An earlier time comes from a broken clock."""

_MAX_INT64 = 2**63 - 1


_SENTENCES = {
    "missing": "missing",
    "model_type": "must be an object",
    "string_type": "must be text",
    "string_too_short": "missing",
    "string_too_long": f"must be text of at most {LIMITS.event_id} characters",
}


def fault_of(error: ValidationError) -> str:
    """Returns the first fault, like `data.user.rawId: must be text`."""
    first = error.errors(include_url=False, include_input=False)[0]
    return f"{'.'.join(map(str, first['loc']))}: {_SENTENCES.get(first['type'], first['msg'])}"


def _fault(sentence: str) -> PydanticCustomError:
    return PydanticCustomError("fault", "{sentence}", {"sentence": sentence})


def _time(value: Any, info: ValidationInfo[Ticks]) -> Ticks:
    try:
        at = parse_time(value)
    except (TypeError, ValueError):
        raise _fault(
            "must be a time of RFC 3339 with an offset and at most 9 fraction digits"
        ) from None
    if at < EARLIEST:
        raise _fault("earlier than 2020")
    if at > info.context + LIMITS.event_ahead:
        raise _fault("more than 24 hours ahead of this service's clock")
    return at


def _call_room_id(text: str | None) -> str | None:
    if text and not is_call_room_id(text):
        raise _fault(f"must be a room's id: 1 to {LIMITS.event_room_id} of A-Z, a-z, 0-9, - and _")
    return text or None


type _Time = Annotated[Ticks, PlainValidator(_time)]
type _RequiredId = Annotated[str, Field(min_length=1, max_length=LIMITS.event_id)]
type _Id = Annotated[
    Annotated[str, Field(max_length=LIMITS.event_id)] | None,
    AfterValidator(lambda text: text or None),
]


def _or_nothing(value: Any, check: ValidatorFunctionWrapHandler) -> Any:
    """Returns None for a text for people that is not valid. A join or leave must not be lost with
    it."""
    try:
        return check(value)
    except ValidationError:
        return None


type _Name = Annotated[
    str | None,
    AfterValidator(lambda text: (text or "")[: LIMITS.event_text] or None),
    WrapValidator(_or_nothing),
]
type _Code = Annotated[
    int | None, Field(ge=-_MAX_INT64 - 1, le=_MAX_INT64), WrapValidator(_or_nothing)
]


class _Part(BaseModel):
    # An event of one kind needs few of them.
    model_config = ConfigDict(strict=True, alias_generator=to_camel, defer_build=True)


class _Room(_Part):
    id: Annotated[str | None, AfterValidator(_call_room_id)] = None


class _Place(_Part):
    room: _Room | None = None
    is_rooms_call: Any = None


class PlacedEvent(_Part):
    data: _Place


class _CommunicationUser(_Part):
    id: _Id = None


class _Identifier(_Part):
    raw_id: _Id = None
    communication_user: _CommunicationUser | None = None


class _Person(_Identifier):
    """An identifier in the documentation's shape; in the SDKs' it is one step further in."""

    communication_identifier: _Identifier | None = None


class _Participant(_Person):
    role: _Name = None


def _raw_id(person: _Person | None) -> str | None:
    """Returns a raw id. The id of a communication user is one, too."""
    outer = person or _Person()
    inner = outer.communication_identifier or _Identifier()
    users = (outer.communication_user, inner.communication_user)
    return (
        outer.raw_id or inner.raw_id or next((user.id for user in users if user and user.id), None)
    )


class _Reason(_Part):
    code: _Code = None
    sub_code: _Code = None
    phrase: _Name = None


class _Call(_Part):
    correlation_id: _RequiredId
    started_by: Annotated[_Person | None, WrapValidator(_or_nothing)] = None

    def call_event(self, kind: EventKind, event_id: str, at: Ticks) -> CallEvent:
        return CallEvent(
            kind, event_id, self.correlation_id, at, started_by=_raw_id(self.started_by)
        )


class _EndedCall(_Call):
    ended_by: Annotated[_Person | None, WrapValidator(_or_nothing)] = None
    reason: Annotated[_Reason | None, WrapValidator(_or_nothing)] = None

    def call_event(self, kind: EventKind, event_id: str, at: Ticks) -> CallEvent:
        reason = self.reason
        return replace(
            super().call_event(kind, event_id, at),
            ended_by=_raw_id(self.ended_by),
            end_reason=EndReason(reason.code, reason.sub_code, reason.phrase) if reason else None,
        )


class _Participation(_Call):
    participant_id: _Id = None
    user: _Participant | None = None
    display_name: _Name = None
    endpoint_type: _Name = None
    user_agent: _Name = None

    @model_validator(mode="after")
    def _of_somebody(self) -> Self:
        if self.participant_id is None and _raw_id(self.user) is None:
            raise _fault("must have participantId or user.rawId")
        return self

    def call_event(self, kind: EventKind, event_id: str, at: Ticks) -> CallEvent:
        return replace(
            super().call_event(kind, event_id, at),
            participant_id=self.participant_id,
            raw_id=_raw_id(self.user),
            display_name=self.display_name,
            role=self.user.role if self.user else None,
            endpoint_type=self.endpoint_type or self.user_agent,
        )


class _EventGridEvent[Data: _Call](_Part):
    id: _Id = None
    at: _Time = Field(alias="eventTime")
    data: Data


class _CloudEvent[Data: _Call](_EventGridEvent[Data]):
    at: _Time = Field(alias="time")


MODELS: dict[str, tuple[EventKind, type[_EventGridEvent[Any]], type[_CloudEvent[Any]]]] = {
    "CallStarted": ("CallStarted", _EventGridEvent[_Call], _CloudEvent[_Call]),
    "CallParticipantAdded": (
        "ParticipantAdded",
        _EventGridEvent[_Participation],
        _CloudEvent[_Participation],
    ),
    "CallParticipantRemoved": (
        "ParticipantRemoved",
        _EventGridEvent[_Participation],
        _CloudEvent[_Participation],
    ),
    "CallEnded": ("CallEnded", _EventGridEvent[_EndedCall], _CloudEvent[_EndedCall]),
}
"""By the type's name after the prefix."""
