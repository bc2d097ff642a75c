"""A call as of some time, and the stays in it."""

from dataclasses import dataclass

from rooms.domain.events import EndReason
from rooms.domain.time import Ticks


@dataclass(frozen=True, slots=True)
class Leg:
    """One stay of one device in a call, from `joined_at` until just before `left_at` (None: still
    there).

    An estimated flag says that the event for that time is missing.
    """

    participant_id: str | None
    raw_id: str | None
    display_name: str | None
    role: str | None
    endpoint_type: str | None
    joined_at: Ticks
    join_estimated: bool
    left_at: Ticks | None
    leave_estimated: bool

    @property
    def person(self) -> str:
        """Returns the raw id of the person, or the participant id if no event has a raw id."""
        return self.raw_id or self.participant_id or ""


@dataclass(frozen=True, slots=True)
class Call:
    """A call as of some time. `ended_at` is None while it is live. `last_event_at` is the time of
    its last event."""

    id: str
    started_at: Ticks
    start_estimated: bool
    ended_at: Ticks | None
    end_estimated: bool
    last_event_at: Ticks
    started_by: str | None
    ended_by: str | None
    end_reason: EndReason | None
    legs: tuple[Leg, ...]
    """By the time of joining."""
    peak: int
    """The most people at one time."""
    peak_at: Ticks | None
    """The first moment of the peak; None if it is 0."""

    @property
    def people(self) -> int:
        """Returns how many different people were in it."""
        return len({leg.person for leg in self.legs})

    @property
    def start_order(self) -> tuple[Ticks, str]:
        """Returns a key. Of two calls of a room, the one with the greater key has started later."""
        return self.started_at, self.id
