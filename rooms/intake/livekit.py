"""What a LiveKit server tells of a call: its webhooks.

They are JSON of protobuf: int64 as text, enums by name, zero values absent. Events come late, in
the order of the room, and again if they were not answered with 200: the id and the body are then
the same. docs/design/fold.md says what of them is kept, and why.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Annotated, Any

from pydantic import Field, PlainValidator, ValidationError, ValidationInfo

from rooms.domain.connection import Connection
from rooms.domain.events import CARRIED, SERVICE_LOG, CallEvent, EventKind, is_call_room_id
from rooms.domain.limits import LIMITS
from rooms.domain.log_details import ConnectionFailedDetail
from rooms.domain.media_check import NEEDED_EVENTS
from rooms.domain.time import Ticks, from_unix_milliseconds, from_unix_seconds
from rooms.intake.fields import EARLIEST, Name, Part, RequiredId, fault, fault_of
from rooms.intake.outcome import (
    FailedConnection,
    IgnoredEvent,
    Outcome,
    ProbeEvent,
    RoomEvent,
    UnknownEvent,
    object_of,
)
from rooms.media.livekit.identity import raw_id_of
from rooms.media.livekit.probe import is_probe

_ABORTED = "participant_connection_aborted"
_KNOWN = "room_", "participant_", "track_", "egress_", "ingress_"
"""How the names of all events begin. Those that are not needed are left: `room_started`, for
example, comes with the first admission, and nobody need ever join."""


def _whole(value: Any) -> int:
    if not isinstance(value, str) or not re.fullmatch("[0-9]{1,15}", value, re.ASCII):
        raise fault("must be a whole number as text")
    return int(value)


def _checked(at: Ticks, now: Ticks) -> Ticks:
    if at < EARLIEST:
        raise fault("earlier than 2020")
    if at > now + LIMITS.event_ahead:
        raise fault("more than 24 hours ahead of this service's clock")
    return at


def _seconds(value: Any, info: ValidationInfo[Ticks]) -> Ticks:
    return _checked(from_unix_seconds(_whole(value)), info.context)


def _milliseconds(value: Any, info: ValidationInfo[Ticks]) -> Ticks:
    return _checked(from_unix_milliseconds(_whole(value)), info.context)


class _Room(Part):
    sid: RequiredId
    name: str
    metadata: str = ""


class _PlacedEvent(Part):
    room: _Room


class _Attributes(Part):
    role: Name = None


class _Participant(Part):
    sid: RequiredId
    identity: RequiredId
    kind: str = "STANDARD"
    joined_at_ms: Annotated[Ticks | None, PlainValidator(_milliseconds)] = None
    name: Name = None
    attributes: _Attributes = Field(default_factory=_Attributes)
    disconnect_reason: Name = None


class _Event(_PlacedEvent):
    id: RequiredId
    at: Annotated[Ticks, PlainValidator(_seconds)] = Field(alias="createdAt")


class _EventOfSomebody(_Event):
    participant: _Participant


def read_webhook(text: str, now: Ticks, mark: str) -> Outcome:
    """Reads the body of a webhook. Never raises.

    Args:
        mark: what the rooms of this deployment have as metadata. Those of others are left.
    """
    element = object_of(text)
    if isinstance(element, UnknownEvent):
        return element
    name = element.get("event")
    if not isinstance(name, str) or not name.startswith(_KNOWN):
        return UnknownEvent(f"event: must be one of {', '.join(NEEDED_EVENTS)}")
    if (probe := _probe(element, mark)) is not None:
        heard = ProbeEvent(probe, finished=name == "room_finished")
        return IgnoredEvent("of a check of the media server", probe=heard)
    if name not in NEEDED_EVENTS:
        return IgnoredEvent(f"of another kind: {name}")
    try:
        place = _PlacedEvent.model_validate(element).room
        if place.metadata != mark or not is_call_room_id(place.name) or place.name == SERVICE_LOG:
            return IgnoredEvent("of a room that this service did not make")
        if name == "room_finished":
            return _ended(_Event.model_validate(element, context=now), _kept(element))
        event = _EventOfSomebody.model_validate(element, context=now)
    except ValidationError as error:
        return UnknownEvent(fault_of(error))
    raw_id = raw_id_of(event.participant.identity)
    if event.participant.kind != "STANDARD" or raw_id is None:
        return IgnoredEvent("of somebody whom this service did not let in")
    if name == _ABORTED:
        return _failed(event, raw_id)
    if name == "participant_left":
        return _left(event, raw_id, _kept(element))
    if event.participant.joined_at_ms is None:
        return UnknownEvent("participant.joinedAtMs: missing")
    return _joined(event, raw_id, event.participant.joined_at_ms, _kept(element))


def _probe(element: Mapping[str, Any], mark: str) -> str | None:
    """Returns the name of the room of an event, if a check of this deployment made it."""
    try:
        room = _PlacedEvent.model_validate(element).room
    except ValidationError:
        return None
    return room.name if is_probe(room.name) and room.metadata == mark else None


def _kept(element: Mapping[str, Any]) -> str:
    """Returns the text that is kept of an event: the fields that are used."""
    kept = _picked(element, ("event", "id", "createdAt"))
    kept["room"] = _picked(element["room"], ("sid", "name", "metadata"))
    if element["event"] != "room_finished":
        who = element["participant"]
        kept["participant"] = _picked(
            who, ("sid", "identity", "joinedAtMs", "name", "disconnectReason")
        )
        kept["participant"]["attributes"] = _picked(who.get("attributes", {}), ("role",))
    return json.dumps(kept, ensure_ascii=False, separators=(",", ":"))


def _picked(values: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    return {name: values[name] for name in names if name in values}


def _joined(event: _EventOfSomebody, raw_id: str, at: Ticks, kept: str) -> RoomEvent:
    who = event.participant
    joined = Connection(who.identity, who.sid, raw_id, who.name, who.attributes.role, at)
    told = _of_somebody("ParticipantAdded", event, raw_id, at)
    return RoomEvent(event.room.name, told, kept, joined)


def _left(event: _EventOfSomebody, raw_id: str, kept: str) -> RoomEvent:
    """Returns a leave. Its time is cut to the second, so that it may seem to be before the join."""
    joined_at = event.participant.joined_at_ms
    at = event.at if joined_at is None else max(event.at, joined_at)
    length = None if joined_at is None else at - joined_at
    told = replace(
        _of_somebody("ParticipantRemoved", event, raw_id, at),
        duration=None if length is None or length > LIMITS.call_length else length,
        leave_reason=event.participant.disconnect_reason,
    )
    return RoomEvent(event.room.name, told, kept)


def _of_somebody(kind: EventKind, event: _EventOfSomebody, raw_id: str, at: Ticks) -> CallEvent:
    who = event.participant
    return CallEvent(
        kind,
        event.id,
        event.room.sid,
        at,
        participant_id=who.sid,
        raw_id=raw_id,
        display_name=who.name,
        role=who.attributes.role,
        endpoint_type=CARRIED,  # the server does not say what a client is
        source=CARRIED,
    )


def _ended(event: _Event, kept: str) -> RoomEvent:
    told = CallEvent("CallEnded", event.id, event.room.sid, event.at, source=CARRIED)
    return RoomEvent(event.room.name, told, kept)


def _failed(event: _EventOfSomebody, raw_id: str) -> FailedConnection:
    who = event.participant
    detail: ConnectionFailedDetail = {"rawId": raw_id}
    if who.name is not None:
        detail["displayName"] = who.name
    if who.disconnect_reason is not None:
        detail["reason"] = who.disconnect_reason
    return FailedConnection(event.room.name, event.room.sid, event.id, event.at, detail)
