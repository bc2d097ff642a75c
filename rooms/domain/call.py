"""A call as of some time, and the stays in it."""

from dataclasses import dataclass

from rooms.domain.events import EndReason, EventSource
from rooms.domain.time import Ticks


@dataclass(frozen=True, slots=True)
class Leg:
    """One stay of one device in a call, from `joined_at` until just before `left_at` (None: still
    there).

    An estimated flag says that the event for that time is missing. One leg may stand for several
    stays of a person who came back very often: `joins` of them.
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
    person: str
    """The raw id, or the participant id if no event has a raw id."""
    joins: int = 1
    away: Ticks = 0
    """How long the person was not there between these stays, on no device."""

    @property
    def estimated(self) -> bool:
        """Returns whether the event for the join or the leave is missing."""
        return self.join_estimated or self.leave_estimated

    @property
    def is_concluded(self) -> bool:
        """Returns whether no event tells of it but for who started or ended the call."""
        return self.join_estimated and self.leave_estimated and self.joins == 1

    def covers(self, at: Ticks) -> bool:
        """Returns whether the device was in the call at `at`."""
        return self.joined_at <= at and (self.left_at is None or at < self.left_at)


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
    peak_estimated: bool
    """Whether somebody counted in the peak is there by an estimated leg, or one with breaks. If
    nobody is counted: whether somebody may have been there, by such a leg."""
    incomplete: bool = False
    """Whether it has more events than were read."""
    source: EventSource = "acs"
    """What carries it."""

    @property
    def people(self) -> int:
        """Returns how many different people were in it."""
        return len({leg.person for leg in self.legs})

    @property
    def has_gaps(self) -> bool:
        """Returns whether events of it were lost, as far as the others tell, or not read."""
        return (
            self.incomplete
            or self.start_estimated
            or self.end_estimated
            or any(leg.estimated for leg in self.legs)
        )

    @property
    def start_order(self) -> tuple[Ticks, str]:
        """Returns a key. Of two calls of a room, the one with the greater key has started later."""
        return self.started_at, self.id


def untold_leg(raw_id: str, joined_at: Ticks, left_at: Ticks | None) -> Leg:
    """Returns a leg without a join or leave of its own."""
    return Leg(None, raw_id, None, None, None, joined_at, False, left_at, False, raw_id)
