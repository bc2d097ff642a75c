"""The Event Grid trigger."""

import asyncio
import logging

import azure.functions as func

from rooms.app import App
from rooms.intake.envelope import UnknownEvent
from rooms.log_text import escaped

_log = logging.getLogger(__name__)


def register(function_app: func.FunctionApp, app: App) -> None:
    """Registers the trigger."""

    # Annotated with EventGridEvent, the worker would parse the event before us, and fail where we
    # cannot keep it.
    @function_app.event_grid_trigger("event")
    async def call_events(event: str) -> None:
        """Takes in one event, in either schema and either shape.

        Raises only if another delivery may succeed. An event that the service does not understand
        goes to quarantine.
        """
        async with asyncio.timeout(app.limits.event_seconds):
            outcome = await app.intake.take(event)
            if isinstance(outcome, UnknownEvent):
                event_id = await app.quarantine.put(event, outcome.reason)
                _log.warning(
                    "an event was not understood and is in quarantine as %s: %s",
                    event_id,
                    escaped(outcome.reason, 400),
                )
