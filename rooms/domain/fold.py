"""Folds events into calls. The result depends only on the set of events and the time, not on the
order of arrival.

docs/design/fold.md has the rules.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache

from rooms.domain.call import Call, Leg
from rooms.domain.events import CallEvent
from rooms.domain.peak import with_peak
from rooms.domain.time import DAY, MAX_TIME, SECOND, Ticks

SILENCE_TIMEOUT: Ticks = DAY
"""A call has ended after this time without an event."""

EMPTY_TIMEOUT: Ticks = 120 * SECOND
"""A call that all have left has ended after this time without an event."""

CACHED_EVENTS = 1_000
"""Calls with at most this many events are kept folded. Each takes some 1.5 MiB, with its events."""

CLOCK_SKEW: Ticks = 2 * SECOND
"""A leave may have a time this much before its join: the clocks of the calling service differ."""


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
    all_left = bool(call.legs) and all(leg.left_at is not None for leg in call.legs)
    silence = now - call.last_event_at
    return (
        presumed_ended(call)
        if silence >= SILENCE_TIMEOUT or (all_left and silence >= EMPTY_TIMEOUT)
        else call
    )


def presumed_ended(call: Call) -> Call:
    """Returns a call without a CallEnded as one that has ended with its last event."""
    return _ended(call, call.last_event_at, estimated=True)


def _fold(history: tuple[CallEvent, ...]) -> Call:
    """Returns a call as its events, in order, describe it."""
    ends = [event for event in history if event.kind == "CallEnded"]
    call = Call(
        id=history[0].call,
        started_at=history[0].at,
        start_estimated=all(event.kind != "CallStarted" for event in history),
        ended_at=None,
        end_estimated=False,
        last_event_at=history[-1].at,
        started_by=next((event.started_by for event in history if event.started_by), None),
        ended_by=next((event.ended_by for event in reversed(ends) if event.ended_by), None),
        end_reason=next((event.end_reason for event in reversed(ends) if event.end_reason), None),
        legs=_legs(history),
        peak=0,
        peak_at=None,
        peak_estimated=False,
    )
    return _ended(call, ends[-1].at, estimated=False) if ends else with_peak(call)


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


def _legs(history: tuple[CallEvent, ...]) -> tuple[Leg, ...]:
    moves: defaultdict[tuple[str | None, str | None], list[CallEvent]] = defaultdict(list)
    for event in history:
        if event.kind in ("ParticipantAdded", "ParticipantRemoved"):
            moves[
                (event.participant_id, None) if event.participant_id else (None, event.raw_id)
            ].append(event)
    return _in_order(leg for some in moves.values() for leg in _legs_of_one(some, history[0].at))


def _legs_of_one(moves: list[CallEvent], started_at: Ticks) -> list[Leg]:
    """Returns the legs of one participant id, or of one raw id without any, from its joins and
    leaves in order."""
    raw_id = next((event.raw_id for event in moves if event.raw_id), None)
    legs: list[Leg] = []
    if moves[0].kind == "ParticipantRemoved":
        if not _is_skewed(moves):
            legs.append(
                _leg(raw_id, moves[:1], started_at, join_estimated=True, left_at=moves[0].at)
            )
        elif len(moves) < 3 or moves[2].kind == "ParticipantAdded":
            joined_at = moves[1].at
            legs.append(
                replace(
                    _leg(raw_id, moves[1:2], joined_at, left_at=joined_at), leave_estimated=True
                )
            )
            moves = moves[1:]
        moves = moves[1:]
    stay: list[CallEvent] = []
    for event in moves:
        if event.kind == "ParticipantAdded":
            stay.append(event)
        elif stay:
            legs.append(_leg(raw_id, stay, stay[0].at, left_at=event.at))
            stay = []
    if stay:
        legs.append(_leg(raw_id, stay, stay[0].at))
    return legs


def _is_skewed(moves: list[CallEvent]) -> bool:
    """Returns whether a leave comes first, and a join so soon after it that their order is
    wrong."""
    return (
        len(moves) > 1
        and moves[1].kind == "ParticipantAdded"
        and moves[1].at - moves[0].at <= CLOCK_SKEW
    )


def _leg(
    raw_id: str | None,
    stay: Sequence[CallEvent],
    joined_at: Ticks,
    join_estimated: bool = False,
    left_at: Ticks | None = None,
) -> Leg:
    """Returns the leg of a stay from its joins, or from its leave if the joins were lost."""
    return Leg(
        participant_id=stay[0].participant_id,
        raw_id=raw_id,
        display_name=_last(stay, "display_name"),
        role=_last(stay, "role"),
        endpoint_type=_last(stay, "endpoint_type"),
        joined_at=joined_at,
        join_estimated=join_estimated,
        left_at=left_at,
        leave_estimated=False,
        person=raw_id or stay[0].participant_id or "",
    )


def _last(stay: Sequence[CallEvent], name: str) -> str | None:
    """Returns the last value that an event has of a field."""
    for event in reversed(stay):
        if text := getattr(event, name):
            return str(text)
    return None


def _in_order(legs: Iterable[Leg]) -> tuple[Leg, ...]:
    return tuple(
        sorted(
            legs,
            key=lambda leg: (
                leg.joined_at,
                leg.person,
                leg.participant_id or "",
                leg.left_at or MAX_TIME,
            ),
        )
    )
