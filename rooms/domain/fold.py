"""Folds events into calls. The result depends only on the set of events and the time, not on the
order of arrival.

docs/design/fold.md has the rules.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Self

from rooms.domain.call import Call, Leg
from rooms.domain.events import CallEvent, EndReason
from rooms.domain.legs import Moves, Phones, leg_order, untold_leg
from rooms.domain.limits import LIMITS
from rooms.domain.peak import with_peak
from rooms.domain.time import DAY, SECOND, Ticks

SILENCE_TIMEOUT: Ticks = DAY
"""A call has ended after this time without an event."""

EMPTY_TIMEOUT: Ticks = 120 * SECOND
"""A call in which nobody is has ended after this time without an event."""

CACHED_EVENTS = 1_000
"""Calls with at most this many events are kept folded. Each takes some 1.5 MiB, with its events."""


def in_succession(calls: Iterable[Call]) -> list[Call]:
    """Returns calls of one room in the order in which they started. All but the last one have
    ended."""
    ordered = sorted(calls, key=lambda call: call.start_order)
    earlier = [presumed_ended(call) if call.ended_at is None else call for call in ordered[:-1]]
    return [*earlier, *ordered[-1:]]


def fold_call(events: Iterable[CallEvent], now: Ticks) -> Call | None:
    """Returns one call at `now`, from its events, if no other call of the room has started after
    it.

    None if it has no event by `now`.
    """
    history = tuple(sorted({event.identity: event for event in events if event.at <= now}.values()))
    if not history:
        return None
    return _as_of((_cached_fold if len(history) <= CACHED_EVENTS else _fold)(history), now)


def presumed_ended(call: Call) -> Call:
    """Returns a call without a CallEnded as one that has ended with its last event."""
    return _ended(call, call.last_event_at, estimated=True)


class CallFold:
    """One call, from its events one by one. What is kept of a person is bounded."""

    def __init__(self, most_legs: int = LIMITS.legs) -> None:
        self.events = 0
        """How many were added."""
        self._moment: list[CallEvent] = []
        self._told: _Told | None = None
        self._moves = Moves(most_legs)
        self._phones = Phones(most_legs)

    def add(self, event: CallEvent) -> None:
        """Adds an event that is not earlier than those before. Those of one time may come in any
        order, and twice."""
        if self._moment and event.at != self._moment[0].at:
            self._end_moment()
        self._moment.append(event)
        self.events += 1

    def copy(self) -> "CallFold":
        """Returns the same call, to go on apart: a copy costs little."""
        other = CallFold()
        other.events = self.events
        other._moment = list(self._moment)
        other._told = None if self._told is None else self._told.copy()
        other._moves, other._phones = self._moves.copy(), self._phones.copy()
        return other

    def call(self, now: Ticks) -> Call | None:
        """Returns the call at `now`, when all of the events have happened, as `fold_call` does."""
        if not self.events:
            return None
        return _as_of(self.copy()._call(), now)

    def _call(self) -> Call:
        """Returns the call as the events describe it."""
        self._end_moment()
        told = self._told
        assert told is not None
        started_at = told.started_at
        legs = [
            replace(leg, joined_at=started_at) if leg.join_estimated else leg
            for leg in (*self._moves.legs(), *self._phones.legs())
        ]
        known = {leg.person for leg in legs}
        legs += (leg for leg in told.legs() if leg.person not in known)
        call = Call(
            id=told.call,
            started_at=started_at,
            start_estimated=not told.has_start,
            ended_at=None,
            end_estimated=False,
            last_event_at=told.last_at,
            started_by=next(iter(told.starters), None),
            ended_by=told.ended_by,
            end_reason=told.end_reason,
            legs=tuple(sorted(legs, key=leg_order)),
            peak=0,
            peak_at=None,
            peak_estimated=False,
        )
        if told.ended_at is None:
            return with_peak(call)
        return _ended(call, told.ended_at, estimated=False)

    def _end_moment(self) -> None:
        """Folds the events of the last time, of which no other can come any more."""
        events = self._moment
        if len(events) > 1:
            events = sorted({event.identity: event for event in events}.values())
        for event in events:
            if self._told is None:
                self._told = _Told(event.call, event.at, event.at)
            self._told.add(event)
            if event.kind == "PhonesUpdated":
                self._phones.add(event)
            elif event.kind in ("ParticipantAdded", "ParticipantRemoved"):
                self._moves.add(event, self._told.first_at)
        self._moment = []


@dataclass(slots=True)
class _Told:
    """What the events tell of a call itself."""

    call: str
    first_at: Ticks
    last_at: Ticks
    has_start: bool = False
    starters: dict[str, None] = field(default_factory=dict)
    """Who is said to have started it, in the order of the events."""
    ended_at: Ticks | None = None
    ended_by: str | None = None
    ended_by_participant: bool = False
    end_reason: EndReason | None = None
    told_start: Ticks | None = None
    """When it began, by the last length that an end tells."""

    def copy(self) -> Self:
        return replace(self, starters=dict(self.starters))

    def add(self, event: CallEvent) -> None:
        self.last_at = event.at
        if event.started_by:
            self.starters.setdefault(event.started_by)
        if event.kind == "CallStarted":
            self.has_start = True
        if event.kind == "CallEnded":
            self.ended_at = event.at
            self.end_reason = event.end_reason or self.end_reason
            if event.ended_by:
                self.ended_by = event.ended_by
                self.ended_by_participant = event.ended_by_participant
            if event.told_start is not None:
                self.told_start = event.told_start

    @property
    def started_at(self) -> Ticks:
        """Returns when the call began: if no CallStarted came, by its length.

        A length that the events contradict is not believed: one that is too short for the first of
        them, or after whose beginning the call would have been silent for too long.
        """
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


def _fold(history: tuple[CallEvent, ...]) -> Call:
    """Returns a call as its events, in order, describe it."""
    fold = CallFold()
    for event in history:
        fold.add(event)
    return fold._call()


_cached_fold = lru_cache(8)(_fold)  # who watches a call asks for the same history every few seconds


def _as_of(call: Call, now: Ticks) -> Call:
    """Returns a call as one that has ended if nothing was heard of it for too long by `now`."""
    if call.ended_at is not None:
        return call
    is_empty = all(leg.left_at is not None for leg in call.legs)
    silence = now - call.last_event_at
    over = silence >= (EMPTY_TIMEOUT if is_empty else SILENCE_TIMEOUT)
    return presumed_ended(call) if over else call


def _ended(call: Call, at: Ticks, estimated: bool) -> Call:
    legs = tuple(_cut(leg, at) for leg in call.legs)
    return with_peak(replace(call, ended_at=at, end_estimated=estimated, legs=legs))


def _cut(leg: Leg, at: Ticks) -> Leg:
    """Returns a leg until the end of its call."""
    if leg.left_at is not None and leg.left_at <= at:
        return leg
    joined_at = min(leg.joined_at, at)
    left_at = at if leg.left_at is None else min(leg.left_at, at)
    return replace(
        leg,
        joined_at=joined_at,
        left_at=left_at,
        leave_estimated=leg.leave_estimated or leg.left_at is None,
        away=min(leg.away, left_at - joined_at),
    )
