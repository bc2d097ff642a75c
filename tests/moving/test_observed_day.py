"""A day at ACS, whose rooms are made, changed and deleted there, with meetings of which some events
are lost: an app that observes it knows who was invited, who came, and who did not."""

import json
import uuid
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import azure.functions as func
import pytest
import pytest_asyncio
from azure.data.tables.aio import TableClient

from rooms.acs.answer import AcsAnswer
from rooms.acs.errors import AcsRefusesUs
from rooms.acs.pace import Pace
from rooms.acs.resource import Resource
from rooms.app import App
from rooms.domain.time import DAY, HOUR, SECOND, Ticks, format_time, parse_time
from rooms.intake import event_grid
from rooms.storage.table import Table
from simulator.events import ADDED, REMOVED, STARTED, Event, Schema, Shape, events, written
from simulator.meeting import Meeting
from simulator.script import write
from testkit.functions import HOST, answer_of, ask
from testkit.identifiers import raw_id
from testkit.raw import signed
from testkit.running import new_key
from testkit.storage import Clock

# The class of events of the SDK.
pytestmark = pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow:DeprecationWarning")

KEY = new_key()
MORNING = datetime(2026, 5, 4, 8, tzinfo=UTC)
MINUTE: Ticks = 60 * SECOND
TIMER: Ticks = 15 * MINUTE
"""The timer runs each minute. That is more than this day needs."""
BEFORE: Ticks = 5 * SECOND
"""A room is made so long before its first event."""
LATE, REMOVED_LATER = raw_id(1), raw_id(2)


class Nearby:
    """The resource of ACS, with no network between."""

    def __init__(self, acs: App) -> None:
        self._acs = acs
        self.asked = 0

    async def send(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes
    ) -> AcsAnswer:
        """Returns what the instance answers that stands in the place of ACS."""
        self.asked += 1
        sent = {"host": HOST, **headers, **signed(KEY, method, target, HOST, body)}
        lower = {name.lower(): value for name, value in sent.items()}
        answer = await answer_of(self._acs, method, f"https://{HOST}{target}", lower, body)
        return AcsAnswer(answer.status, answer.headers, answer.body)

    def refused(self) -> AcsRefusesUs:
        """Returns the error for an answer that refuses us."""
        return AcsRefusesUs()


@dataclass
class Truth:
    """What really happened in a room, and where."""

    meeting: Meeting
    room_id: str = ""
    invited: set[str] = field(default_factory=set)
    lost: int = 0
    """Events that never come."""

    @property
    def statuses(self) -> dict[str, str]:
        """Returns who attended, who was absent, and who came uninvited."""
        came = {leg.person.raw_id for call in self.meeting.calls for leg in call.legs}
        return (
            dict.fromkeys(self.invited - came, "absent")
            | dict.fromkeys(self.invited & came, "attended")
            | dict.fromkeys(came - self.invited, "uninvited")
        )


@dataclass
class Day:
    """An instance in the place of ACS, an app that observes it, and what is to happen when."""

    acs: App
    app: App
    clock: Clock
    nearby: Nearby
    trigger: Callable[[str], Awaitable[None]]
    plan: list[tuple[Ticks, Callable[[], Awaitable[None]]]] = field(default_factory=list)

    def at(self, when: Ticks, what: Callable[[], Awaitable[None]]) -> None:
        """Lets something happen then."""
        self.plan.append((when, what))

    async def pass_by(self) -> None:
        """Lets all happen, in the order of time, with the timer between."""
        ordered = sorted(self.plan, key=lambda each: each[0])
        due = self.clock.now
        for when, what in ordered:
            while due < when:
                await self.timer(due)
                due += TIMER
            self.clock.now = max(self.clock.now, when)
            await what()
        await self.timer(due)

    async def timer(self, when: Ticks) -> None:
        """Runs the timer of the app."""
        self.clock.now = max(self.clock.now, when)
        assert self.app.passes is not None
        await self.app.passes.run()

    async def at_acs(self, method: str, path: str, body: object = None) -> Any:
        """Changes a room at ACS, past the app. Returns the body of the answer."""
        answer = await ask(self.acs, KEY, method, path, body)
        assert answer.status in (200, 201, 204), answer.body
        return answer.json() if answer.body else None

    async def here(self, path: str) -> Any:
        """Returns what the app answers."""
        answer = await ask(self.app, KEY, "GET", path)
        assert answer.status == 200, answer.body
        return answer.json()

    async def deliver(self, element: Mapping[str, Any]) -> None:
        """Delivers an event to the trigger of the app."""
        await self.trigger(json.dumps(element))


@pytest_asyncio.fixture
async def day(azurite: str, in_one_partition: None) -> AsyncIterator[Day]:
    """A day that has not begun."""
    clock = Clock(ticks(MORNING) - 10 * MINUTE)

    async def sleep(seconds: float) -> None:
        clock.now += round(seconds * SECOND)

    tables = [TableClient.from_connection_string(azurite, f"t{uuid.uuid4().hex}") for _ in range(2)]
    settings = {
        "ROOMS_MANAGE_KEY__app": KEY,
        "ROOMS_ACS__endpoint": f"https://{HOST}",
        "ROOMS_ACS_MODE": "observe",
    }
    acs, app = App({"ROOMS_MANAGE_KEY__app": KEY}, clock), App(settings, clock)
    nearby = Nearby(acs)
    app.acs = cast(Resource, nearby)
    app.pace = Pace(100, clock, sleep)
    for each, table in zip((acs, app), tables, strict=True):
        await table.create_table()
        each.table = Table(table)
    function_app = func.FunctionApp()
    event_grid.register(function_app, app)
    (function,) = function_app.get_functions()
    yield Day(acs, app, clock, nearby, function.get_user_function())
    for table in tables:
        await table.close()


