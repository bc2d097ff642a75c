"""Computes with half-open intervals: they contain their start, but not their end."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from itertools import pairwise

type Interval = tuple[datetime, datetime]


def union(intervals: Iterable[Interval]) -> tuple[Interval, ...]:
    """Merges intervals that overlap or touch."""
    merged: list[Interval] = []
    for begin, end in sorted(intervals):
        if merged and begin <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((begin, end))
    return tuple(merged)


def cut(interval: Interval, slot: Interval) -> Interval | None:
    """Returns the part within the slot, or None. An empty interval at either end of the slot is
    within it."""
    begin, end = max(interval[0], slot[0]), min(interval[1], slot[1])
    return (begin, end) if begin < end or begin == end == interval[0] == interval[1] else None


def seconds(intervals: Iterable[Interval]) -> float:
    """Returns the total length of intervals that do not overlap."""
    return sum((end - begin for begin, end in intervals), timedelta()).total_seconds()


def peak(presences: Iterable[Iterable[Interval]]) -> tuple[int, datetime | None]:
    """Returns the largest number of people at one time, and when it is first reached. Each presence
    is one person's union."""
    # At the same moment, leaves count before joins.
    changes = sorted(
        (at, step)
        for presence in presences
        for interval in presence
        for at, step in zip(interval, (1, -1), strict=True)
    )
    most, first, count = 0, None, 0
    for at, step in changes:
        count += step
        if count > most:
            most, first = count, at
    return most, first


def alone(presences: Mapping[str, Iterable[Interval]]) -> dict[str, float]:
    """Returns for each person the seconds with nobody else there."""
    changes: dict[datetime, list[tuple[str, int]]] = {}
    for who, presence in presences.items():
        for begin, end in presence:
            changes.setdefault(begin, []).append((who, 1))
            changes.setdefault(end, []).append((who, -1))
    there: set[str] = set()
    alone_seconds = dict.fromkeys(presences, 0.0)
    for at, until in pairwise(sorted(changes)):
        there |= {who for who, step in changes[at] if step > 0}
        there -= {who for who, step in changes[at] if step < 0}
        if len(there) == 1:
            alone_seconds[next(iter(there))] += (until - at).total_seconds()
    return alone_seconds
