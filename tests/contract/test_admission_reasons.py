"""Each reason not to let somebody in, alone and with others, in an app whose calls hold two people;
and what asking changes."""

import asyncio
from collections.abc import Iterator
from itertools import product
from typing import Any
from urllib.parse import quote

import pytest
from azure.data.tables import TableClient
from azure.data.tables.aio import TableClient as AsyncTableClient

from rooms.domain.room import Room, RoomChange
from rooms.domain.roster import Roster
from rooms.domain.time import HOUR, SECOND, Ticks, format_time, now
from rooms.storage import keys
from rooms.storage.rooms import Rooms
from rooms.storage.table import Table
from testkit.events import Meeting, live_meeting
from testkit.identifiers import raw_id
from testkit.insight import Insight, assert_is
from testkit.raw import Raw
from testkit.running import RunningApp, running_app
from testkit.storage import ORIGIN
from testkit.whole import stored_rooms

TABLE = "admissions"
ALICE, BOB, CAROL, STRANGER = (raw_id(number) for number in range(1, 5))
PHONE = "4:+15551234567"
ROSTER: Roster = {ALICE: "Presenter", BOB: "Attendee", CAROL: "Consumer"}
"""More than a call holds, so that its people are counted."""

WHO = {"invited": ALICE, "not invited": STRANGER, "no user": PHONE}
STATES = {"upcoming": (1, 2), "open": (-1, 1), "expired": (-2, -1)}
"""Validity of a room, in hours from now."""

ADMITTED = ("roomId", "rawId", "admitted", "role", "guest", "capabilities", "validUntil")

CROWDS = ("room", "full")
COMBINATIONS = list(product(WHO, STATES, CROWDS))
BY_PAIRS = [
    pytest.param(
        *each,
        marks=[]
        if ([*WHO].index(each[0]) + [*STATES].index(each[1])) % 2 == CROWDS.index(each[2])
        else pytest.mark.thorough,
    )
    for each in COMBINATIONS
]
"""All of them, if THOROUGH=1: else each two of three, as a dry run is of all of them each time."""

MINUTE = 60 * SECOND


@pytest.fixture(scope="module")
def app(azurite: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningApp]:
    settings = {"ROOMS_STORAGE": azurite, "ROOMS_TABLE": TABLE, "ROOMS_CALL_CAPACITY": "2"}
    with running_app(tmp_path_factory.mktemp("admissions"), settings) as app:
        yield app
    assert "Traceback" not in app.log()


@pytest.fixture(scope="module")
def insight(app: RunningApp) -> Insight:
    return Insight(app, app.manage_key)


def whole_second() -> Ticks:
    """Now, so that times in messages are exact."""
    return (at := now()) - at % SECOND


def room_of(azurite: str, created_at: Ticks, opens: Ticks, closes: Ticks) -> Room:
    """A room that was made at a time of the past, as the service makes it."""

    async def create() -> Room:
        async with AsyncTableClient.from_connection_string(azurite, TABLE) as client:
            rooms = Rooms(Table(client), lambda: created_at)
            return (await rooms.create(RoomChange(opens, closes), ROSTER, None, ORIGIN)).room

    return asyncio.run(create())


@pytest.fixture(scope="module")
def rooms(azurite: str, insight: Insight) -> dict[tuple[str, str], Room]:
    """A room in each state, where there is room in the call for one more, and where it is full."""
    at = whole_second()
    made = {}
    for (state, (opens, closes)), crowd in product(STATES.items(), ("room", "full")):
        room = made[state, crowd] = room_of(
            azurite, at - 3 * HOUR, at + opens * HOUR, at + closes * HOUR
        )
        call = live_meeting(room.id)
        insight.deliver(
            call.started(), call.added(1, BOB), *([call.added(2, CAROL)] if crowd == "full" else [])
        )
    return made


