"""The filter of a list of rooms."""

from dataclasses import dataclass, replace

from rooms.domain.room import Room, RoomCarrier, RoomState
from rooms.domain.time import MAX_TIME, Ticks


@dataclass(frozen=True, slots=True)
class TitledRoom:
    """A room, and what people call it."""

    room: Room
    title: str | None


@dataclass(frozen=True, slots=True)
class RoomFilter:
    """Bounds of when rooms open and close, each included, a text that their titles contain, in
    whatever case, and where their calls run.
    """

    opens_from: Ticks = 0
    opens_until: Ticks = MAX_TIME
    closes_from: Ticks = 0
    closes_until: Ticks = MAX_TIME
    title: str | None = None
    carrier: RoomCarrier | None = None

    def fits(self, listed: TitledRoom) -> bool:
        """Returns whether the list shows the room."""
        opens = self.opens_from <= listed.room.valid_from <= self.opens_until
        closes = self.closes_from <= listed.room.valid_until <= self.closes_until
        return (
            opens
            and closes
            and self.carrier in (None, listed.room.carrier)
            and (self.title is None or self.title.casefold() in (listed.title or "").casefold())
        )


@dataclass(frozen=True, slots=True)
class RoomQuery:
    """The rooms that a caller asks for. None stands for all.

    They are in `state`, may be joined at some moment from `start` until just before `end`, their
    titles contain `title`, in whatever case, and `carrier` carries their calls.
    """

    state: RoomState | None = None
    start: Ticks | None = None
    end: Ticks | None = None
    title: str | None = None
    carrier: RoomCarrier | None = None

    def at(self, now: Ticks) -> RoomFilter:
        """Returns the filter for rooms as they are at `now`."""
        match self.state:
            case "upcoming":
                wanted = RoomFilter(opens_from=now + 1)
            case "open":
                wanted = RoomFilter(opens_until=now, closes_from=now + 1)
            case "expired":
                wanted = RoomFilter(closes_until=now)
            case None:
                wanted = RoomFilter()
        wanted = replace(wanted, title=self.title, carrier=self.carrier)
        if self.start is not None:
            after_start = min(self.start + 1, MAX_TIME)
            wanted = replace(wanted, closes_from=max(wanted.closes_from, after_start))
        if self.end is not None:
            before_end = max(self.end - 1, 0)
            wanted = replace(wanted, opens_until=min(wanted.opens_until, before_end))
        return wanted
