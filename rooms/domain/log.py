"""What the log of a room tells."""

from dataclasses import dataclass
from typing import Any

from rooms.domain.events import KINDS
from rooms.domain.time import Ticks

DECISION_KINDS = ("Admitted", "Refused")
"""Log records of who may come in, which change nothing."""

LOG_KINDS = (
    "RoomCreated",
    "RoomUpdated",
    "RoomDeleted",
    "ParticipantsUpdated",
    "DetailsUpdated",
    *DECISION_KINDS,
    *KINDS,
)
"""What log records tell of: changes, decisions, and events of calls."""

EVENTS_ACTOR = "event-grid"
"""Whom the log names for what an event tells."""


@dataclass(frozen=True, slots=True)
class LogRecord:
    """One record of a room's log. Of an event, `at` is the time of the event."""

    id: str
    at: Ticks
    kind: str
    actor: str
    request_id: str
    detail: Any
