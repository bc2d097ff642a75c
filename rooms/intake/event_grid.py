"""The events that Event Grid delivers about calls."""

import asyncio
import logging

import azure.functions as func

from rooms import clients
from rooms.domain.time import now
from rooms.intake.envelope import OtherEvent, RoomEvent, UnknownEvent, read_event
from rooms.log_text import escaped
from rooms.storage.entities import TooLarge

blueprint = func.Blueprint()

_log = logging.getLogger(__name__)

TIME_BUDGET = 15.0
"""Seconds for one event: Event Grid waits 30 for its delivery."""


# Annotated with EventGridEvent, the worker would parse the event before us, and fail where we
# cannot keep it.
@blueprint.event_grid_trigger("event")
async def call_events(event: str) -> None:
    """CallStarted, CallEnded, CallParticipantAdded and CallParticipantRemoved, in either schema and
    either shape.

    Raises only for what another delivery can cure; what is not understood is kept in quarantine.
    """
    async with asyncio.timeout(TIME_BUDGET):
        outcome = await take_in(event)
        if isinstance(outcome, UnknownEvent):
            event_id = await clients.quarantine().put(event, outcome.reason)
            _log.warning(
                "an event was not understood and is in quarantine as %s: %s",
                event_id,
                escaped(outcome.reason, 400),
            )


async def take_in(text: str) -> RoomEvent | OtherEvent | UnknownEvent:
    """Keeps the event, if it is of a room's call, and says what it is."""
    try:
        outcome = read_event(text, now())
    except Exception:  # else it would be delivered for a day, and then be lost
        _log.exception("an event could not be read")
        return UnknownEvent(
            "The service failed to read this event: update it, then redrive the event."
        )
    match outcome:
        case RoomEvent():
            try:
                await clients.calls().record(outcome.room_id, outcome.event, text)
            except TooLarge as error:
                return UnknownEvent(str(error))
        case OtherEvent():
            _log.info("an event was left: %s", escaped(outcome.reason))
    return outcome
