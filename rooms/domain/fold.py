"""Folds events into calls. The result depends only on the set of events and the time, not on the
order of arrival.

docs/design/fold.md has the rules.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache

from rooms.domain.call import Call
from rooms.domain.events import CallEvent
from rooms.domain.legs import legs_of
from rooms.domain.peak import with_peak
from rooms.domain.time import DAY, SECOND, Ticks

SILENCE_TIMEOUT: Ticks = DAY
"""A call has ended after this time without an event."""

EMPTY_TIMEOUT: Ticks = 120 * SECOND
"""A call in which nobody is has ended after this time without an event."""

CACHED_EVENTS = 1_000
"""Calls with at most this many events are kept folded. Each takes some 1.5 MiB, with its events."""


def fold_calls(events: Iterable[CallEvent], now: Ticks) -> list[Call]:
    """Returns the calls of one room at `now`, in the order in which they started."""
    by_call: defaultdict[str, list[CallEvent]] = defaultdict(list)
    for event in events:
        by_call[event.call].append(event)
    calls = [call for some in by_call.values() if (call := fold_call(some, now)) is not None]
    calls.sort(key=lambda call: call.start_order)
    return [presumed_ended(call) if call.ended_at is None else call for call in calls[:-1]] + calls[
        -1:
    ]


def fold_call(events: Iterable[CallEvent], now: Ticks) -> Call | None:
    """Returns one call at `now`, from its events, if no other call of the room has started after
    it.

    None if it has no event by `now`.
    """
    history = tuple(sorted({event.identity: event for event in events if event.at <= now}.values()))
    if not history:
        return None
    call = (_cached_fold if len(history) <= CACHED_EVENTS else _fold)(history)
    if call.ended_at is not None:
        return call
    is_empty = all(leg.left_at is not None for leg in call.legs)
    silence = now - call.last_event_at
    return (
        presumed_ended(call)
        if silence >= (EMPTY_TIMEOUT if is_empty else SILENCE_TIMEOUT)
        else call
    )


def presumed_ended(call: Call) -> Call:
    """Returns a call without a CallEnded as one that has ended with its last event."""
    return _ended(call, call.last_event_at, estimated=True)


def _fold(history: tuple[CallEvent, ...]) -> Call:
    """Returns a call as its events, in order, describe it."""
    ends = [event for event in history if event.kind == "CallEnded"]
    ended_at = ends[-1].at if ends else None
    start_estimated = all(event.kind != "CallStarted" for event in history)
    started_at = _told_start(ends, history[0].at) if start_estimated else history[0].at
    call = Call(
        id=history[0].call,
        started_at=started_at,
        start_estimated=start_estimated,
        ended_at=None,
        end_estimated=False,
        last_event_at=history[-1].at,
        started_by=next((event.started_by for event in history if event.started_by), None),
        ended_by=next((event.ended_by for event in reversed(ends) if event.ended_by), None),
        end_reason=next((event.end_reason for event in reversed(ends) if event.end_reason), None),
        legs=legs_of(history, started_at, ended_at),
        peak=0,
        peak_at=None,
        peak_estimated=False,
    )
    return with_peak(call) if ended_at is None else _ended(call, ended_at, estimated=False)


def _told_start(ends: Sequence[CallEvent], first: Ticks) -> Ticks:
    """Returns when a call began by the last length that its ends tell, or else its first event.

    A length that the events contradict is not believed: one that is too short for the first of
    them, or after whose beginning the call would have been silent for too long.
    """
    told = next(
        (event.told_start for event in reversed(ends) if event.told_start is not None), first
    )
    return told if first - SILENCE_TIMEOUT <= told <= first else first


_cached_fold = lru_cache(8)(_fold)  # who watches a call asks for the same history every few seconds


def _ended(call: Call, at: Ticks, estimated: bool) -> Call:
    legs = [
        replace(
            leg,
            joined_at=min(leg.joined_at, at),
            left_at=at if leg.left_at is None else min(leg.left_at, at),
            leave_estimated=leg.leave_estimated or leg.left_at is None,
        )
        for leg in call.legs
    ]
    return with_peak(replace(call, ended_at=at, end_estimated=estimated, legs=tuple(legs)))
