"""The events that are missing, by what the media server has and what the events tell.

A webhook may be lost, and so is all that a server would have said that was killed.

Each function compares what the events told first with what the server had after that: so whatever
the clocks say, nobody is taken as gone who has just joined. True events that come later are
harmless: a second join changes nothing, and a true leave or end counts more than an estimated one.
"""

from collections.abc import Iterable, Iterator

from rooms.domain.call import Call
from rooms.domain.connection import Connection
from rooms.domain.events import CARRIED, CallEvent
from rooms.domain.time import SECOND, Ticks

UNDER_WAY: Ticks = 20 * SECOND
"""What happened less than this ago may still be told: the server tries for 15 s."""

QUIET: Ticks = 60 * SECOND
"""What was heard of in this time is not taken as gone: its end may still be told, and the clocks of
the server and of this service may differ by as much."""


def missing_joins(
    call_id: str, told: Call | None, present: Iterable[Connection], at: Ticks
) -> Iterator[CallEvent]:
    """Yields the joins of who is in a call and of whom no event tells, at their true times.

    Args:
        told: the call as the events tell it, None if none does.
        present: who is in it at `at`.
    """
    known = set() if told is None else {leg.participant_id for leg in told.legs}
    for connection in present:
        if connection.participant_id in known or connection.joined_at > at - UNDER_WAY:
            continue
        yield CallEvent(
            "ParticipantAdded",
            f"seen:{connection.participant_id}",
            call_id,
            connection.joined_at,
            participant_id=connection.participant_id,
            raw_id=connection.raw_id,
            display_name=connection.display_name,
            role=connection.role,
            endpoint_type=CARRIED,
            source=CARRIED,
        )


def missing_leaves(told: Call, present: Iterable[Connection], at: Ticks) -> Iterator[CallEvent]:
    """Yields the leaves of who was in a call, as the events told it, and is not in it at `at`. They
    are estimated."""
    here = {connection.participant_id for connection in present}
    for leg in told.legs:
        if leg.left_at is None and leg.participant_id not in here and leg.joined_at <= at - QUIET:
            yield CallEvent(
                "ParticipantRemoved",
                f"gone:{leg.participant_id}",
                told.id,
                at,
                participant_id=leg.participant_id,
                raw_id=leg.raw_id,
                source=CARRIED,
                estimated=True,
            )


def missing_end(
    told: Call, at: Ticks, silent_since: Ticks | None = None, next_start: Ticks | None = None
) -> CallEvent | None:
    """Returns the end of a call that the server does not have at `at`, or None if it may still be
    told. It is estimated.

    Args:
        silent_since: when the server was first asked in vain, if it did not answer until now.
        next_start: when another call of the room began. The end of this one was told before that,
            or is lost.
    """
    if next_start is None and told.last_event_at > at - QUIET:
        return None
    over = min(time for time in (at, silent_since, next_start) if time is not None)
    ended_at = max(over, told.last_event_at)
    return CallEvent(
        "CallEnded", f"gone:{told.id}", told.id, ended_at, source=CARRIED, estimated=True
    )
