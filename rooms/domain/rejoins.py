"""Fewer legs of a person who came back very often.

The legs with the shortest gap between them become one. It knows how often the person joined in it,
and how long they were away.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from rooms.domain.call import Leg
from rooms.domain.time import MAX_TIME, Ticks


def merge_shortest_gap(over: Sequence[Leg], others: Iterable[Leg] = ()) -> list[Leg]:
    """Returns the legs of a person that are over, by the time of joining, with two of them as one.

    These are the two with the shortest time between them in which the person was on no device. Of
    several such gaps it is the first.

    Args:
        over: at least two.
        others: more legs of the person. They fill gaps, and stay as they are.
    """
    legs = sorted(over, key=_joined_at)
    every = [(leg, True) for leg in legs] + [(leg, False) for leg in others]
    every.sort(key=lambda each: each[0].joined_at)
    shortest: Ticks = MAX_TIME + 1
    first, place = 0, -1
    until = every[0][0].joined_at
    gap: Ticks = 0
    for leg, is_over in every:
        gap += max(0, leg.joined_at - until)
        until = max(until, MAX_TIME if leg.left_at is None else leg.left_at)
        if is_over:
            if place >= 0 and gap < shortest:
                shortest, first = gap, place
            place += 1
            gap = 0
    return [*legs[:first], _merged(legs[first], legs[first + 1], shortest), *legs[first + 2 :]]


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
