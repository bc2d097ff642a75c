"""A record of the log of a room."""

from dataclasses import dataclass
from typing import Any

from rooms.domain.events import EventSource
from rooms.domain.time import Ticks

EVENTS_ACTOR = "event-grid"
"""The actor of records of events that Event Grid delivers."""

LIVEKIT_ACTOR = "livekit"
"""The actor of records of events that a LiveKit server sends."""

MEDIA_ACTOR = "media"
"""The actor of what this service does by itself in a call: to remove who may not be there."""

ACS_ACTOR = "acs"
"""The actor of what was changed at ACS, and found there."""

SEEN_BY_PULL = "pull"
"""Who saw a room at ACS first, if nobody imported it: this service."""

PARTICIPANT_ACTOR = "participant"
"""The actor of what somebody in a call does in it. The detail says who."""

EVENT_ACTORS: dict[EventSource, str] = {"acs": EVENTS_ACTOR, "livekit": LIVEKIT_ACTOR}
"""The actor of records of events, by what carries the call."""

JOIN_LINK_ACTOR = "join-link"
"""The actor of what somebody does who opened a join link. The detail says who."""


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
