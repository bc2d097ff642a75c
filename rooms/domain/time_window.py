"""The time that a report is about, and what lies in it."""

from dataclasses import dataclass, replace

from rooms.domain.presence import Stay
from rooms.domain.time import Ticks


@dataclass(frozen=True, slots=True)
class TimeWindow:
    """The time of a report. `end` is None while its call is live. `estimated`: an end is."""

    start: Ticks
    end: Ticks | None
    estimated: bool = False

    def is_over(self, now: Ticks) -> bool:
        """Returns whether nobody can come any more."""
        return self.end is not None and self.end <= now

    def cut(self, stay: Stay, now: Ticks) -> Stay | None:
        """Returns the part of a stay that lies in this time.

        A stay of no length at an end of this time lies in it, too.
        """
        start = max(stay.start, self.start)
        over = self.end if self.is_over(now) else None
        if stay.start == stay.end:
            is_in = start == stay.start and (over is None or start <= over)
            return Stay(start, start) if is_in else None
        if stay.end is None:
            end = over
        elif self.end is None:
            end = stay.end
        else:
            end = min(stay.end, self.end)
        latest = now + 1 if end is None else end
        return Stay(start, end) if start < latest else None


@dataclass(frozen=True, slots=True)
class Deletion:
    """When a room was deleted, and by whom; None: not known."""

    at: Ticks
    by: str | None


def start_in(window: TimeWindow, scheduled_start: Ticks | None) -> Ticks | None:
    """Returns the scheduled start if it lies in this time."""
    if scheduled_start is None or scheduled_start < window.start:
        return None
    return scheduled_start if window.end is None or scheduled_start < window.end else None


def cancelled(
    window: TimeWindow,
    deletion: Deletion | None,
    scheduled_start: Ticks | None = None,
    met: bool = True,
) -> Deletion | None:
    """Returns the deletion if it cancelled what was to happen in this time: it came before the
    scheduled start in it, or before all of it.

    Args:
        met: whether a call went on in this time. If there was none, and nothing was scheduled, it
            is enough that the deletion was not after it.
    """
    start: Ticks | None = start_in(window, scheduled_start)
    if start is None:
        start = window.start if met or scheduled_start is not None else window.end
    if deletion is None or start is None:
        return None
    return deletion if deletion.at <= start else None


def until_deletion(
    window: TimeWindow, deletion: Deletion | None, scheduled_start: Ticks | None = None
) -> TimeWindow:
    """Returns this time until the room was deleted, if that was in it and cancelled nothing."""
    if deletion is None or cancelled(window, deletion, scheduled_start):
        return window
    if window.end is None or deletion.at >= window.end:
        return window
    return replace(window, end=deletion.at)
