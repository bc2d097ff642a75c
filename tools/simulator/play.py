"""Plays a meeting at an app, and compares the app's answers with the truth."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from simulator.absences import WrongAbsences, wrong_absences
from simulator.app import App
from simulator.comparison import Difference, compare
from simulator.delivery import Manner, Outcome, Progress, Trace, Undelivered, deliver
from simulator.ending import ending
from simulator.events import ENDED, Element, Event, Schema, Shape, events, written
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
"""A past meeting ended at least this long ago, so that the app has closed its calls."""

STARTS_IN = timedelta(seconds=3)
"""When a live meeting starts. The room exists by then."""

WATCH_SECONDS = 1

_AT_THE_END = Manner(batch=20, give_up_seconds=5)
"""How the events are delivered that end a stopped meeting."""


@dataclass(frozen=True, slots=True)
class Performance:
    """How to play a meeting."""

    seed: int
    """For everything random."""
    faults: Faults
    manner: Manner
    schemas: tuple[Schema, ...] = tuple(Schema)
    """Each event uses a random one of these."""
    shapes: tuple[Shape, ...] = tuple(Shape)
    """Each event uses a random one of these."""
    live: bool = False
    """Whether events are delivered at their times, not at once."""


@dataclass(frozen=True, slots=True)
class Played:
    """A played meeting, and the app's answers about it."""

    room_id: str
    meeting: Meeting
    performance: Performance
    outcome: Outcome
    truth: Sheet
    answered: Sheet
    differences: Sequence[Difference]

    @property
    def events(self) -> int:
        """Returns the number of events, without copies."""
        return 2 * sum(1 + len(call.legs) for call in self.meeting.calls)

    @property
    def compared(self) -> int:
        """Returns the number of compared answers."""
        return sum(len(fields) for fields in self.truth.values())

    @property
    def unexplained(self) -> list[Difference]:
        """Returns the wrong answers."""
        return [difference for difference in self.differences if difference.reason is None]

    @property
    def wrongly_absent(self) -> WrongAbsences:
        """Returns how many answers say that somebody did not come who came."""
        return wrong_absences(self.truth, self.answered)

    @property
    def right(self) -> bool:
        """Returns whether the app is right: it refused no event, and every answer is correct or
        explained by a dropped event."""
        return not (self.unexplained or self.outcome.refused)


def planned(performance: Performance, people: int, speed: float) -> Meeting:
    """Returns the meeting of that performance. A live one starts soon, any other is over."""
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
    on_stopped: Callable[[str], None] | None = None,
) -> Played:
    """Makes the room, delivers the events, and compares the answers with the truth.

    If it is cancelled, it first delivers what ends the calls.

    Args:
        on_room: called with the id of the new room.
        on_progress: called after each answer to a delivery.
        on_presence: called each second with the app's answer about who is in the room.
        on_stopped: called with the id of the room if this was cancelled and the calls have ended.

    Raises:
        AppFailed: a request failed.
        Undelivered: the webhook does not accept the events.
    """
    sent = events(meeting, performance.seed)
    room_id = await app.make_room(meeting)
    if on_room:
        on_room(room_id)
    watching = asyncio.create_task(_watch(app, room_id, on_presence)) if on_presence else None
    trace = Trace()
    try:
        (outcome,) = filter(
            None,
            await together(
                _deliver(app, room_id, sent, performance, trace, on_progress),
                *(
                    _change_role(app, room_id, change, performance.live)
                    for change in meeting.role_changes
                ),
            ),
        )
    except asyncio.CancelledError:
        await _end(app, room_id, sent, performance, trace)
        if on_stopped:
            on_stopped(room_id)
        raise
    finally:
        if watching:
            watching.cancel()
            with suppress(asyncio.CancelledError):
                await watching
    arrived = [event for place, event in enumerate(sent) if place not in outcome.dropped]
    calls = truth(meeting)
    asked = moments(calls, performance.seed)
    answered = await read(app, room_id, asked)
    was = sheet(meeting, calls, asked)
    told = enders_told(sent, performance)
    is_left = sheet(meeting, heard(meeting, arrived, datetime.now(UTC), told), asked)
    differences = compare(was, is_left, answered, causes(meeting, arrived))
    return Played(room_id, meeting, performance, outcome, was, answered, differences)


def elements(sent: Sequence[Event], room_id: str, performance: Performance) -> list[Element]:
    """Returns the events as they are delivered."""
    ways = _ways(sent, performance)
    return [written(event, room_id, *way) for event, way in zip(sent, ways, strict=True)]


def enders_told(sent: Sequence[Event], performance: Performance) -> set[str]:
    """Returns the ids of the calls whose end event tells who ended it. Only one shape does."""
    return {
        event.call.id
        for event, (_, shape) in zip(sent, _ways(sent, performance), strict=True)
        if event.type is ENDED and shape is Shape.TYPED
    }


def _ways(sent: Sequence[Event], performance: Performance) -> list[tuple[Schema, Shape]]:
    """Returns the schema and shape of each event."""
    random = Random(f"{performance.seed}/writing")
    return [(random.choice(performance.schemas), random.choice(performance.shapes)) for _ in sent]


async def _deliver(
    app: App,
    room_id: str,
    sent: Sequence[Event],
    performance: Performance,
    trace: Trace,
    on_progress: Callable[[Progress], None] | None,
) -> Outcome:
    now = datetime.now(UTC)
    return await deliver(
        elements(sent, room_id, performance),
        app.address.webhook,
        performance.faults,
        performance.seed,
        on_progress,
        performance.manner,
        [(event.time - now).total_seconds() for event in sent] if performance.live else None,
        trace,
    )


async def _end(
    app: App, room_id: str, sent: Sequence[Event], performance: Performance, trace: Trace
) -> None:
    """Delivers what ends the calls that have begun."""
    ends = ending(sent, trace.attempted, trace.delivered, datetime.now(UTC))
    try:
        await deliver(elements(ends, room_id, performance), app.address.webhook, manner=_AT_THE_END)
    except Undelivered as problem:
        raise Undelivered(f"The call in room {room_id} stays open: {problem}") from problem


async def _change_role(app: App, room_id: str, change: RoleChange, live: bool) -> None:
    if live:
        await asyncio.sleep((change.at - datetime.now(UTC)).total_seconds())
    await app.change_role(room_id, change)


async def _watch(app: App, room_id: str, on_presence: Callable[[dict[str, Any]], None]) -> None:
    while True:
        on_presence(await app.get(f"/rooms/{room_id}/presence"))
        await asyncio.sleep(WATCH_SECONDS)