@pytest.fixture(scope="module")
def held(azurite: str, insight: Insight) -> tuple[Room, Meeting]:
    """A room of an hour, with a call from before it opened until after it closed; Bob is in it, and
    Carol at times."""
    at = whole_second() - 3 * HOUR
    room = room_of(azurite, at - HOUR, at, at + HOUR)
    call = Meeting(room.id, at)
    stays = ((-30, 80, BOB), (-25, -15, CAROL), (20, 40, CAROL), (55, 70, CAROL))
    moves = [event for start, end, who in stays for event in call.stay(60 * start, 60 * end, who)]
    insight.deliver(call.started(-30 * 60), *moves, call.ended(80 * 60))
    return room, call


MINUTES = {
    ("upcoming", "full"): -20,
    ("upcoming", "room"): -10,
    ("open", "room"): 10,
    ("open", "full"): 30,
    ("expired", "full"): 65,
    ("expired", "room"): 75,
}
"""When the room of `held` was like that, in minutes from its opening."""


def told(at: Ticks) -> str:
    return format_time(at).removesuffix("+00:00").replace("T", " ") + " UTC"


def reasons(room: Room, who: str, state: str, crowd: str) -> list[dict[str, Any]]:
    """What has to be told, as the table of reasons has it."""
    opens, closes = told(room.valid_from), told(room.valid_until)
    no_user = "Only users of Azure Communication Services can join this room."
    not_open = f"This room is not open yet. It opens at {opens}."
    full = "This room is full: its call holds 2 people. Try again when somebody has left."
    opens_at = {"opensAt": format_time(room.valid_from)}
    return [
        *(
            [{"code": "NotCommunicationUser", "subCode": 5830, "message": no_user}]
            if who == PHONE
            else []
        ),
        *(
            [
                {
                    "code": "NotInvited",
                    "subCode": 5828,
                    "message": "You are not invited to this room.",
                }
            ]
            if who != ALICE
            else []
        ),
        *(
            [{"code": "NotOpenYet", "subCode": 5829, "message": not_open} | opens_at]
            if state == "upcoming"
            else []
        ),
        *(
            [
                {
                    "code": "Closed",
                    "subCode": 5829,
                    "message": f"This room is closed. It was open until {closes}.",
                }
            ]
            if state == "expired"
            else []
        ),
        *([{"code": "RoomFull", "subCode": None, "message": full}] if crowd == "full" else []),
    ]


def assert_decided(body: Any, room: Room, who: str, expected: list[dict[str, Any]]) -> None:
    """That is the whole answer, but for what an admission tells of the role."""
    asked = {"roomId": room.id, "rawId": who}
    if expected:
        assert_is(body, asked | {"admitted": False, "reasons": expected})
    else:
        assert list(body) == [*ADMITTED]
        assert body | asked | {"admitted": True, "role": "Presenter", "guest": False} == body


def asking(room: Room, who: str, at: Ticks | None = None) -> str:
    query = "" if at is None else f"&at={quote(format_time(at), safe='')}"
    return f"/rooms/{room.id}/admission?rawId={quote(who, safe='')}{query}"


# Every reason, alone and with others.


@pytest.mark.parametrize(("name", "state", "crowd"), COMBINATIONS)
def test_a_dry_run_tells_all_reasons_that_apply(
    insight: Insight, rooms: dict[tuple[str, str], Room], name: str, state: str, crowd: str
) -> None:
    room, who = rooms[state, crowd], WHO[name]
    assert_decided(insight.json(asking(room, who)), room, who, reasons(room, who, state, crowd))


@pytest.mark.parametrize(("name", "state", "crowd"), BY_PAIRS)
def test_a_dry_run_of_another_time_tells_all_reasons_that_applied(
    insight: Insight, held: tuple[Room, Meeting], name: str, state: str, crowd: str
) -> None:
    (room, call), who = held, WHO[name]
    at = call.start + MINUTES[state, crowd] * MINUTE
    assert_decided(insight.json(asking(room, who, at)), room, who, reasons(room, who, state, crowd))


