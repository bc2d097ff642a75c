"""Admissions with the storage behind a proxy: what they cost, what faults do to them, and who is
counted."""

import asyncio
import json

import azure.functions as func
import pytest
from azure.data.tables.aio import TableClient

from rooms.api.extension.admission import routes
from rooms.app import App
from rooms.domain.admission import UNOCCUPIED, Occupancy
from rooms.domain.events import CallEvent
from rooms.domain.limits import Limits
from rooms.domain.log import LogRecord
from rooms.domain.log_kinds import kinds_from
from rooms.domain.room import RoomChange
from rooms.domain.roster import Roster
from rooms.domain.time import HOUR, MAX_TIME, SECOND, now
from rooms.storage.admissions import Admissions
from rooms.storage.calls import Calls
from rooms.storage.history import History
from rooms.storage.rooms import Rooms, RoomWithRoster
from rooms.storage.table import Table
from testkit.identifiers import raw_id
from testkit.running import new_key
from testkit.storage import ORIGIN, Clock, know_floors
from testkit.storage_proxy import SETTLED, Fault, StorageProxy
from tests.domain.histories import added, ended, moment, removed, started

ALICE, BOB, CAROL, STRANGER = raw_id(1), raw_id(2), raw_id(3), raw_id(9)
CAPACITY = 2
TWO: Roster = {ALICE: "Presenter", BOB: "Attendee"}
THREE: Roster = {**TWO, CAROL: "Attendee"}
ROOM = "99400000000000007"


class Door:
    """The functions, carried out in this process, on a table behind the proxy; a call holds two
    people."""

    def __init__(self, client: TableClient, rooms: Rooms, key: str, app: App) -> None:
        self.table = Table(client)
        self.rooms = rooms
        self.app = app
        self._key = key

    async def room(self, roster: Roster) -> str:
        return (await self.rooms.create(RoomChange(), roster, None, ORIGIN)).room.id

    async def call(self, room_id: str, *people: str, call: str = "call") -> None:
        """A call that these have joined and that goes on."""
        start = now() - 60 * SECOND
        calls = Calls(self.table, now)
        await calls.record(room_id, CallEvent("CallStarted", "s", call, start), "text")
        for who in people:
            await calls.record(
                room_id, CallEvent("ParticipantAdded", "a", call, start + 1, who, who), "text"
            )

    async def post(self, room_id: str, who: str = ALICE) -> func.HttpResponse:
        return await self._send(
            "decide_admission", "POST", room_id, {}, json.dumps({"rawId": who}).encode()
        )

    async def get(self, room_id: str, who: str = ALICE) -> func.HttpResponse:
        return await self._send("try_admission", "GET", room_id, {"rawId": who}, b"")

    async def log(self, room_id: str) -> list[LogRecord]:
        """The room's log, newest first."""
        page = await History(self.table).log(room_id, 0, MAX_TIME, None, None, None)
        return page.items

    async def decisions(self, room_id: str) -> list[str]:
        return [
            record.kind
            for record in await self.log(room_id)
            if record.kind in kinds_from("decision")
        ]

    async def _send(
        self, name: str, method: str, room_id: str, params: dict[str, str], body: bytes
    ) -> func.HttpResponse:
        headers = {
            "x-api-key": self._key,
            "content-type": "application/json",
            "content-length": str(len(body)),
        }
        url = f"http://localhost/rooms/{room_id}/admission"
        request = func.HttpRequest(
            method, url, headers=headers, params=params, route_params={"roomId": room_id}, body=body
        )
        (handle,) = (route.handle for route in routes.all if route.name == name)
        return await handle(self.app, request)


@pytest.fixture
def door(client: TableClient, rooms: Rooms) -> Door:
    key = new_key()
    app = App({"ROOMS_MANAGE_KEY__test": key, "ROOMS_CALL_CAPACITY": str(CAPACITY)})
    door = Door(client, rooms, key, app)
    app.rooms = rooms
    app.admissions = Admissions(door.table, Calls(door.table, now), now)
    return door


def reasons(answer: func.HttpResponse) -> tuple[int, list[str]]:
    return answer.status_code, [
        reason["code"] for reason in json.loads(answer.get_body()).get("reasons", [])
    ]


# What it costs.


@pytest.mark.parametrize(
    ("roster", "calls", "requests"),
    [
        (TWO, 0, (1, 2)),
        (TWO, 1, (1, 2)),
        (THREE, 0, (2, 3)),
        (THREE, 1, (3, 4)),
        (THREE, 2, (5, 5)),
    ],
    ids=[
        "nobody counted",
        "nor with a call",
        "counted without a call",
        "with one",
        "with two, which are compared, and then known",
    ],
)
async def test_the_storage_requests_of_a_dry_run_and_of_a_decision(
    door: Door, proxy: StorageProxy, roster: Roster, calls: int, requests: tuple[int, int]
) -> None:
    await know_floors(door.table)
    room_id = await door.room(roster)
    for number in range(calls):
        await door.call(room_id, BOB, call=f"call {number}")
    proxy.forget()
    assert reasons(await door.get(room_id)) == (200, [])
    dry = len(proxy.seen)
    assert reasons(await door.post(room_id)) == (200, [])
    assert (dry, len(proxy.seen) - dry) == requests


