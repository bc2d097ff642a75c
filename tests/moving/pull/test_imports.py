"""PUT /rooms/{id}: a room is imported as it was at ACS, as often as one wants."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from azure.data.tables.aio import TableClient

from rooms.app import App
from rooms.domain.log import ACS_ACTOR
from rooms.domain.room import RoomChange
from rooms.domain.time import DAY, HOUR, SECOND, format_time, now
from rooms.storage.changes import Origin
from rooms.storage.entities import unpack
from rooms.storage.rooms import Rooms
from testkit.acs_instance import AcsInstance
from testkit.events import Meeting
from testkit.functions import ask
from testkit.identifiers import raw_id
from testkit.raw_http import Answer
from testkit.storage import ORIGIN, Clock, delete_here, know_floors
from testkit.storage_proxy import StorageProxy
from tests.moving.pull.observing import KEY, PATIENT, QUIET, app_of, body_of, deliver, stored, told

ALICE, BOB, CAROL = (raw_id(number) for number in range(1, 4))
ROOM = "99400000000000017"
MADE = now() - 30 * DAY
AT_ACS: dict[str, Any] = {
    "createdAt": format_time(MADE),
    "validFrom": format_time(MADE),
    "validUntil": format_time(MADE + 2 * DAY),
    "pstnDialOutEnabled": True,
    "participants": {BOB: {"role": "Attendee"}, ALICE: {"role": "Presenter"}},
}
CHANGED = AT_ACS | {
    "validUntil": format_time(MADE + 3 * DAY),
    "participants": {ALICE: {"role": "Consumer"}, CAROL: {"role": "Attendee"}},
}
CREATED = ("RoomCreated", ACS_ACTOR)


async def put(app: App, body: object, room_id: str = ROOM) -> Answer:
    return await ask(app, KEY, "PUT", f"/rooms/{room_id}", body)


async def outcome(app: App, body: object) -> tuple[int, str]:
    answer = await put(app, body)
    return answer.status, answer.json()["outcome"]


async def refusal(app: App, body: object) -> tuple[int, str]:
    answer = await put(app, body)
    return answer.status, answer.json()["error"]["code"]


async def test_a_room_is_imported_as_it_was(app: App, client: TableClient, clock: Clock) -> None:
    assert await outcome(app, AT_ACS) == (201, "imported")
    overview = await body_of(app, f"/rooms/{ROOM}/overview")
    assert {name: overview[name] for name in (*list(AT_ACS)[:4], "carrier", "state")} == {
        **{name: AT_ACS[name] for name in list(AT_ACS)[:4]},
        "carrier": "acs",
        "state": "expired",
    }
    assert [each["rawId"] for each in overview["participants"]] == [BOB, ALICE]
    (record,) = (await stored(client, ROOM)).log
    detail = unpack(record)
    assert (record["actor"], detail["seenBy"]) == (ACS_ACTOR, "app")


async def test_a_second_import_changes_nothing(app: App, client: TableClient) -> None:
    await put(app, AT_ACS)
    assert (await put(app, AT_ACS)).json() == {"outcome": "same"}
    assert await told(client, ROOM) == [CREATED]


async def test_what_differs_is_told_and_changed(app: App, client: TableClient) -> None:
    await put(app, AT_ACS)
    difference = {
        "outcome": "changed",
        "before": {name: AT_ACS[name] for name in list(AT_ACS)[1:4]},
        "after": {name: CHANGED[name] for name in list(AT_ACS)[1:4]},
        "participants": {
            "added": {CAROL: "Attendee"},
            "changed": {ALICE: {"before": "Presenter", "after": "Consumer"}},
            "removed": {BOB: "Attendee"},
        },
    }
    assert (await put(app, CHANGED | {"dryRun": True})).json() == difference
    assert await told(client, ROOM) == [CREATED]
    answer = await put(app, CHANGED)
    assert (answer.status, answer.json()) == (200, difference)
    assert await told(client, ROOM) == [
        CREATED,
        ("RoomUpdated", ACS_ACTOR),
        ("ParticipantsUpdated", ACS_ACTOR),
    ]
    log = (await stored(client, ROOM)).log
    assert [unpack(record)["seenBy"] for record in log] == ["app"] * 3
    assert await outcome(app, CHANGED) == (200, "same")


async def test_a_dry_run_of_a_new_room_makes_none(app: App, client: TableClient) -> None:
    assert await outcome(app, AT_ACS | {"dryRun": True}) == (200, "imported")
    assert await app.adoption.copy(ROOM) is None


async def test_a_room_of_this_service_is_changed_by_who_imports_it(
    client: TableClient, clock: Clock
) -> None:
    app = app_of(client, clock, {})
    assert await outcome(app, AT_ACS) == (201, "imported")
    assert await outcome(app, CHANGED) == (200, "changed")
    assert await told(client, ROOM) == [
        CREATED,
        ("RoomUpdated", "app"),
        ("ParticipantsUpdated", "app"),
    ]


async def test_a_deleted_room_is_not_imported_again(app: App, client: TableClient) -> None:
    await put(app, AT_ACS)
    await delete_here(app.rooms, ROOM)
    assert await refusal(app, AT_ACS) == (409, "DeletedHere")
    assert await told(client, ROOM) == [CREATED, ("RoomDeleted", ORIGIN.actor)]


async def test_another_room_of_the_same_id_is_refused(app: App) -> None:
    await put(app, AT_ACS)
    later = format_time(MADE + 1)
    assert await refusal(app, AT_ACS | {"createdAt": later}) == (409, "AnotherRoom")


@pytest.mark.parametrize(("first", "then"), [("own", "acs"), ("acs", "own")])
async def test_where_calls_run_is_not_changed_by_an_import(
    app: App, client: TableClient, first: str, then: str
) -> None:
    await put(app, AT_ACS | {"carrier": first})
    assert await refusal(app, CHANGED | {"carrier": then}) == (409, "AnotherCarrier")
    assert await told(client, ROOM) == [CREATED]


@pytest.fixture
async def through(client: TableClient, clock: Clock, acs: AcsInstance) -> App:
    """An app whose changes go through to ACS, with the room."""
    app = app_of(client, clock, {"ROOMS_ACS_MODE": "through", **acs.settings})
    await put(app, AT_ACS)
    return app


async def test_a_change_under_way_is_not_overwritten(
    through: App, client: TableClient, clock: Clock
) -> None:
    mark = through.marks.of_change(ROOM, Origin("desk", "r"), patch={CAROL: "Attendee"})
    await through.marks.write(mark)
    assert await refusal(through, CHANGED) == (409, "ChangeUnderWay")
    clock.now = mark.until + 1
    assert await outcome(through, CHANGED) == (200, "changed")
    assert ("ParticipantsUpdated", "desk") in await told(client, ROOM)


async def test_a_change_of_just_now_is_not_overwritten(
    through: App, client: TableClient, clock: Clock
) -> None:
    await through.adoption.follow(
        await copied(through), (await copied(through)).room, {CAROL: "Attendee"}
    )
    assert await refusal(through, CHANGED) == (409, "ChangeUnderWay")
    clock.now += QUIET
    assert await outcome(through, CHANGED) == (200, "changed")


@pytest.mark.parametrize("settings", [{}, None], ids=["own", "through"])
async def test_a_room_is_not_what_it_was_before_a_change_here(
    client: TableClient, clock: Clock, acs: AcsInstance, settings: dict[str, str] | None
) -> None:
    app = app_of(client, clock, settings or {"ROOMS_ACS_MODE": "through", **acs.settings})
    await put(app, AT_ACS)
    listed = format_time(clock.now)
    clock.now += SECOND
    copy = await copied(app)
    await app.adoption.follow(copy, copy.room, {CAROL: "Attendee"})
    clock.now += QUIET
    assert await refusal(app, AT_ACS | {"seenAt": listed}) == (409, "ChangeUnderWay")
    assert (await copied(app)).contents.roster == {CAROL: "Attendee"}
    assert await outcome(app, AT_ACS | {"seenAt": format_time(clock.now)}) == (200, "changed")
    assert await outcome(app, AT_ACS | {"seenAt": listed}) == (200, "same")


async def test_a_room_that_a_create_may_be_about_to_write_is_left_to_it(
    through: App, clock: Clock
) -> None:
    body, path = AT_ACS | {"createdAt": format_time(clock.now)}, "99400000000000027"
    assert (await put(through, body, path)).status == 409
    clock.now += round(PATIENT.mark_seconds * SECOND)
    assert (await put(through, body, path)).status == 201


async def copied(app: App) -> Any:
    copy = await app.adoption.copy(ROOM)
    assert copy is not None
    return copy


LATER = format_time(now() + DAY)


@pytest.mark.parametrize(
    ("change", "target"),
    [
        ({"createdAt": None}, "$.createdAt"),
        ({"createdAt": "yesterday"}, "$.createdAt"),
        ({"createdAt": LATER}, "$.createdAt"),
        ({"validFrom": 7}, "$.validFrom"),
        ({"validUntil": format_time(MADE - 1)}, "$.validUntil"),
        ({"pstnDialOutEnabled": "yes"}, "$.pstnDialOutEnabled"),
        ({"participants": None}, "$.participants"),
        ({"participants": {"8:acs:x": {"role": "Attendee"}}}, "$.participants.8:acs:x"),
        ({"participants": {ALICE: {}}}, f"$.participants.{ALICE}.role"),
        ({"participants": {ALICE: {"role": "Chair"}}}, f"$.participants.{ALICE}.role"),
        ({"participants": {ALICE: None}}, f"$.participants.{ALICE}"),
        ({"carrier": "livekit"}, "$.carrier"),
        ({"dryRun": 1}, "$.dryRun"),
        ({"seenAt": "today"}, "$.seenAt"),
        ({"plane": "acs"}, "$.plane"),
        ({"createdAt": ...}, "$.createdAt"),
        ({"participants": ...}, "$.participants"),
    ],
)
async def test_a_body_that_is_no_room_is_refused_with_the_field(
    change: dict[str, Any], target: str
) -> None:
    body = {name: value for name, value in (AT_ACS | change).items() if value is not ...}
    answer = await put(App({"ROOMS_MANAGE_KEY__app": KEY}), body)  # it has no storage
    error = answer.json()["error"]
    assert (answer.status, error["target"]) == (400, target)


async def test_too_many_people_are_refused(app: App) -> None:
    app.limits = replace(app.limits, participants=1)
    answer = await put(app, AT_ACS)
    assert (answer.status, answer.json()["error"]["target"]) == (400, "$.participants")


async def test_imports_of_a_room_at_once_make_it_once(app: App, client: TableClient) -> None:
    answers = await asyncio.gather(*(put(app, AT_ACS) for _ in range(3)))
    assert sorted(answer.status for answer in answers) == [200, 200, 201]
    assert await told(client, ROOM) == [CREATED]


async def test_an_import_takes_two_requests_at_most(app: App, proxy: StorageProxy) -> None:
    await know_floors(app.table)
    costs = []
    for body in (AT_ACS, AT_ACS, CHANGED):
        proxy.forget()
        await put(app, body)
        costs.append(len(proxy.seen))
    assert costs == [2, 1, 2]


async def test_a_call_from_before_the_import_has_those_who_did_not_come(app: App) -> None:
    call = Meeting(ROOM, MADE + HOUR)
    await deliver(app, *call.whole(600, call.stay(0, 600, ALICE)))
    await put(app, AT_ACS)
    (report,) = (await body_of(app, f"/rooms/{ROOM}/calls"))["value"]
    attendance = await body_of(app, f"/rooms/{ROOM}/attendance?call={report['id']}")
    assert {each["rawId"]: each["status"] for each in attendance["value"]} == {
        ALICE: "attended",
        BOB: "absent",
    }


async def test_an_old_room_that_is_imported_is_listed_at_its_time(app: App) -> None:
    room = (await Rooms(app.table, now).create(RoomChange(), {}, None, ORIGIN)).room
    await put(app, AT_ACS)
    listed = await body_of(app, "/rooms")
    assert [each["id"] for each in listed["value"]] == [room.id, ROOM]
