"""What a calling event may hold, in either of Event Grid's schemas and in either shape of the data:
that of the documentation's samples (azure-docs,
articles/event-grid/communication-services-voice-video-events.md) and that of the SDKs' models
(AcsCallStartedEventData and so on). ParticipantsUpdated is an event of Call Automation.

Fields that are not used may have any type. Fields that only adorn an event (names, roles, clients,
who started or ended the call, why, and how long it was) are ignored if they have a wrong type. No
type is converted.
"""

import re
from dataclasses import replace
from typing import Annotated, Any, Self

from pydantic import AfterValidator, Field, WrapValidator, model_validator

from rooms.domain.events import (
    PHONE_PREFIX,
    CallEvent,
    EndReason,
    EventKind,
    is_call_room_id,
)
from rooms.domain.limits import LIMITS
from rooms.domain.time import Ticks
from rooms.intake.fields import (
    Code,
    EventTime,
    Id,
    Length,
    Name,
    Part,
    RequiredId,
    fault,
    or_nothing,
)
from rooms.intake.identifiers import Identifier, Person, raw_id_of

PARTICIPANT = "participant"
"""The type of an `endedBy` who was in the call, in lower case."""


def _call_room_id(text: str | None) -> str | None:
    if text and not is_call_room_id(text):
        raise fault(f"must be a room's id: 1 to {LIMITS.event_room_id} of A-Z, a-z, 0-9, - and _")
    return text or None


class _Room(Part):
    id: Annotated[str | None, AfterValidator(_call_room_id)] = None


class _Place(Part):
    room: _Room | None = None
    is_rooms_call: Any = None
    correlation_id: Any = None


class PlacedEvent(Part):
    data: _Place


class _Participant(Person):
    role: Name = None


class _Reason(Part):
    code: Code = None
    sub_code: Code = None
    phrase: Name = None


class _Call(Part):
    correlation_id: RequiredId
    started_by: Annotated[Person | None, WrapValidator(or_nothing)] = None

    def call_event(self, kind: EventKind, event_id: str, at: Ticks) -> CallEvent:
        return CallEvent(
            kind, event_id, self.correlation_id, at, started_by=raw_id_of(self.started_by)
        )


class _Ender(Person):
    type: Name = None


class _EndedCall(_Call):
    ended_by: Annotated[_Ender | None, WrapValidator(or_nothing)] = None
    reason: Annotated[_Reason | None, WrapValidator(or_nothing)] = None
    duration_of_call: Length = None
    call_duration_in_seconds: Length = None

    def call_event(self, kind: EventKind, event_id: str, at: Ticks) -> CallEvent:
        reason = self.reason
        ender_type = self.ended_by and self.ended_by.type
        return replace(
            super().call_event(kind, event_id, at),
            ended_by=raw_id_of(self.ended_by),
            ended_by_participant=(ender_type or "").lower() == PARTICIPANT,
            duration=self.duration_of_call or self.call_duration_in_seconds,
            end_reason=EndReason(reason.code, reason.sub_code, reason.phrase) if reason else None,
        )


class _Participation(_Call):
    participant_id: Id = None
    user: _Participant | None = None
    display_name: Name = None
    endpoint_type: Name = None
    user_agent: Name = None

    @model_validator(mode="after")
    def _of_somebody(self) -> Self:
        if self.participant_id is None and raw_id_of(self.user) is None:
            raise fault("must have participantId or user.rawId")
        return self

    def call_event(self, kind: EventKind, event_id: str, at: Ticks) -> CallEvent:
        return replace(
            super().call_event(kind, event_id, at),
            participant_id=self.participant_id,
            raw_id=raw_id_of(self.user),
            display_name=self.display_name,
            role=self.user.role if self.user else None,
            endpoint_type=self.endpoint_type or self.user_agent,
        )


_PHONE = re.compile(
    f"{PHONE_PREFIX}[A-Za-z0-9+.;=_-]{{1,{LIMITS.event_phone - len(PHONE_PREFIX)}}}"
)


class _Listed(Person):
    """A participant as Call Automation lists them."""

    communication_identifier: Identifier | None = Field(default=None, alias="identifier")


class _Participants(_Call):
    participants: list[Annotated[_Listed | None, WrapValidator(or_nothing)]]

    @property
    def phones(self) -> tuple[str, ...]:
        """Returns the raw ids of the telephones."""
        listed = {raw_id_of(each) or "" for each in self.participants}
        return tuple(sorted(raw_id for raw_id in listed if raw_id.startswith(PHONE_PREFIX)))

    @model_validator(mode="after")
    def _of_some_phones(self) -> Self:
        if None in map(raw_id_of, self.participants):  # it may be a telephone that is there
            raise fault("must have a rawId or another identifier for each participant")
        if len(self.phones) > LIMITS.event_phones:
            raise fault(f"must have at most {LIMITS.event_phones} telephones")
        if not all(map(_PHONE.fullmatch, self.phones)):
            raise fault(
                f"must have telephones like {PHONE_PREFIX}+49..., of at most "
                f"{LIMITS.event_phone} of A-Z, a-z, 0-9 and + - . ; = _"
            )
        return self

    def call_event(self, kind: EventKind, event_id: str, at: Ticks) -> CallEvent:
        return replace(super().call_event(kind, event_id, at), phones=self.phones)


class _EventGridEvent[Data: _Call](Part):
    id: Id = None
    at: EventTime = Field(alias="eventTime")
    data: Data


class _CloudEvent[Data: _Call](_EventGridEvent[Data]):
    at: EventTime = Field(alias="time")


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
    "ParticipantsUpdated": (
        "PhonesUpdated",
        _EventGridEvent[_Participants],
        _CloudEvent[_Participants],
    ),
}
"""By the type's name after the prefix."""
