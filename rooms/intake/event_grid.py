"""The Event Grid trigger."""

import asyncio
import logging

import azure.functions as func

from rooms.app import App
from rooms.intake.outcome import RoomEvent
from rooms.storage.errors import StorageError


class EventNotKept(Exception):
    """The storage did not take an event. Event Grid delivers it again."""


def register(function_app: func.FunctionApp, app: App) -> None:
    """Registers the trigger."""
    logging.getLogger("azure.functions").addFilter(_in_one_line)

    # Annotated with EventGridEvent, the worker would parse the event before us, and fail where we
    # cannot keep it.
    @function_app.event_grid_trigger("event")
    async def call_events(event: str) -> None:
        """Takes in one event, in either schema and either shape.

        Raises only if another delivery may succeed. An event that the service does not understand
        goes to quarantine.
        """
        try:
            async with asyncio.timeout(app.limits.event_seconds):
                outcome = await app.intake.accept(event)
        except TimeoutError:
            raise EventNotKept("the storage does not answer in time") from None
        except StorageError as error:
            raise EventNotKept(str(error)) from None
        if app.pull is not None and isinstance(outcome, RoomEvent):
            await app.pull.heard_of(outcome.room_id)


def _in_one_line(record: logging.LogRecord) -> bool:
    """Leaves the traceback out of what the worker logs of an event that was not kept: an outage
    makes many of them."""
    error = record.exc_info[1] if record.exc_info else None
    if isinstance(error, EventNotKept):
        record.msg, record.args, record.exc_info = "an event was not kept: %s", (str(error),), None
    return True
