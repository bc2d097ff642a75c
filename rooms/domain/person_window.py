"""The time for which a report about a person tells of a room."""

from dataclasses import dataclass

from rooms.domain.details import Details, scheduled
from rooms.domain.room import Room
from rooms.domain.time import Ticks
from rooms.domain.time_window import Deletion, TimeWindow, until_deletion


@dataclass(frozen=True, slots=True)
class PersonWindow:
    """A time of a room. `if_empty`: the report tells of it even if nobody came."""

    start: Ticks
    end: Ticks
    if_empty: bool

    @property
    def window(self) -> TimeWindow:
        """Returns the time as that of a report."""
        return TimeWindow(self.start, self.end)


def person_window(
    room: Room, details: Details, deletion: Deletion | None, start: Ticks, end: Ticks
) -> PersonWindow | None:
    """Returns what a report from `start` until just before `end` tells of a room; None: nothing.

    That is the whole scheduled time, if a part of it lies in the report. Without a schedule it is
    the part of the room's validity that does. Either ends with the deletion of the room.
    """
    planned = scheduled(details)
    opens, closes = planned or (room.valid_from, room.valid_until)
    if not (opens < end and start < closes):
        return None
    ends = until_deletion(TimeWindow(opens, closes), deletion).end or closes
    if planned:
        return PersonWindow(opens, ends, if_empty=True)
    if ends <= start:
        return None
    is_whole = start <= opens and ends <= end
    return PersonWindow(max(opens, start), min(ends, end), if_empty=is_whole)
