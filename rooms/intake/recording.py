"""Keeps an event of a room's call, and says what the others are."""

import logging
from collections.abc import Callable, Set

from rooms.domain.time import Ticks
from rooms.intake.envelope import IgnoredEvent, RoomEvent, UnknownEvent, read_event
from rooms.log_text import escaped
from rooms.storage.calls import Calls
from rooms.storage.entities import TooLarge
from rooms.storage.errors import ContentRefused

_log = logging.getLogger(__name__)


class Intake:
    """Takes in call events of the resources `sources`, or of any if there are none."""

    def __init__(
        self, calls: Calls, clock: Callable[[], Ticks], sources: Set[str] = frozenset()
    ) -> None:
        self._calls = calls
        self._clock = clock
        self._sources = sources

    async def take(self, text: str) -> RoomEvent | IgnoredEvent | UnknownEvent:
        """Keeps the event if it is of a room's call, and returns what it is. One request.

        Raises:
            StorageUnavailable: another delivery may succeed.
        """
        try:
            outcome = read_event(text, self._clock(), self._sources)
        except Exception:  # else Event Grid would redeliver it for a day, and then lose it
            _log.exception("an event could not be read")
            return UnknownEvent(
                "The service failed to read this event: update it, then redrive the event."
            )
        match outcome:
            case RoomEvent():
                try:
                    await self._calls.record(outcome.room_id, outcome.event, text)
                except TooLarge as error:
                    return UnknownEvent(str(error))
                except ContentRefused as error:  # it would refuse it each time
                    return UnknownEvent(f"The storage does not take this event: {error.reason}.")
            case IgnoredEvent():
                level = logging.WARNING if outcome.is_of_calls else logging.INFO
                _log.log(level, "an event was left: %s", escaped(outcome.reason, 400))
        return outcome
