"""Plays a day of a clinic at an app, until now, and compares the app's answers with the truth.

What is over, going on or to come is as the app would have it at this time.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from simulator.app import App
from simulator.appointments import day
from simulator.comparison import compare
from simulator.delivery import Manner, Outcome, deliver
from simulator.events import Event, events
from simulator.faults import Faults
from simulator.known import KnownCall, heard
from simulator.meeting import Meeting, Person
from simulator.play import Performance, Played, elements
from simulator.reading import read
from simulator.sheet import moments, sheet
from simulator.together import together

OPEN_AFTER = timedelta(minutes=15)
"""How long a room is open after its scheduled time."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Somebody who tried to join a room, and may not."""

    room_id: str
    person: Person
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Day:
    """A played day: its rooms by time, and who was refused."""

    at: datetime
    rooms: tuple[Played, ...]
    refusal: Refusal


async def play(app: App, seed: int) -> Day:
    """Makes the rooms, delivers what has happened until now, lets one patient come too early, and
    compares the answers with the truth.

    Raises:
        AppFailed: a request failed.
        Undelivered: the webhook does not accept the events.
    """
    now = datetime.now(UTC).replace(microsecond=0)
    performance = Performance(seed, Faults(), Manner())
    meetings = day(seed, now)
    room_ids = [await app.make_room(meeting, OPEN_AFTER) for meeting in meetings]
    happened = [
        [event for event in events(meeting, seed) if event.time <= now] for meeting in meetings
    ]
    delivered = [
        element
        for room_id, of_room in zip(room_ids, happened, strict=True)
        for element in elements(of_room, room_id, performance)
    ]
    outcome = await deliver(delivered, app.address.webhook, manner=performance.manner)
    refusal = await _refused(app, room_ids[-1], meetings[-1].people[-1])
    rooms = [
        _compared(app, room_id, meeting, of_room, now, performance, outcome)
        for room_id, meeting, of_room in zip(room_ids, meetings, happened, strict=True)
    ]
    return Day(now, tuple(await together(*rooms)), refusal)


async def _refused(app: App, room_id: str, person: Person) -> Refusal:
    answer = await app.admission(room_id, person)
    reasons = tuple(each["code"] for each in answer["reasons"])
    return Refusal(room_id, person, reasons)


async def _compared(
    app: App,
    room_id: str,
    meeting: Meeting,
    happened: Sequence[Event],
    now: datetime,
    performance: Performance,
    outcome: Outcome,
) -> Played:
    """Compares the answers about a room with what has happened in it."""
    calls = heard(meeting, happened, now)
    asked = _moments(calls, now, performance.seed)
    truth, answered = sheet(meeting, calls, asked, now), await read(app, room_id, asked)
    differences = compare(truth, truth, answered, {})
    return Played(room_id, meeting, performance, outcome, truth, answered, differences)


def _moments(calls: Sequence[KnownCall], now: datetime, seed: int) -> tuple[datetime, ...]:
    """Returns moments to ask who is there: now, or some of a call that is over."""
    over = [call for call in calls if call.ended is not None]
    return moments(over, seed) if over else (now,)