@pytest.mark.parametrize(("name", "state", "crowd"), BY_PAIRS)
def test_a_decision_is_200_or_403_with_the_first_message_and_all_reasons_beside_the_error(
    insight: Insight, rooms: dict[tuple[str, str], Room], name: str, state: str, crowd: str
) -> None:
    room, who = rooms[state, crowd], WHO[name]
    expected = reasons(room, who, state, crowd)
    answer = insight.send("POST", f"/rooms/{room.id}/admission", {"rawId": who})
    body = answer.json()
    if expected:
        assert (answer.status, answer.headers["x-ms-error-code"]) == (403, "AdmissionRefused")
        assert list(body) == ["error", "roomId", "rawId", "admitted", "reasons"]
        assert_is(
            body.pop("error"), {"code": "AdmissionRefused", "message": expected[0]["message"]}
        )
    else:
        assert (answer.status, answer.headers.get("x-ms-error-code")) == (200, None)
    assert_decided(body, room, who, expected)


def test_the_borders_of_who_was_in_the_call_are_to_the_tick(
    insight: Insight, held: tuple[Room, Meeting]
) -> None:
    room, call = held
    borders = (20 * MINUTE - 1, 20 * MINUTE, 40 * MINUTE - 1, 40 * MINUTE)
    admitted = [insight.json(asking(room, ALICE, call.start + at))["admitted"] for at in borders]
    assert admitted == [True, False, False, True]


def test_a_full_open_room_refuses_new_guests_however_few_are_invited(
    app: RunningApp, insight: Insight
) -> None:
    room_id = Raw(app.http, app.manage_key).new_room()["id"]
    insight.set_join_policy(room_id, "CommunicationServiceUsers")
    call = live_meeting(room_id)
    insight.deliver(call.started(), call.added(1, BOB), call.added(2, CAROL))
    path = f"/rooms/{room_id}/admission"
    for who, guest, codes in ((BOB, True, []), (STRANGER, None, ["RoomFull"])):
        for answer in (
            insight.get(f"{path}?rawId={quote(who)}"),
            insight.send("POST", path, {"rawId": who}),
        ):
            body = answer.json()
            assert body.get("guest") is guest
            assert [reason["code"] for reason in body.get("reasons", [])] == codes


# What asking changes.


def table(azurite: str) -> dict[str, tuple[dict[str, Any], dict[str, Any]]]:
    """Each row of the table with all properties, and with its ETag and time; but for how far upkeep
    has come."""
    with TableClient.from_connection_string(azurite, TABLE) as client:
        rows = {
            f"{row['PartitionKey']} {row['RowKey']}": (dict(row), dict(row.metadata))
            for row in client.list_entities()
        }
    assert all(metadata["etag"] and metadata["timestamp"] for _, metadata in rows.values())
    return {key: row for key, row in rows.items() if not key.endswith(keys.UPKEEP_ROW)}


def without_floors(rows: dict[str, Any]) -> dict[str, Any]:
    """The rows but for the floors, which each log record touches."""
    return {key: row for key, row in rows.items() if f" {keys.FLOORS_START}" not in key}


def row_key(row: dict[str, Any]) -> str:
    return str(row["RowKey"])


def test_no_dry_run_changes_anything_in_the_table(
    azurite: str, insight: Insight, rooms: dict[tuple[str, str], Room], held: tuple[Room, Meeting]
) -> None:
    before = table(azurite)
    for name, state, crowd in COMBINATIONS:
        insight.json(asking(rooms[state, crowd], WHO[name]))
        insight.json(asking(held[0], WHO[name], held[1].start + MINUTES[state, crowd] * MINUTE))
    assert table(azurite) == before


@pytest.mark.parametrize(("who", "kind"), [(ALICE, "Admitted"), (STRANGER, "Refused")])
def test_a_decision_adds_its_record_and_changes_nothing_else(
    azurite: str, insight: Insight, rooms: dict[tuple[str, str], Room], who: str, kind: str
) -> None:
    room = rooms["open", "room"]
    insight.send("POST", f"/rooms/{room.id}/admission", {"rawId": who})  # the floor is there then
    before = without_floors(table(azurite))
    insight.send("POST", f"/rooms/{room.id}/admission", {"rawId": who})
    after = without_floors(table(azurite))
    assert {key: after[key] for key in before} == before
    added = sorted((after[key][0] for key in after.keys() - before.keys()), key=row_key)
    arrived = keys.arrival_of(row_key(added[0]))
    assert row_key(added[0]) == keys.all_arrived_row(room.id, arrived)
    assert row_key(added[1]) == keys.arrived_row(room.id, arrived)
    assert row_key(added[2]).startswith(keys.log_prefix(room.id))
    assert [row["kind"] for row in added] == [kind] * 3