def ticks(at: datetime) -> Ticks:
    return parse_time(at.isoformat())


def is_lost(place: int, event: Event) -> bool:
    """Whether an event never comes: the begin of a call, or the begin or the end of some stays, but
    never both."""
    if event.leg is None:
        return event.type is STARTED and place % 2 == 0
    of_leg = sum(map(ord, event.leg.participant_id)) % 5
    return (event.type is ADDED and of_leg == 0) or (event.type is REMOVED and of_leg == 1)


def people(*raw_ids: str) -> dict[str, Any]:
    return {"participants": {each: {"role": "Attendee"} for each in raw_ids}}


def planned(day: Day, truth: Truth, number: int) -> None:
    """Plans a meeting: its room is made just before, its events come a second late, and its roster
    changes meanwhile."""
    meeting = truth.meeting
    begin, over = ticks(meeting.calls[0].started), ticks(meeting.over)

    async def make() -> None:
        roster = {each.raw_id: {"role": each.role} for each in meeting.invited}
        roster[REMOVED_LATER] = {"role": "Attendee"}
        until = {"validUntil": format_time(over + DAY)}
        made = await day.at_acs("POST", "/rooms", {**until, "participants": roster})
        truth.room_id = made["id"]
        truth.invited |= roster.keys()

    async def known() -> None:
        roster = (await day.app.rooms.with_roster(truth.room_id)).roster
        assert roster.keys() == truth.invited, "it is known with its first event"

    async def invite_and_remove() -> None:
        patch = {LATE: {"role": "Attendee"}, REMOVED_LATER: None}
        await day.at_acs("PATCH", f"/rooms/{truth.room_id}/participants", {"participants": patch})
        truth.invited.add(LATE)

    def coming(event: Event) -> Callable[[], Awaitable[None]]:
        async def deliver() -> None:
            schema, shape = list(Schema)[number % 2], list(Shape)[number // 2 % 2]
            await day.deliver(written(event, truth.room_id, schema, shape))

        return deliver

    arriving = [
        event
        for place, event in enumerate(events(meeting, number))
        if not is_lost(place + number, event)
    ]
    truth.lost = len(events(meeting, number)) - len(arriving)
    day.at(begin - BEFORE, make)
    for event in arriving:
        day.at(ticks(event.time) + SECOND, coming(event))
    day.at(ticks(arriving[0].time) + SECOND + 1, known)
    day.at(begin + 12 * MINUTE, invite_and_remove)


async def attendance(day: Day, truth: Truth) -> Sequence[Mapping[str, Any]]:
    """Returns what the app says of everybody in a room."""
    meeting = truth.meeting
    start, end = ticks(meeting.calls[0].started), ticks(meeting.over)
    window = f"from={format_time(start)}&until={format_time(end)}".replace("+", "%2B")
    told = await day.here(f"/rooms/{truth.room_id}/attendance?{window}")
    value: list[Mapping[str, Any]] = told["value"]
    counts = Counter(truth.statuses.values())
    assert {name: told["summary"][name] for name in ("attended", "absent", "uninvited")} == {
        name: counts[name] for name in ("attended", "absent", "uninvited")
    }
    return value


async def test_an_app_that_observes_a_day_at_acs_knows_who_came(day: Day) -> None:
    truths = [Truth(write(seed, 7, MORNING + seed * timedelta(minutes=50))) for seed in range(3)]
    for number, truth in enumerate(truths):
        planned(day, truth, number)
    evening = max(ticks(truth.meeting.over) for truth in truths)
    extra: dict[str, str] = {}

    async def make_rooms() -> None:
        for name in ("cancelled", "extended"):
            made = await day.at_acs("POST", "/rooms", people(LATE))
            extra[name] = made["id"]

    async def change_rooms() -> None:
        await day.at_acs("DELETE", f"/rooms/{extra['cancelled']}")
        times = {"validFrom": format_time(day.clock.now), "validUntil": format_time(evening + DAY)}
        await day.at_acs("PATCH", f"/rooms/{extra['extended']}", times)

    async def delete_a_room() -> None:
        await day.at_acs("DELETE", f"/rooms/{truths[2].room_id}")

    day.at(ticks(MORNING) - 10 * MINUTE, make_rooms)
    day.at(ticks(MORNING) + HOUR, change_rooms)
    day.at(evening + 10 * MINUTE, delete_a_room)
    day.at(evening + HOUR + 30 * MINUTE, lambda: day.timer(0))
    await day.pass_by()

    assert sum(truth.lost for truth in truths) > 20
    for truth in truths:
        told = await attendance(day, truth)
        assert {one["rawId"]: one["status"] for one in told} == truth.statuses
        (removed,) = [one for one in told if one["rawId"] == REMOVED_LATER]
        assert removed["removedAt"] is not None
        log = (await day.here(f"/rooms/{truth.room_id}/log?actor=acs"))["value"]
        kinds = {record["kind"] for record in log}
        gone = {"RoomDeleted"} if truth is truths[2] else set()
        assert kinds == {"RoomCreated", "ParticipantsUpdated", *gone}
    moving = await day.here("/moving")
    assert moving["rooms"] == {"acs": 3, "own": 0}
    extended = await day.here(f"/rooms/{extra['extended']}/overview")
    assert extended["validUntil"] == format_time(evening + DAY)
    assert (await ask(day.app, KEY, "GET", f"/rooms/{extra['cancelled']}")).status == 404
    assert day.nearby.asked < 400
