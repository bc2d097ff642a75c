"""Which rooms a list shows."""

from dataclasses import dataclass

from rooms.rules.room import Room, RoomState
from rooms.rules.time import MAX_TIME, Ticks


@dataclass(frozen=True, slots=True)
class RoomFilter:
    """Bounds of when rooms open and close, each included: all that there is to say about them is in such bounds."""

    opens_from: Ticks = 0
    opens_until: Ticks = MAX_TIME
    closes_from: Ticks = 0
    closes_until: Ticks = MAX_TIME

    def fits(self, room: Room) -> bool:
        """Whether the list shows the room."""
        opens = self.opens_from <= room.valid_from <= self.opens_until
        return opens and self.closes_from <= room.valid_until <= self.closes_until


def room_filter(state: RoomState | None, at: Ticks, start: Ticks | None, end: Ticks | None) -> RoomFilter:
    """Rooms that are in `state` at `at`, and open at some moment from `start` until just before `end`; None: whatever."""
    opens_from, opens_until, closes_from, closes_until = 0, MAX_TIME, 0, MAX_TIME
    if state == "upcoming":
        opens_from = at + 1
    elif state == "open":
        opens_until, closes_from = at, at + 1
    elif state == "expired":
        closes_until = at
    if start is not None:
        closes_from = max(closes_from, min(start + 1, MAX_TIME))
    if end is not None:
        opens_until = min(opens_until, max(end - 1, 0))
    return RoomFilter(opens_from, opens_until, closes_from, closes_until)
