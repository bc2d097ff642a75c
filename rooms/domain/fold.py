"""Folds events into calls. The result depends only on the set of events and the time, not on the
order of arrival.

docs/design/fold.md has the rules.
"""

from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache

from rooms.domain.call import Call, Leg
from rooms.domain.events import CARRIED, CallEvent
from rooms.domain.legs import Moves, leg_order
from rooms.domain.limits import LIMITS
from rooms.domain.peak import with_peak
from rooms.domain.phones import Phones
from rooms.domain.time import SECOND, Ticks
from rooms.domain.told import SILENCE_TIMEOUT, Told

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

    None if it has no event by `now`, or if the media server has the call and nobody has joined it.
    """
    history = tuple(sorted({event.identity: event for event in events if event.at <= now}.values()))
    if not history:
        return None
    return _as_of((_cached_fold if len(history) <= CACHED_EVENTS else _fold)(history), now)


def presumed_ended(call: Call) -> Call:
    """Returns a call without a CallEnded as one that has ended with its last event, or with the
    last leave, if the media server has carried it and nobody was in it any more."""
    at = call.last_event_at
    if call.source == CARRIED:
        at, _ = _end_of_carried(call, at, estimated=True)
    return _ended(call, at, estimated=True)


class CallFold:
    """One call, from its events one by one. What is kept of a person is bounded."""

    def __init__(self, most_legs: int = LIMITS.legs) -> None:
        self.events = 0
        """How many were added."""
        self._moment: list[CallEvent] = []
        self._told: Told | None = None
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

    def _call(self) -> Call | None:
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
        if told.is_carried and not legs:
            return None
        call = Call(
            id=told.call,
            started_at=started_at,
            start_estimated=not told.start_is_known,
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
            source=told.source,
        )
        if told.ended_at is None:
            return with_peak(call)
        if told.is_carried:
            return _ended(call, *_end_of_carried(call, told.ended_at, told.end_estimated))
        return _ended(call, told.ended_at, estimated=False)

    def _end_moment(self) -> None:
        """Folds the events of the last time, of which no other can come any more."""
        events = self._moment
        if len(events) > 1:
            events = sorted({event.identity: event for event in events}.values())
        for event in events:
            if self._told is None:
                self._told = Told(event.call, event.source, event.at, event.at)
            self._told.add(event)
            if event.kind == "PhonesUpdated":
                self._phones.add(event)
            elif event.kind in ("ParticipantAdded", "ParticipantRemoved"):
                self._moves.add(event, self._told.first_at)
        self._moment = []


def _fold(history: tuple[CallEvent, ...]) -> Call | None:
    """Returns a call as its events, in order, describe it."""
    fold = CallFold()
    for event in history:
        fold.add(event)
    return fold._call()


_cached_fold = lru_cache(8)(_fold)  # who watches a call asks for the same history every few seconds


def _as_of(call: Call | None, now: Ticks) -> Call | None:
    """Returns a call as one that has ended if nothing was heard of it for too long by `now`."""
    if call is None or call.ended_at is not None:
        return call
    is_empty = all(leg.left_at is not None for leg in call.legs)
    silence = now - call.last_event_at
    over = silence >= (EMPTY_TIMEOUT if is_empty else SILENCE_TIMEOUT)
    return presumed_ended(call) if over else call


def _end_of_carried(call: Call, at: Ticks, estimated: bool) -> tuple[Ticks, bool]:
    """Returns when a call of the media server ended, and whether that is estimated: with its last
    leave, or else, if somebody was in it, with its end `at`.

    The server waits a while for people to come back, and cuts its times to the second: an end may
    have a time before the last join.
    """
    leaves = [leg.left_at for leg in call.legs if leg.left_at is not None]
    if len(leaves) < len(call.legs):
        return max(at, *leaves, *(leg.joined_at for leg in call.legs)), estimated
    last = max(leaves)
    return last, all(leg.leave_estimated for leg in call.legs if leg.left_at == last)


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
