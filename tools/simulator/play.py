"""Plays a meeting at an app, and compares what the app then says with what truly happened."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from simulator.app import App
from simulator.comparison import Difference, compare
from simulator.delivery import Manner, Outcome, Progress, deliver
from simulator.events import Element, Event, Schema, Shape, events, written
from simulator.faults import Faults
from simulator.known import heard, truth
from simulator.meeting import Meeting, RoleChange
from simulator.reading import read
from simulator.reasons import causes
from simulator.script import LONGEST, write
from simulator.sheet import moments, sheet
from simulator.subjects import Sheet
from simulator.together import together

SETTLED = timedelta(minutes=5)
"""So long ago a meeting of the past has ended that nothing about it is still open."""

STARTS_IN = timedelta(seconds=3)
"""A live meeting; by then the room is there."""

WATCH_SECONDS = 1


@dataclass(frozen=True, slots=True)
class Performance:
    """How to play a meeting."""

    seed: int
    """Of all that is left to chance."""
    faults: Faults
    manner: Manner
    schemas: tuple[Schema, ...] = tuple(Schema)
    """Each event is written in one of them,"""
    shapes: tuple[Shape, ...] = tuple(Shape)
    """and in one of these."""
    live: bool = False
    """Events are delivered at their times, not at once."""


@dataclass(frozen=True, slots=True)
class Played:
    """What has been played, and what the app makes of it."""

    room_id: str
    meeting: Meeting
    performance: Performance
    outcome: Outcome
    truth: Sheet
    answered: Sheet
    differences: Sequence[Difference]

    @property
    def events(self) -> int:
        """How many there were, each once."""
        return 2 * sum(1 + len(call.legs) for call in self.meeting.calls)

    @property
    def compared(self) -> int:
        """How many answers."""
        return sum(len(fields) for fields in self.truth.values())

    @property
    def unexplained(self) -> list[Difference]:
        """The answers that are wrong."""
        return [difference for difference in self.differences if difference.reason is None]

    @property
    def right(self) -> bool:
        """Whether the app is: every answer is the truth, or explained by what was dropped, and no
        event was refused."""
        return not (self.unexplained or self.outcome.refused)


def planned(performance: Performance, people: int, speed: float) -> Meeting:
    """The meeting of that performance, if it begins now: one that is live is about to start, any
    other is over."""
    now = datetime.now(UTC).replace(microsecond=0)
    start = now + STARTS_IN if performance.live else now - LONGEST - SETTLED
    return write(performance.seed, people, start, speed)


async def play(
    app: App,
    meeting: Meeting,
    performance: Performance,
    on_room: Callable[[str], None] | None = None,
    on_progress: Callable[[Progress], None] | None = None,
    on_presence: Callable[[dict[str, Any]], None] | None = None,
) -> Played:
    """Make the room, let the meeting happen, and compare.

    Args:
        on_room: called with the room's id when it is made.
        on_progress: called when deliveries have been answered.
        on_presence: called each second with who is in the room now, as the app says.

    Raises:
        AppFailed: a request was refused or not answered.
        Undelivered: the webhook does not take the events.
    """
    told = events(meeting, performance.seed)
    room_id = await app.make_room(meeting)
    if on_room:
        on_room(room_id)
    watching = asyncio.create_task(_watch(app, room_id, on_presence)) if on_presence else None
    try:
        (outcome,) = filter(
            None,
            await together(
                _deliver(app, room_id, told, performance, on_progress),
                *(
                    _change_role(app, room_id, change, performance.live)
                    for change in meeting.role_changes
                ),
            ),
        )
    finally:
        if watching:
            watching.cancel()
            with suppress(asyncio.CancelledError):
                await watching
    arrived = [event for place, event in enumerate(told) if place not in outcome.dropped]
    calls = truth(meeting)
    asked = moments(calls, performance.seed)
    answered = await read(app, room_id, asked)
    was = sheet(meeting, calls, asked)
    is_left = sheet(meeting, heard(meeting, arrived, datetime.now(UTC)), asked)
    differences = compare(was, is_left, answered, causes(meeting, arrived))
    return Played(room_id, meeting, performance, outcome, was, answered, differences)


def elements(told: Sequence[Event], room_id: str, performance: Performance) -> list[Element]:
    """The events as they are delivered."""
    random = Random(f"{performance.seed}/writing")
    choices = [
        (random.choice(performance.schemas), random.choice(performance.shapes)) for _ in told
    ]
    return [written(event, room_id, *choice) for event, choice in zip(told, choices, strict=True)]


async def _deliver(
    app: App,
    room_id: str,
    told: Sequence[Event],
    performance: Performance,
    on_progress: Callable[[Progress], None] | None,
) -> Outcome:
    now = datetime.now(UTC)
    return await deliver(
        elements(told, room_id, performance),
        app.address.webhook,
        performance.faults,
        performance.seed,
        on_progress,
        performance.manner,
        [(event.time - now).total_seconds() for event in told] if performance.live else None,
    )


async def _change_role(app: App, room_id: str, change: RoleChange, live: bool) -> None:
    if live:
        await asyncio.sleep((change.at - datetime.now(UTC)).total_seconds())
    await app.change_role(room_id, change)


async def _watch(app: App, room_id: str, on_presence: Callable[[dict[str, Any]], None]) -> None:
    while True:
        on_presence(await app.get(f"/rooms/{room_id}/presence"))
        await asyncio.sleep(WATCH_SECONDS)
