"""Fewer legs of a person who came back very often.

The legs with the shortest gap between them become one. It knows how often the person joined in it,
and how long they were away.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from rooms.domain.call import Leg
from rooms.domain.time import MAX_TIME, Ticks


def merge_legs(over: Iterable[Leg], others: Sequence[Leg], most: int) -> list[Leg]:
    """Returns legs of a person that are over as at most so many, by the time of joining.

    Those with the shortest gaps between them become one: gaps in which the person was on no
    device. Of gaps of the same length the earlier ones go first.

    Args:
        others: more legs of the person. They fill gaps, and stay as they are.
        most: at least 1.
    """
    legs = sorted(over, key=_joined_at)
    if len(legs) <= most:
        return legs
    gaps = _gaps(legs, others)
    shortest = set(sorted(range(len(gaps)), key=gaps.__getitem__)[: len(legs) - most])
    merged = legs[:1]
    for place, leg in enumerate(legs[1:]):
        if place in shortest:
            merged[-1] = _merged(merged[-1], leg, gaps[place])
        else:
            merged.append(leg)
    return merged


def _gaps(legs: Sequence[Leg], others: Iterable[Leg]) -> list[Ticks]:
    """Returns how long the person was away between each of these legs and the next one."""
    every = [(leg, True) for leg in legs] + [(leg, False) for leg in others]
    every.sort(key=lambda each: each[0].joined_at)
    gaps: list[Ticks] = []
    gap: Ticks = 0
    until: Ticks = 0
    for leg, counts in every:
        gap += max(0, leg.joined_at - until)
        until = max(until, MAX_TIME if leg.left_at is None else leg.left_at)
        if counts:
            gaps.append(gap)
            gap = 0
    return gaps[1:]


def _joined_at(leg: Leg) -> Ticks:
    return leg.joined_at


def _merged(one: Leg, other: Leg, gap: Ticks) -> Leg:
    """Returns two legs as one, with what is known of them last."""
    last = other if (other.left_at or 0) >= (one.left_at or 0) else one
    return replace(
        other,
        display_name=other.display_name or one.display_name,
        role=other.role or one.role,
        endpoint_type=other.endpoint_type or one.endpoint_type,
        joined_at=one.joined_at,
        join_estimated=one.join_estimated,
        left_at=last.left_at,
        leave_estimated=last.leave_estimated,
        joins=one.joins + other.joins,
        away=one.away + other.away + gap,
    )
