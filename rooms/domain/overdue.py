"""When a call without an end is over, by what was planned for its room."""

from rooms.domain.call import Call
from rooms.domain.details import Details, scheduled
from rooms.domain.fold import presumed_ended
from rooms.domain.room import Room
from rooms.domain.time import HOUR, Ticks

STALE: Ticks = HOUR
"""A live call is overdue after this time without an event, and after the planned end."""

OVERDUE_TIMEOUT: Ticks = 4 * HOUR
"""A call has ended after this time without an event, and after the planned end."""


def planned_end(room: Room, details: Details, deleted_at: Ticks | None) -> Ticks:
    """Returns when calls of the room should be over: at the scheduled end, at the end of its
    validity, or when it was deleted, whichever comes first."""
    slot = scheduled(details)
    ends = (room.valid_until, None if slot is None else slot[1], deleted_at)
    return min(end for end in ends if end is not None)


def is_overdue(call: Call, planned_end: Ticks | None, now: Ticks) -> bool:
    """Returns whether a live call seems to be over.

    Args:
        planned_end: None if only events are known of the room.
    """
    return call.ended_at is None and _is_silent_since(call, planned_end, now - STALE)


def ended_if_overdue(call: Call, planned_end: Ticks | None, now: Ticks) -> Call:
    """Returns the call. If it is live and overdue for too long, it has ended with its last event.

    Args:
        planned_end: None if only events are known of the room.
    """
    over = call.ended_at is None and _is_silent_since(call, planned_end, now - OVERDUE_TIMEOUT)
    return presumed_ended(call) if over else call


def _is_silent_since(call: Call, planned_end: Ticks | None, at: Ticks) -> bool:
    return planned_end is not None and max(call.last_event_at, planned_end) <= at
