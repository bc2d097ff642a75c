"""A record of the log of a room."""

from dataclasses import dataclass
from typing import Any

from rooms.domain.time import Ticks

EVENTS_ACTOR = "event-grid"
"""The actor of records of events."""


@dataclass(frozen=True, slots=True)
class LogRecord:
    """One record of a room's log. The `at` of an event's record is the time of the event.

    `received_at` is when the record was written, or None if that was before the log had it.
    `on_behalf_of` is whom the actor spoke for, in its own words.
    """

    id: str
    at: Ticks
    kind: str
    actor: str
    request_id: str
    detail: Any
    received_at: Ticks | None = None
    on_behalf_of: str | None = None
