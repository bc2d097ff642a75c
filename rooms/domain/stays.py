"""How long a person was in a room in some time, and from when until when."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
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
    has_breaks = any(each.leg.away for each in legs)
    away = _away(legs, now) if has_breaks else 0
    few = _fewest(stays, most)
    return Stays(
        stays=tuple(few),
        duration=max(0, _length(stays, now) - away),
        merged=has_breaks or len(few) < len(stays),
    )


def _away(legs: Iterable[LegInTime], now: Ticks) -> Ticks:
    """Returns how long the person was away in these parts of legs.

    It is exact of a part that is all of its leg, and in which the person was there with no other
    raw id and in no other call. Otherwise the breaks count as if they were spread evenly.
    """
    beside_until = _beside(legs, now)
    away = 0
    for _, leg, stay in legs:
        if leg.away:
            start, end = stay.start, stay.until(now)
            beside = beside_until(end) - beside_until(start)
            whole = Stay(leg.joined_at, leg.left_at).until(now) - leg.joined_at
            away += leg.away * (end - start - beside) // max(whole, 1)
    return away


def _beside(legs: Iterable[LegInTime], now: Ticks) -> Callable[[Ticks], Ticks]:
    """Returns what tells how long, until a moment, the person was there with several raw ids or in
    several calls."""
    apart: defaultdict[tuple[str, str | None], list[Stay]] = defaultdict(list)
    for call, leg, stay in legs:
        apart[call, leg.raw_id].append(Stay(stay.start, stay.until(now)))
    changes = sorted(
        change
        for stays in apart.values()
        for stay in merge_stays(stays)
        for change in ((stay.start, 1), (stay.until(now), -1))
    )
    moments, lengths, several, count = [0], [0], [False], 0
    for at, step in changes:
        lengths.append(lengths[-1] + (at - moments[-1]) * several[-1])
        moments.append(at)
        count += step
        several.append(count > 1)

    def until(moment: Ticks) -> Ticks:
        last = bisect_right(moments, moment) - 1
        return lengths[last] + (moment - moments[last]) * several[last]

    return until


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
    return sum(stay.until(now) - stay.start for stay in stays)