async def test_a_refusal_costs_what_an_admission_does(door: Door, proxy: StorageProxy) -> None:
    await know_floors(door.table)
    room_id = await door.room(TWO)
    proxy.forget()
    assert reasons(await door.post(room_id, STRANGER)) == (403, ["NotInvited"])
    assert len(proxy.seen) == 2


async def test_those_who_ask_at_once_share_the_reads_of_the_calls_people(
    door: Door, proxy: StorageProxy
) -> None:
    room_id = await door.room(THREE)
    await door.call(room_id, BOB)
    proxy.forget()
    answers = await asyncio.gather(*(door.post(room_id) for _ in range(50)))
    assert {answer.status_code for answer in answers} == {200}
    assert len(proxy.seen) < 150  # 104 as a rule; apart they would be 200
    assert await door.decisions(room_id) == ["Admitted"] * 50


# Faults.


@pytest.mark.thorough
@pytest.mark.parametrize(("read_timeout", "retries"), [(0.5, 10)])
@pytest.mark.parametrize("fault", SETTLED)
@pytest.mark.parametrize("at", range(4))
async def test_a_fault_at_any_request_leaves_one_record_and_the_right_answer(
    door: Door, proxy: StorageProxy, at: int, fault: Fault
) -> None:
    room_id = await door.room(THREE)
    await door.call(room_id, BOB, CAROL)
    proxy.forget()
    proxy.choose = lambda number, _: fault if number == at else None
    assert reasons(await door.post(room_id)) == (403, ["RoomFull"])
    proxy.forget()
    assert await door.decisions(room_id) == ["Refused"]


@pytest.mark.parametrize("first", range(3))
async def test_where_what_decides_cannot_be_read_nothing_is_decided(
    door: Door, proxy: StorageProxy, first: int
) -> None:
    room_id = await door.room(THREE)
    await door.call(room_id, BOB)
    proxy.forget()
    proxy.choose = lambda number, _: Fault.REFUSED if number >= first else None
    answer = await door.post(room_id)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
    proxy.forget()
    assert await door.decisions(room_id) == []


async def test_a_decision_that_cannot_be_written_is_not_told(
    door: Door, proxy: StorageProxy
) -> None:
    door.app.limits = Limits(request_seconds=0.3)
    room_id = await door.room(TWO)
    proxy.forget()
    proxy.choose = lambda number, _: Fault.REFUSED if number else None
    assert (await door.post(room_id)).status_code == 503
    proxy.forget()
    assert await door.decisions(room_id) == []


@pytest.mark.parametrize(("read_timeout", "retries"), [(2, 10)])
async def test_who_gives_up_on_a_slow_storage_does_not_hinder_those_who_ask_later(
    door: Door, proxy: StorageProxy
) -> None:
    room_id = await door.room(THREE)
    await door.call(room_id, BOB, CAROL)
    proxy.forget()
    proxy.choose = lambda number, _: Fault.DELAYED if number == 1 else None
    door.app.limits = Limits(request_seconds=0.5)
    assert (await door.post(room_id)).status_code == 503
    door.app.limits = Limits()
    assert reasons(await door.post(room_id)) == (403, ["RoomFull"])
    assert await door.decisions(room_id) == ["Refused"]


# The order of the log.


async def test_a_decision_stands_behind_the_change_that_it_heeds_even_if_the_clock_went_back(
    door: Door, client: TableClient
) -> None:
    room_id = await door.room(TWO)
    ahead = now() + HOUR
    await Rooms(Table(client), lambda: ahead).patch_roster(room_id, {CAROL: "Attendee"}, ORIGIN)
    assert reasons(await door.post(room_id, CAROL)) == (200, [])
    assert [(record.kind, record.at) for record in await door.log(room_id)][:2] == [
        ("Admitted", ahead + 1),
        ("ParticipantsUpdated", ahead),
    ]


async def test_a_change_by_an_instance_with_a_clock_ahead_does_not_close_the_room(
    door: Door, client: TableClient
) -> None:
    begins = now() - HOUR
    room = (await door.rooms.create(RoomChange(begins, begins + 2 * HOUR), TWO, None, ORIGIN)).room
    ahead = now() + 2 * HOUR
    await Rooms(Table(client), lambda: ahead).patch_roster(room.id, {CAROL: "Attendee"}, ORIGIN)
    assert reasons(await door.post(room.id, CAROL)) == (200, [])
    assert (await door.log(room.id))[0].at == ahead + 1


