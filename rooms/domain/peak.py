"""The most people that were in a call at one time."""

from collections import defaultdict
from dataclasses import replace

from rooms.domain.call import Call
from rooms.domain.time import Ticks


def with_peak(call: Call) -> Call:
    """Returns the call with the peak of its legs. A person on two devices counts once."""
    changes: defaultdict[Ticks, list[tuple[int, str]]] = defaultdict(list)
    for leg in call.legs:
        changes[leg.joined_at].append((1, leg.person))
        if leg.left_at is not None:
            changes[leg.left_at].append((-1, leg.person))
    devices: defaultdict[str, int] = defaultdict(int)
    there, peak, peak_at = 0, 0, None
    for at in sorted(changes):
        for step, person in changes[at]:
            before = devices[person]
            devices[person] += step
            there += (devices[person] > 0) - (before > 0)
        if there > peak:
            peak, peak_at = there, at
    estimated = any(
        (leg.estimated or leg.away > 0) and (peak_at is None or leg.covers(peak_at))
        for leg in call.legs
    )
    return replace(call, peak=peak, peak_at=peak_at, peak_estimated=estimated)
