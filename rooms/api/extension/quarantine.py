"""Quarantine: events that the service did not understand."""

from contextlib import suppress
from typing import Literal, TypedDict

import azure.functions as func

from rooms.api.errors import StillNotUnderstood
from rooms.api.request import Request
from rooms.api.responses import json_answer, no_content
from rooms.api.routing import Routes
from rooms.api.shapes import CallRoomId, Count, page_body
from rooms.domain.events import Quarantined
from rooms.domain.time import Time, format_time
from rooms.intake.outcome import FailedConnection, IgnoredEvent, RoomEvent, UnknownEvent
from rooms.storage.errors import QuarantinedEventNotFound

routes = Routes()


class QuarantinedEvent(TypedDict):
    """An event that the service did not understand. `size` counts the characters of its text;
    `excerpt` has the first 1,000."""

    id: str
    receivedAt: Time
    reason: str
    size: Count
    excerpt: str


class WholeQuarantinedEvent(QuarantinedEvent):
    """An event with its whole text, which is not always JSON."""

    event: str


class RecordedEvent(TypedDict):
    """The service now understands the event and has recorded it."""

    id: str
    outcome: Literal["recorded"]
    roomId: CallRoomId
    callId: str


class LeftEvent(TypedDict):
    """The service now understands the event. It belongs to no call of a room."""

    id: str
    outcome: Literal["left"]
    reason: str


@routes.extension("GET", "quarantine")
async def list_quarantine(request: Request) -> func.HttpResponse:
    """Answers with a page of events, in the order of their ids."""
    page = await request.app.quarantine.page(request.query("nextLink"))
    value = [quarantined_body(event) for event in page.items]
    return json_answer(200, page_body(value, request.next_link(page.cursor)))


@routes.extension("GET", "quarantine/{eventId}")
async def get_quarantined_event(request: Request) -> func.HttpResponse:
    """Answers with an event and its whole text."""
    event, text = await request.app.quarantine.get(request.http.route_params["eventId"])
    whole: WholeQuarantinedEvent = {**quarantined_body(event), "event": text}
    return json_answer(200, whole)


@routes.extension("POST", "quarantine/{eventId}/redrive")
async def redrive_quarantined_event(request: Request) -> func.HttpResponse:
    """Takes an event in again. If the service still does not understand it, it stays."""
    event_id = request.http.route_params["eventId"]
    app = request.app
    event, text = await app.quarantine.get(event_id)
    intake = app.livekit_intake if event.source == "livekit" else app.intake
    outcome = await intake.take(text)
    if isinstance(outcome, UnknownEvent):
        raise StillNotUnderstood(outcome.reason)
    with suppress(QuarantinedEventNotFound):  # another one was faster
        await app.quarantine.remove(event_id)
    return json_answer(200, redriven_body(event_id, outcome))


@routes.extension("DELETE", "quarantine/{eventId}")
async def delete_quarantined_event(request: Request) -> func.HttpResponse:
    """Deletes an event for good."""
    await request.app.quarantine.remove(request.http.route_params["eventId"])
    return no_content()


def quarantined_body(quarantined: Quarantined) -> QuarantinedEvent:
    """Returns an event as lists show it."""
    return {
        "id": quarantined.id,
        "receivedAt": format_time(quarantined.received_at),
        "reason": quarantined.reason,
        "size": quarantined.size,
        "excerpt": quarantined.excerpt,
    }


def redriven_body(
    event_id: str, outcome: RoomEvent | FailedConnection | IgnoredEvent
) -> RecordedEvent | LeftEvent:
    """Returns the outcome of a redrive."""
    match outcome:
        case RoomEvent(room_id, event):
            return _recorded(event_id, room_id, event.call)
        case FailedConnection(room_id, call):
            return _recorded(event_id, room_id, call)
        case IgnoredEvent():
            return {"id": event_id, "outcome": "left", "reason": outcome.reason}


def _recorded(event_id: str, room_id: str, call: str) -> RecordedEvent:
    return {"id": event_id, "outcome": "recorded", "roomId": room_id, "callId": call}
