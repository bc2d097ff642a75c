"""The filter of a list of rooms."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace

from rooms.domain.room import Room, RoomCarrier, RoomState
from rooms.domain.time import MAX_TIME, Ticks


@dataclass(frozen=True, slots=True)
class RoomInList:
    """A room, what people call it, when it is scheduled, and how many people are invited.

    `names` has the names of people, for lists by name: they are not answered.
    """

    room: Room
    title: str | None = None
    scheduled: tuple[Ticks, Ticks] | None = None
    people: int = 0
    names: Collection[str] = field(default=(), repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class RoomFilter:
    """Bounds of when rooms open and close, each included, a text that their titles contain, in
    whatever case, where their calls run, when they are scheduled to start, from a time until just
    before another, and a text that the name of somebody contains.
    """

    opens_from: Ticks = 0
    opens_until: Ticks = MAX_TIME
    closes_from: Ticks = 0
    closes_until: Ticks = MAX_TIME
    title: str | None = None
    carrier: RoomCarrier | None = None
    scheduled_from: Ticks | None = None
    scheduled_until: Ticks | None = None
    name: str | None = None

    @property
    def is_of_details(self) -> bool:
        """Returns whether it asks for the schedule or for names."""
        return self.is_of_schedule or self.name is not None

    @property
    def is_of_schedule(self) -> bool:
        """Returns whether it asks for the schedule."""
        return self.scheduled_from is not None or self.scheduled_until is not None

    def fits(self, listed: RoomInList) -> bool:
        """Returns whether the list shows the room."""
        return self.fits_room(listed.room, listed.title) and self.fits_details(listed)

    def fits_room(self, room: Room, title: str | None) -> bool:
        """Returns whether the list may show the room, whatever its schedule and names."""
        opens = self.opens_from <= room.valid_from <= self.opens_until
        closes = self.closes_from <= room.valid_until <= self.closes_until
        return (
            opens
            and closes
            and self.carrier in (None, room.carrier)
            and (self.title is None or contains(title or "", self.title))
        )

    def fits_details(self, listed: RoomInList) -> bool:
        """Returns whether the schedule and the names of a room fit."""
        if self.is_of_schedule:
            if listed.scheduled is None:
                return False
            start = listed.scheduled[0]
            if self.scheduled_from is not None and start < self.scheduled_from:
                return False
            if self.scheduled_until is not None and start >= self.scheduled_until:
                return False
        return self.name is None or any(contains(each, self.name) for each in listed.names)


def contains(text: str, part: str) -> bool:
    """Returns whether a text has this part, in whatever case."""
    return part.casefold() in text.casefold()


@dataclass(frozen=True, slots=True)
class RoomQuery:
    """The rooms that a caller asks for. None stands for all.

    They are in `state`, may be joined at some moment from `start` until just before `end`, their
    titles contain `title`, in whatever case, and `carrier` carries their calls. They are scheduled
    to start from `scheduled_from` until just before `scheduled_until`, and somebody's name contains
    `name`, in whatever case.
    """

    state: RoomState | None = None
    start: Ticks | None = None
    end: Ticks | None = None
    title: str | None = None
    carrier: RoomCarrier | None = None
    scheduled_from: Ticks | None = None
    scheduled_until: Ticks | None = None
    name: str | None = None

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
        wanted = replace(
            wanted,
            title=self.title,
            carrier=self.carrier,
            scheduled_from=self.scheduled_from,
            scheduled_until=self.scheduled_until,
            name=self.name,
        )
        if self.start is not None:
            after_start = min(self.start + 1, MAX_TIME)
            wanted = replace(wanted, closes_from=max(wanted.closes_from, after_start))
        if self.end is not None:
            before_end = max(self.end - 1, 0)
            wanted = replace(wanted, opens_until=min(wanted.opens_until, before_end))
        return wanted
