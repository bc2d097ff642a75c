"""Which rooms a list shows."""

from dataclasses import dataclass, replace

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
    """Rooms that are in `state` at `at`, and whose time overlaps with that from `start` until just before `end`.

    None: whatever.
    """
    match state:
        case "upcoming":
            wanted = RoomFilter(opens_from=at + 1)
        case "open":
            wanted = RoomFilter(opens_until=at, closes_from=at + 1)
        case "expired":
            wanted = RoomFilter(closes_until=at)
        case None:
            wanted = RoomFilter()
    if start is not None:
        wanted = replace(wanted, closes_from=max(wanted.closes_from, min(start + 1, MAX_TIME)))
    if end is not None:
        wanted = replace(wanted, opens_until=min(wanted.opens_until, max(end - 1, 0)))
    return wanted