def test_after_all_that_the_rows_of_the_table_agree(
    azurite: str, insight: Insight, held: tuple[Room, Meeting]
) -> None:
    insight.send("POST", f"/rooms/{held[0].id}/admission", {"rawId": ALICE})
    assert held[0].id in stored_rooms(row for row, _ in table(azurite).values())


# Who is counted, and who may come back.


@pytest.fixture
def call(azurite: str) -> Meeting:
    """A call to come in a room that is open."""
    at = now()
    return live_meeting(room_of(azurite, at - HOUR, at - HOUR, at + HOUR).id)


def admitted(insight: Insight, call: Meeting, who: str) -> bool:
    """Whether they are, dry and really."""
    dry = insight.json(f"/rooms/{call.room_id}/admission?rawId={who}")
    real = insight.send("POST", f"/rooms/{call.room_id}/admission", {"rawId": who})
    assert real.json() == dry if dry["admitted"] else real.json()["reasons"] == dry["reasons"]
    assert real.status == (200 if dry["admitted"] else 403)
    return bool(dry["admitted"])


def test_two_devices_of_one_person_are_one_person(insight: Insight, call: Meeting) -> None:
    insight.deliver(call.started(), call.added(1, BOB), call.added(2, BOB, device="phone"))
    assert admitted(insight, call, ALICE)


def test_people_in_the_call_who_are_not_invited_count(insight: Insight, call: Meeting) -> None:
    insight.deliver(call.started(), call.added(1, STRANGER), call.added(2, PHONE))
    assert not admitted(insight, call, ALICE)


def test_of_two_live_calls_the_one_that_started_last_counts(
    insight: Insight, call: Meeting
) -> None:
    later = Meeting(call.room_id, call.start + 10 * SECOND)
    insight.deliver(
        call.started(),
        call.added(1, BOB),
        call.added(2, CAROL),
        later.started(),
        later.added(1, BOB),
    )
    assert admitted(insight, call, ALICE)


def test_when_the_call_has_ended_there_is_room(insight: Insight, call: Meeting) -> None:
    insight.deliver(call.started(), call.added(1, BOB), call.added(2, CAROL), call.ended(3))
    assert admitted(insight, call, ALICE)


def test_who_is_to_come_in_a_minute_is_not_counted(insight: Insight, call: Meeting) -> None:
    insight.deliver(call.started(), call.added(1, BOB), call.added(3600, CAROL))
    assert admitted(insight, call, ALICE)


def test_who_is_in_a_full_call_gets_in_again(insight: Insight, call: Meeting) -> None:
    insight.deliver(call.started(), call.added(1, BOB), call.added(2, CAROL))
    assert admitted(insight, call, BOB)


def test_who_has_left_a_full_call_gets_in_again(insight: Insight, call: Meeting) -> None:
    insight.deliver(
        call.started(), *call.stay(1, 2, ALICE), call.added(3, BOB), call.added(4, STRANGER)
    )
    assert admitted(insight, call, ALICE)


def test_who_was_only_in_the_call_before_does_not_get_into_a_full_one(
    insight: Insight, call: Meeting
) -> None:
    later = Meeting(call.room_id, call.start + 10 * SECOND)
    insight.deliver(
        *call.whole(5, call.stay(1, 2, ALICE)),
        later.started(),
        later.added(1, BOB),
        later.added(2, CAROL),
    )
    assert not admitted(insight, call, ALICE)


def test_where_no_more_are_invited_than_a_call_holds_nobody_is_counted(
    azurite: str, insight: Insight, call: Meeting
) -> None:
    async def leave_two() -> None:
        async with AsyncTableClient.from_connection_string(azurite, TABLE) as client:
            await Rooms(Table(client), now).patch_roster(call.room_id, {CAROL: None}, ORIGIN)

    asyncio.run(leave_two())
    insight.deliver(call.started(), call.added(1, STRANGER), call.added(2, CAROL))
    assert admitted(insight, call, ALICE)
