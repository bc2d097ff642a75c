"""The calling events that Event Grid delivers: which are of a room's call, and what they say."""

from collections.abc import Set
from typing import Any

from pydantic import ValidationError

from rooms.domain.events import SERVICE_LOG
from rooms.domain.time import Ticks
from rooms.intake.outcome import IgnoredEvent, RoomEvent, UnknownEvent, object_of

_PREFIX = "Microsoft.Communication."
_CALLS = f"{_PREFIX}Call"
"""What the types of the calling service begin with."""


def read_event(
    text: str, now: Ticks, sources: Set[str] = frozenset()
) -> RoomEvent | IgnoredEvent | UnknownEvent:
    """Reads one element of a delivery, as the Functions host writes it. Never raises.

    Args:
        sources: the resources whose events count, in lower case. None: those of any.
    """
    # By the first event: most instances start for a request.
    from rooms.intake.fields import fault_of
    from rooms.intake.models import MODELS, PlacedEvent

    element = object_of(text)
    if isinstance(element, UnknownEvent):
        return element
    in_cloud_events = bool(element.get("specversion"))
    type_field = "type" if in_cloud_events else "eventType"
    name = element.get(type_field)
    if not isinstance(name, str) or not name.startswith(_PREFIX):
        return UnknownEvent(f"{type_field}: must be one of {_PREFIX}{', '.join(MODELS)}")
    if (models := MODELS.get(name.removeprefix(_PREFIX))) is None:
        if name.removeprefix(_PREFIX).strip().lower() in (known.lower() for known in MODELS):
            return UnknownEvent(
                f"{type_field}: must be one of these, to the letter: {', '.join(MODELS)}"
            )
        if name.startswith(_CALLS):
            room = _room_named_in(element)
            return IgnoredEvent(
                f"of the type {name} of calls, which is not known; room {room}", True
            )
        return IgnoredEvent("of another type")
    kind, event_grid_model, cloud_events_model = models
    try:
        place = PlacedEvent.model_validate(element).data
        if place.room is None or place.room.id is None:
            if kind == "PhonesUpdated":
                return IgnoredEvent("of Call Automation, without data.room.id")
            if place.is_rooms_call is None or place.is_rooms_call is False:
                return IgnoredEvent("of a call in no room")
            return UnknownEvent("data.room.id: missing, though data.isRoomsCall is not false")
        if place.room.id == SERVICE_LOG:
            return UnknownEvent(f"data.room.id: must not be {SERVICE_LOG}, the log of the service")
        if kind == "PhonesUpdated" and place.correlation_id is None:
            return IgnoredEvent("of Call Automation, without data.correlationId")
        event = (cloud_events_model if in_cloud_events else event_grid_model).model_validate(
            element, context=now
        )
    except ValidationError as error:
        return UnknownEvent(fault_of(error))
    source_field = "source" if in_cloud_events else "topic"
    # The source of an event of Call Automation is its call, and names no resource.
    if sources and kind != "PhonesUpdated" and not _is_of(sources, element.get(source_field)):
        return UnknownEvent(f"{source_field}: must be a resource that ROOMS_EVENT_SOURCE has")
    return RoomEvent(place.room.id, event.data.call_event(kind, event.id or "", event.at))


def _is_of(sources: Set[str], source: object) -> bool:
    return isinstance(source, str) and source.rstrip("/").lower() in sources


def _room_named_in(element: dict[str, Any]) -> str:
    match element:
        case {"data": {"room": {"id": str(room_id)}}}:
            return room_id
    return "not named"
