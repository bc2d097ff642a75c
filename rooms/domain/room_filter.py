"""Which rooms a list shows."""

from dataclasses import dataclass, replace

from rooms.domain.room import Room, RoomState
from rooms.domain.time import MAX_TIME, Ticks


@dataclass(frozen=True, slots=True)
class Listed:
    """A room, and what people call it."""

    room: Room
    title: str | None


@dataclass(frozen=True, slots=True)
class RoomFilter:
    """Bounds of when rooms open and close, each included: all that there is to say about their
    times is in such bounds.

    And what their titles contain, in whatever case.
    """

    opens_from: Ticks = 0
    opens_until: Ticks = MAX_TIME
    closes_from: Ticks = 0
    closes_until: Ticks = MAX_TIME
    title: str | None = None

    def fits(self, listed: Listed) -> bool:
        """Whether the list shows the room."""
        opens = self.opens_from <= listed.room.valid_from <= self.opens_until
        closes = self.closes_from <= listed.room.valid_until <= self.closes_until
        return (
            opens
            and closes
            and (self.title is None or self.title.casefold() in (listed.title or "").casefold())
        )


def room_filter(
    state: RoomState | None,
    at: Ticks,
    start: Ticks | None,
    end: Ticks | None,
    title: str | None = None,
) -> RoomFilter:
    """Rooms that are in `state` at `at`, whose time overlaps with that from `start` until just
    before `end`, and whose title contains `title`.

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
    wanted = replace(wanted, title=title)
    if start is not None:
        wanted = replace(wanted, closes_from=max(wanted.closes_from, min(start + 1, MAX_TIME)))
    if end is not None:
        wanted = replace(wanted, opens_until=min(wanted.opens_until, max(end - 1, 0)))
    return wanted
