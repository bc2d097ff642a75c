"""How long a person was in a room in some time, and from when until when."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from rooms.domain.call import Leg
from rooms.domain.presence import Stay, merge_stays
from rooms.domain.time import Ticks


class LegInTime(NamedTuple):
    """A leg of a call, and the part of it that lies in the time of a report."""

    call: str
    leg: Leg
    stay: Stay


@dataclass(frozen=True, slots=True)
class Stays:
    """The stays of a person, as few as possible. `duration` is without the breaks in them.

    `merged`: there are breaks in them, and what counts them may be estimated.
    """

    stays: tuple[Stay, ...]
    duration: Ticks
    merged: bool


def stays_of(legs: Sequence[LegInTime], now: Ticks, most: int) -> Stays:
    """Returns the stays of a person with these legs, and at most so many."""
    stays = merge_stays(each.stay for each in legs)
    away = sum(_away(each, legs, now) for each in legs if each.leg.away)
    few = _fewest(stays, most)
    return Stays(
        stays=tuple(few),
        duration=max(0, _length(stays, now) - away),
        merged=len(few) < len(stays) or any(each.leg.away for each in legs),
    )


def _away(one: LegInTime, legs: Iterable[LegInTime], now: Ticks) -> Ticks:
    """Returns how long the person was away in this part of a leg.

    It is exact if the part is all of it, and the person was there with no other raw id and in no
    other call. Otherwise the breaks count as if they were spread evenly.
    """
    stay, leg = one.stay, one.leg
    start, end = stay.start, _end(stay, now)
    whole = _end(Stay(leg.joined_at, leg.left_at), now) - leg.joined_at
    beside = merge_stays(
        Stay(max(start, other.stay.start), min(end, _end(other.stay, now)))
        for other in legs
        if (other.call, other.leg.raw_id) != (one.call, leg.raw_id)
        if other.stay.start < end and _end(other.stay, now) > start
    )
    return leg.away * (end - start - _length(beside, now)) // max(whole, 1)


def _fewest(stays: Sequence[Stay], most: int) -> Sequence[Stay]:
    """Returns at most so many stays: those with the shortest gaps between them become one."""
    if len(stays) <= most:
        return stays
    gaps = [after.start - (before.end or 0) for before, after in pairwise(stays)]
    longest = sorted(range(len(gaps)), key=lambda place: -gaps[place])[: most - 1]
    starts = [0, *sorted(place + 1 for place in longest)]
    ends = [*starts[1:], len(stays)]
    return [Stay(stays[a].start, stays[b - 1].end) for a, b in zip(starts, ends, strict=True)]


def _length(stays: Iterable[Stay], now: Ticks) -> Ticks:
    return sum(_end(stay, now) - stay.start for stay in stays)


def _end(stay: Stay, now: Ticks) -> Ticks:
    return now if stay.end is None else stay.end
