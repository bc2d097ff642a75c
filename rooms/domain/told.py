"""What the events of a call tell of the call itself. docs/design/fold.md has the rules."""

from dataclasses import dataclass, field, replace
from typing import Self

from rooms.domain.call import Leg, untold_leg
from rooms.domain.events import CARRIED, CallEvent, EndReason, EventSource
from rooms.domain.time import DAY, Ticks

SILENCE_TIMEOUT: Ticks = DAY
"""A call has ended after this time without an event."""


@dataclass(slots=True)
class Told:
    """What the events tell of a call itself."""

    call: str
    source: EventSource
    first_at: Ticks
    last_at: Ticks
    has_start: bool = False
    starters: dict[str, None] = field(default_factory=dict)
    """Who is said to have started it, in the order of the events."""
    first_join: Ticks | None = None
    """The first join, as joins or the lengths of stays tell it."""
    first_leave: Ticks | None = None
    """The first leave without its join."""
    ended_at: Ticks | None = None
    end_estimated: bool = False
    """Whether nobody told of the end: then it counts until somebody tells of the call again."""
    ended_by: str | None = None
    ended_by_participant: bool = False
    end_reason: EndReason | None = None
    told_start: Ticks | None = None
    """When it began, by the last length that an end tells."""

    def copy(self) -> Self:
        """Returns the same, to go on apart."""
        return replace(self, starters=dict(self.starters))

    def add(self, event: CallEvent) -> None:
        """Adds what an event tells of the call. Events come in their order."""
        self.last_at = event.at
        if event.started_by:
            self.starters.setdefault(event.started_by)
        if event.kind == "CallStarted":
            self.has_start = True
        if event.kind == "ParticipantAdded":
            self.first_join = _earlier(self.first_join, event.at)
        if event.kind == "ParticipantRemoved":
            if event.told_start is None:
                self.first_leave = _earlier(self.first_leave, event.at)
            else:
                self.first_join = _earlier(self.first_join, event.told_start)
        says_it_is_over = event.kind in ("ParticipantRemoved", "CallEnded")
        if self.end_estimated and not (event.estimated and says_it_is_over):
            self.ended_at, self.end_estimated = None, False
        if event.kind == "CallEnded" and not (event.estimated and self.ended_at is not None):
            self.ended_at, self.end_estimated = event.at, event.estimated
            self.end_reason = event.end_reason or self.end_reason
            if event.ended_by:
                self.ended_by = event.ended_by
                self.ended_by_participant = event.ended_by_participant
            if event.told_start is not None:
                self.told_start = event.told_start

    @property
    def is_carried(self) -> bool:
        """Returns whether the media server that is asked by this service has the call."""
        return self.source == CARRIED

    @property
    def start_is_known(self) -> bool:
        """Returns whether an event tells of the start."""
        return self.has_start or (self.is_carried and self.started_at == self.first_join)

    @property
    def started_at(self) -> Ticks:
        """Returns when the call began: one of the media server with its first join, another one
        without a CallStarted by its length.

        A length that the events contradict is not believed: one that is too short for the first of
        them, or after whose beginning the call would have been silent for too long.
        """
        if self.is_carried:
            moves = [at for at in (self.first_join, self.first_leave) if at is not None]
            return min(moves, default=self.first_at)
        told, first = self.told_start, self.first_at
        if self.has_start or told is None:
            return first
        return told if first - SILENCE_TIMEOUT <= told <= first else first

    def legs(self) -> list[Leg]:
        """Returns a leg of each person who is said to have started the call, or to have ended it as
        one of its participants."""
        stays = dict.fromkeys(self.starters, (self.started_at, self.started_at))
        end, who = self.ended_at, self.ended_by
        if end is not None and who and self.ended_by_participant:
            stays[who] = (stays.get(who, (end, end))[0], end)
        return [
            replace(untold_leg(who, *stay), join_estimated=True, leave_estimated=True)
            for who, stay in stays.items()
        ]


def _earlier(known: Ticks | None, at: Ticks) -> Ticks:
    return at if known is None else min(known, at)
