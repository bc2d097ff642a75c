"""All calls of a room, folded from a list of events."""

from collections import defaultdict
from collections.abc import Iterable

from rooms.domain.call import Call
from rooms.domain.events import CallEvent
from rooms.domain.fold import fold_call, in_succession
from rooms.domain.time import Ticks


def fold_calls(events: Iterable[CallEvent], now: Ticks) -> list[Call]:
    """Returns the calls of one room at `now`, in the order in which they started."""
    by_call: defaultdict[str, list[CallEvent]] = defaultdict(list)
    for event in events:
        by_call[event.call].append(event)
    return in_succession(
        call for some in by_call.values() if (call := fold_call(some, now)) is not None
    )
