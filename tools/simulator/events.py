"""Writes the events of a meeting as Event Grid does, in both schemas and both payload shapes."""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from random import Random
from typing import Any

from azure.core.messaging import CloudEvent
from azure.eventgrid import EventGridEvent, SystemEventNames

from simulator.meeting import Call, Leg, Meeting, Person
from simulator.people import RESOURCE, guid

type Element = dict[str, Any]
"""An event in the body of a delivery."""

STARTED = SystemEventNames.AcsCallStartedEventName
ENDED = SystemEventNames.AcsCallEndedEventName
ADDED = SystemEventNames.AcsCallParticipantAddedEventName
REMOVED = SystemEventNames.AcsCallParticipantRemovedEventName

_ORDER = (STARTED, ADDED, REMOVED, ENDED)

_TOPIC = (
    "/subscriptions/00000000-0000-0000-0000-000000000000/resourcegroups/simulator"
    f"/providers/microsoft.communication/communicationservices/{RESOURCE}"
)
_NO_GROUP = "00000000-0000-0000-0000-000000000000"


class Schema(StrEnum):
    """The event schemas of Event Grid subscriptions."""

    EVENT_GRID = "eventgrid"
    CLOUD = "cloud"


class Shape(StrEnum):
    """The field names of the payload: those of the documentation, or those of the SDK types."""

    DOCUMENTED = "documented"
    TYPED = "typed"


@dataclass(frozen=True, slots=True)
class Event:
    """One event, before it is written in a schema."""

    id: str
    type: SystemEventNames
    time: datetime
    call: Call
    leg: Leg | None = None
    """The leg that starts or ends."""


def events(meeting: Meeting, seed: int) -> tuple[Event, ...]:
    """Returns all events of the meeting by time. Their ids come from the seed."""
    random = Random(f"{seed}/events")
    sent = []
    for call in meeting.calls:
        sent.append(Event(guid(random), STARTED, call.started, call))
        for leg in call.legs:
            sent.append(Event(guid(random), ADDED, leg.joined, call, leg))
            sent.append(Event(guid(random), REMOVED, leg.removed, call, leg))
        sent.append(Event(guid(random), ENDED, call.ended, call))
    return tuple(sorted(sent, key=lambda event: (event.time, _ORDER.index(event.type))))


def written(event: Event, room_id: str, schema: Schema, shape: Shape) -> Element:
    """Returns the event as it is delivered."""
    data = _data(event, room_id, shape)
    if schema is Schema.CLOUD:
        cloud: CloudEvent[Element] = CloudEvent(
            _TOPIC,
            event.type.value,
            subject=_subject(event),
            id=event.id,
            time=event.time,
            data=data,
        )
        return {
            "specversion": cloud.specversion,
            "id": cloud.id,
            "source": cloud.source,
            "subject": cloud.subject,
            "type": cloud.type,
            "time": _text(event.time),
            "data": cloud.data,
        }
    grid = EventGridEvent(
        _subject(event),
        event.type.value,
        data,
        "1.0",
        id=event.id,
        topic=_TOPIC,
        event_time=event.time,
    )
    # The class writes fewer digits than the service, and leaves out fields that only the service
    # sets.
    return {**grid.serialize(), "metadataVersion": "1", "eventTime": _text(event.time)}


def _text(time: datetime) -> str:
    return f"{time.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}0Z"


def _subject(event: Event) -> str:
    if event.leg is not None:
        return f"call/{event.call.server_id}/participant/{event.leg.person.raw_id}"
    if event.type is STARTED:
        return f"call/{event.call.server_id}/startedBy/{event.call.started_by.raw_id}"
    return f"call/{event.call.server_id}"


def _data(event: Event, room_id: str, shape: Shape) -> Element:
    call = event.call
    data: Element = {
        "startedBy": _user(call.started_by, call.started_by.role, shape),
        "serverCallId": call.server_id,
        "group": {"id": _NO_GROUP},
        "room": {"id": room_id},
        "isTwoParty": False,
        "correlationId": call.id,
        "isRoomsCall": True,
    }
    if event.leg is not None:
        data |= _participant(event.leg, shape)
    if event.type is ENDED:
        data |= _end(call, shape)
    return data


def _participant(leg: Leg, shape: Shape) -> Element:
    name = {} if leg.person.display_name is None else {"displayName": leg.person.display_name}
    client = "userAgent" if shape is Shape.TYPED else "endpointType"
    return {
        "user": _user(leg.person, leg.role, shape),
        **name,
        "participantId": leg.participant_id,
        client: leg.client,
    }


def _end(call: Call, shape: Shape) -> Element:
    seconds = (call.ended - call.started).total_seconds()
    if shape is Shape.DOCUMENTED:
        return {"durationOfCall": seconds}
    return {
        "callDurationInSeconds": seconds,
        "endedBy": {
            "communicationIdentifier": _identifier(call.ended_by),
            "type": "Participant",
            "name": call.ended_by.name,
        },
        "reason": {"code": 0, "subCode": 0, "phrase": "Call ended"},
    }


def _user(person: Person, role: str, shape: Shape) -> Element:
    if shape is Shape.TYPED:
        return {"communicationIdentifier": _identifier(person), "role": role}
    return {**_identifier(person), "role": role}


def _identifier(person: Person) -> Element:
    return {"rawId": person.raw_id, "communicationUser": {"id": person.raw_id}}
