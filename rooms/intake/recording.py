"""Keeps the events of calls, and says what the others are."""

import logging
from collections.abc import Callable

from rooms.domain.events import EventSource
from rooms.domain.time import SECOND, Ticks
from rooms.intake.outcome import FailedConnection, IgnoredEvent, Outcome, RoomEvent, UnknownEvent
from rooms.log_text import escaped
from rooms.storage.call_log import CallLog
from rooms.storage.calls import Calls
from rooms.storage.entities import TooLarge
from rooms.storage.errors import ContentRefused
from rooms.storage.quarantine import Quarantine

_log = logging.getLogger(__name__)

type Read = Callable[[str, Ticks], Outcome]
"""Reads the text of an event that comes at a time. Must never raise."""


class Intake:
    """Takes in the events of one source, as `read` reads them."""

    def __init__(
        self,
        source: EventSource,
        read: Read,
        calls: Calls,
        call_log: CallLog,
        quarantine: Quarantine,
        clock: Callable[[], Ticks],
    ) -> None:
        self._source = source
        self._read = read
        self._calls = calls
        self._call_log = call_log
        self._quarantine = quarantine
        self._clock = clock

    async def accept(self, text: str) -> Outcome:
        """Takes in an event as `take` does. One that is not understood goes into quarantine.

        Raises:
            StorageUnavailable: another delivery may succeed.
        """
        outcome = await self.take(text)
        if isinstance(outcome, RoomEvent) and outcome.event.kind == "ParticipantAdded":
            _log.info(
                "a person joined the call of room %s: the event came %.1f s later",
                outcome.room_id,
                (self._clock() - outcome.event.at) / SECOND,
            )
        if isinstance(outcome, UnknownEvent):
            event_id = await self._quarantine.put(text, outcome.reason, self._source)
            _log.warning(
                "an event was not understood and is in quarantine as %s: %s",
                event_id,
                escaped(outcome.reason, 400),
            )
        return outcome

    async def take(self, text: str) -> Outcome:
        """Keeps the event if it is of a room's call, and returns what it is. One request.

        Raises:
            StorageUnavailable: another delivery may succeed.
        """
        try:
            outcome = self._read(text, self._clock())
        except Exception:  # else it would come again for a while, and then be lost
            _log.exception("an event could not be read")
            return UnknownEvent(
                "The service failed to read this event: update it, then redrive the event."
            )
        try:
            match outcome:
                case RoomEvent(room_id, event, kept):
                    await self._calls.record(room_id, event, text if kept is None else kept)
                case FailedConnection(room_id, _, event_id, at, detail):
                    await self._call_log.record_failure(room_id, at, event_id, detail)
                case IgnoredEvent():
                    level = logging.WARNING if outcome.is_of_calls else logging.INFO
                    _log.log(level, "an event was left: %s", escaped(outcome.reason, 400))
        except TooLarge as error:
            return UnknownEvent(str(error))
        except ContentRefused as error:  # it would refuse it each time
            return UnknownEvent(f"The storage does not take this event: {error.reason}.")
        return outcome
