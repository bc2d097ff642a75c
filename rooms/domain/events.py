"""A call event: a fact that Event Grid delivers in any order, late, more than once or never."""

import hashlib
import json
import re
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal, Self

from rooms.domain.limits import LIMITS
from rooms.domain.time import Ticks

type EventKind = Literal[
    "CallStarted", "ParticipantAdded", "ParticipantRemoved", "PhonesUpdated", "CallEnded"
]

type EventSource = Literal["acs", "livekit"]

CARRIED: Final[EventSource] = "livekit"
"""The source of the events of calls that the media server of this service carries."""

EVENT_KINDS: tuple[EventKind, ...] = (
    "CallStarted",
    "ParticipantAdded",
    "ParticipantRemoved",
    "PhonesUpdated",
    "CallEnded",
)
"""Events of the same time are folded in this order."""

CALL_ROOM_ID = re.compile(f"[A-Za-z0-9_-]{{1,{LIMITS.event_room_id}}}")

SERVICE_LOG = "_service"
"""What stands for a room in log records that are of no single one. It can be no room's id: events
that have it are not understood."""

PHONE_PREFIX = "4:"
"""How the raw id of a telephone begins."""


@dataclass(frozen=True, slots=True)
class EndReason:
    """Why a call ended, as the calling service says it."""

    code: int | None = None
    sub_code: int | None = None
    phrase: str | None = None


@dataclass(frozen=True)
class CallEvent:
    """One event of one call: `id` is the envelope's, `call` the correlation id, `at` the time of
    the event.

    An event of a participant has a participant id or a raw id, or both. The fields from
    `ended_by_participant` on are not in events that were stored before there were such fields.
    """

    kind: EventKind
    id: str
    call: str
    at: Ticks
    participant_id: str | None = None
    raw_id: str | None = None
    display_name: str | None = None
    role: str | None = None
    endpoint_type: str | None = None
    started_by: str | None = None
    ended_by: str | None = None
    end_reason: EndReason | None = None
    ended_by_participant: bool = False
    """Whether the event says that `ended_by` was in the call."""
    duration: Ticks | None = None
    """The length of the call, as its CallEnded tells it, or of a stay, as its end does."""
    phones: tuple[str, ...] = ()
    """The raw ids of the telephones in the call, of a PhonesUpdated."""
    source: EventSource = "acs"
    """What carries the call."""
    estimated: bool = False
    """Whether this service noticed it by itself: nobody told of it."""
    leave_reason: str | None = None
    """Why somebody left, as the media server calls it."""

    @property
    def identity(self) -> tuple[EventKind, str, str, str | None, str | None, Ticks]:
        """Returns what two deliveries of one event have in common, in either envelope schema."""
        return self.kind, self.id, self.call, self.participant_id, self.raw_id, self.at

    @property
    def told_start(self) -> Ticks | None:
        """Returns when the call or the stay began, as its length tells it."""
        return None if self.duration is None else self.at - self.duration

    @cached_property
    def key(self) -> str:
        """Returns 64 hex digits that stand for the identity."""
        return hashlib.sha256(json.dumps(self.identity).encode()).hexdigest()

    def __lt__(self, other: Self) -> bool:
        """Returns whether this event comes first: by time, kind and key. The key is costly, and
        rarely needed."""
        if self.at != other.at:
            return self.at < other.at
        if self.kind != other.kind:
            return EVENT_KINDS.index(self.kind) < EVENT_KINDS.index(other.kind)
        return self.key < other.key


@dataclass(frozen=True, slots=True)
class Quarantined:
    """An event that was not understood, when it came. `size` counts the characters of its text."""

    id: str
    received_at: Ticks
    reason: str
    size: int
    excerpt: str
    source: EventSource = "acs"
    """Where it came from, so that it can be read again."""


def is_call_room_id(text: str) -> bool:
    """Returns whether `text` can be the id of a room of calls. Other services may have made it, so
    the form is wider than that of a room id."""
    return CALL_ROOM_ID.fullmatch(text) is not None
