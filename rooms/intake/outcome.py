"""What an event is that came."""

from dataclasses import dataclass
from typing import Any

from pydantic_core import from_json

from rooms.domain.connection import Connection
from rooms.domain.events import CallEvent
from rooms.domain.log_details import ConnectionFailedDetail
from rooms.domain.time import Ticks

type Outcome = RoomEvent | FailedConnection | IgnoredEvent | UnknownEvent


@dataclass(frozen=True, slots=True)
class RoomEvent:
    """An event of a call in that room.

    `kept` is the text that is stored, if it is not the one that came. `joined` is the device that
    the event says has joined, if the media server of this service has the call.
    """

    room_id: str
    event: CallEvent
    kept: str | None = None
    joined: Connection | None = None


@dataclass(frozen=True, slots=True)
class FailedConnection:
    """Somebody did not get into that call. It is told in the log, and is no event of the call: they
    were never in it. `id` is the event's."""

    room_id: str
    call: str
    id: str
    at: Ticks
    detail: ConnectionFailedDetail


@dataclass(frozen=True, slots=True)
class ProbeEvent:
    """A call that a check of the media server made has started, or finished."""

    name: str
    finished: bool


@dataclass(frozen=True, slots=True)
class IgnoredEvent:
    """An event that is understood, but not of a call in a room. It is counted and ignored.

    `is_of_calls`: it is of a type about calls that this service does not know. `probe`: it is of a
    check of the media server, which waits for it.
    """

    reason: str
    is_of_calls: bool = False
    probe: ProbeEvent | None = None


@dataclass(frozen=True, slots=True)
class UnknownEvent:
    """An event that is not understood. It is kept whole. `reason` is for an operator, and has no
    text of the event."""

    reason: str


def object_of(text: str) -> dict[str, Any] | UnknownEvent:
    """Returns the JSON object of a text, or why it is none."""
    try:
        element = from_json(text.encode(errors="surrogatepass"))
    except ValueError as error:
        return UnknownEvent(f"no valid JSON: {error}")
    return element if isinstance(element, dict) else UnknownEvent("must be an object")
