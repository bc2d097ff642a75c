"""Ends the calls of a meeting that is stopped in its midst."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from simulator.events import ADDED, ENDED, REMOVED, Event


def ending(
    sent: Sequence[Event], attempted: Collection[int], delivered: Collection[int], at: datetime
) -> list[Event]:
    """Returns the events that end what has begun: the leaves, and the ends of calls. What would
    happen later happens now.

    Args:
        attempted: positions of the events that may have arrived.
        delivered: positions of the events that have arrived.
        at: now.
    """
    arrived = [sent[place] for place in attempted]
    begun = {event.call.id for event in arrived}
    joined = {event.leg.participant_id for event in arrived if event.leg and event.type is ADDED}
    return [
        event
        if event.time <= at
        else replace(event, time=at, call=replace(event.call, ended=min(event.call.ended, at)))
        for place, event in enumerate(sent)
        if place not in delivered
        and (
            (event.type is ENDED and event.call.id in begun)
            or (event.type is REMOVED and event.leg and event.leg.participant_id in joined)
        )
    ]