async def test_a_room_that_another_instance_made_a_moment_ahead_is_open(
    door: Door, client: TableClient
) -> None:
    ahead = now() + 5 * SECOND
    others = Rooms(Table(client), lambda: ahead)
    room = (await others.create(RoomChange(), TWO, None, ORIGIN)).room
    assert reasons(await door.post(room.id)) == (200, [])


async def test_a_decision_stands_before_a_change_that_came_too_late_to_be_heeded(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    room_id = await door.room(TWO)
    read = door.rooms.with_roster

    async def read_before_alice_is_removed(room_id: str) -> RoomWithRoster:
        found = await read(room_id)
        await door.rooms.patch_roster(room_id, {ALICE: None}, ORIGIN)
        return found

    monkeypatch.setattr(door.rooms, "with_roster", read_before_alice_is_removed)
    assert reasons(await door.post(room_id)) == (200, [])
    assert [record.kind for record in await door.log(room_id)] == [
        "ParticipantsUpdated",
        "Admitted",
        "RoomCreated",
    ]


async def test_decisions_do_not_hinder_changes_of_the_room(door: Door) -> None:
    room_id = await door.room(TWO)
    before = await door.rooms.with_roster(room_id)
    await door.post(room_id)
    assert await door.rooms.with_roster(room_id) == before


# Who is counted.


@pytest.fixture
def clock() -> Clock:
    return Clock(moment(60))


@pytest.fixture
def calls(direct: TableClient, clock: Clock) -> Calls:
    return Calls(Table(direct), clock)


@pytest.fixture
def admissions(direct: TableClient, calls: Calls, clock: Clock) -> Admissions:
    return Admissions(Table(direct), calls, clock)


async def keep(calls: Calls, *events: CallEvent) -> None:
    for event in events:
        await calls.record(ROOM, event, "text")


async def test_people_of_the_call_that_goes_on_are_counted_and_who_was_in_it_is_known(
    calls: Calls, admissions: Admissions
) -> None:
    await keep(calls, started(0), added(1, "a", ALICE), added(2, "b", BOB), removed(3, "b", BOB))
    assert await admissions.occupancy(ROOM) == Occupancy(1, frozenset({ALICE, BOB}))


async def test_of_two_live_calls_the_one_that_started_last_is_counted(
    calls: Calls, admissions: Admissions
) -> None:
    await keep(
        calls,
        added(1, "b", BOB, call="z"),
        added(2, "c", CAROL, call="z"),
        added(3, "a", ALICE, call="a"),
    )
    assert await admissions.occupancy(ROOM) == Occupancy(1, frozenset({ALICE}))


async def test_after_the_call_has_ended_nobody_is_counted(
    calls: Calls, admissions: Admissions
) -> None:
    await keep(calls, added(1), ended(5))
    assert await admissions.occupancy(ROOM) == UNOCCUPIED


async def test_the_people_of_another_time_are_those_of_then(
    calls: Calls, admissions: Admissions, clock: Clock
) -> None:
    await keep(calls, added(1, "a", ALICE), added(10, "b", BOB), ended(20))
    counts = [
        (await admissions.occupancy_at(ROOM, moment(at), clock.now)).count
        for at in (0, 1, 10 - 1e-7, 10, 20, 30)
    ]
    assert counts == [0, 1, 1, 2, 0, 0]


async def test_at_a_time_to_come_nobody_is_counted(
    calls: Calls, admissions: Admissions, clock: Clock
) -> None:
    await keep(calls, added(1))
    assert await admissions.occupancy_at(ROOM, clock.now, clock.now) == Occupancy(
        1, frozenset({ALICE})
    )
    assert await admissions.occupancy_at(ROOM, clock.now + 1, clock.now) == UNOCCUPIED


def admissions_within(client: TableClient, clock: Clock, limits: Limits) -> Admissions:
    table = Table(client)
    return Admissions(table, Calls(table, clock, limits), clock)


async def test_of_a_call_with_too_many_events_the_people_known_count_and_the_log_says_so(
    calls: Calls, direct: TableClient, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    await keep(calls, *(added(number, f"p{number}", raw_id(number)) for number in range(1, 5)))
    limits = Limits(kept_events=1, call_events=3)
    found = await admissions_within(direct, clock, limits).occupancy(ROOM)
    assert (found.count, found.incomplete) == (3, True)
    assert f"only some of the people in room {ROOM} are counted" in caplog.text


async def test_a_room_whose_calls_have_too_many_events_is_full_once_the_people_known_fill_it(
    door: Door,
) -> None:
    room_id = await door.room(THREE)
    await door.call(room_id, BOB, CAROL)
    for most, outcome in ((3, (403, ["RoomFull"])), (2, (200, []))):
        calls = Calls(door.table, now, Limits(kept_events=1, call_events=most))
        door.app.admissions = Admissions(door.table, calls, now)
        assert reasons(await door.post(room_id)) == outcome
        record = (await door.log(room_id))[0]
        assert record.detail.get("incomplete") == (most == 2 or None)
