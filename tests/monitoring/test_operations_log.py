"""The operations log has one record of each operation of ACS Rooms, and none of others."""

import logging
from typing import Any

import pytest
from azure.data.tables.aio import TableClient

from rooms.api.acs.versions.table import API_VERSIONS
from rooms.api.operations_log import OPERATIONS
from rooms.storage.rooms import Rooms
from testkit.acs_instance import AcsInstance
from testkit.identifiers import raw_id
from testkit.running import new_key
from tests.monitoring.conftest import Logged
from tests.moving.through.sides import sides_of

ALICE, BOB, CAROL, DAVE = (raw_id(number) for number in range(1, 5))
HOUR = {"validFrom": "2031-05-04T10:00:00Z", "validUntil": "2031-05-04T11:00:30Z"}
PEOPLE = {
    ALICE: {"role": "Presenter"},
    BOB: {"role": "Attendee"},
    CAROL: {"role": "Consumer"},
    DAVE: {"role": "Collaborator"},
}
SUCCEEDED = {
    "log": "ACSRoomsIncomingOperations",
    "OperationVersion": "2025-03-13",
    "ResultType": "Succeeded",
    "Level": "Informational",
}
OF_ROOM = {"RoomLifespan": 61, "PstnDialOutEnabled": False}
OF_ROSTER = {
    "RoomParticipantsCount": 4,
    "RoomParticipantsPresenter": 1,
    "RoomParticipantsAttendee": 1,
    "RoomParticipantsConsumer": 1,
}


@pytest.fixture(autouse=True)
def long_validity(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rooms may open in some years."""
    monkeypatch.setattr("rooms.domain.room.MAX_VALIDITY", 10**18)


async def made(logged: Logged, body: object = None, version: str = "2025-03-13") -> str:
    body = {**HOUR, "participants": PEOPLE} if body is None else body
    answer = await logged.send("POST", "/rooms", body, version=version)
    assert answer.status == 201, answer
    room = answer.json()
    room_id: str = room.get("room", room)["id"]
    return room_id


def test_each_operation_of_acs_rooms_has_a_name() -> None:
    assert set(OPERATIONS) == {
        name for version in API_VERSIONS.values() for name in version.operations
    }


async def test_the_line_of_a_create(logged: Logged) -> None:
    await logged.send(
        "POST",
        "/rooms",
        {**HOUR, "participants": PEOPLE, "pstnDialOutEnabled": True},
        {"x-ms-client-request-id": "Y4x6ZabFE0+E8ERwMpd68w"},
    )
    (line,) = [
        each.getMessage()
        for each in logged.caplog.records
        if (each.name, each.levelno) == ("rooms.operations", logging.INFO)
    ]
    (room_id,) = [room.id for room in (await logged.app.lists.all(None)).items]
    assert line == (
        '{"log":"ACSRoomsIncomingOperations","OperationName":"CreateRoom",'
        '"OperationVersion":"2025-03-13","ResultType":"Succeeded","ResultSignature":"201",'
        f'"Level":"Informational","CorrelationId":"Y4x6ZabFE0+E8ERwMpd68w","RoomId":"{room_id}",'
        '"RoomLifespan":61,"AddedRoomParticipantsCount":4,"RoomParticipantsCount":4,'
        '"RoomParticipantsPresenter":1,"RoomParticipantsAttendee":1,'
        '"RoomParticipantsConsumer":1,"PstnDialOutEnabled":true}'
    )


@pytest.mark.parametrize(
    ("method", "path", "body", "expected"),
    [
        ("GET", "", None, {"OperationName": "GetRoom", **OF_ROOM}),
        ("DELETE", "", None, {"OperationName": "DeleteRoom", **OF_ROOM}),
        (
            "PATCH",
            "",
            {"pstnDialOutEnabled": True},
            {"OperationName": "UpdateRoom", **OF_ROOM, **OF_ROSTER, "PstnDialOutEnabled": True},
        ),
        (
            "GET",
            "/participants",
            None,
            {"OperationName": "GetParticipants", **OF_ROOM, **OF_ROSTER},
        ),
        (
            "PATCH",
            "/participants",
            {"participants": {ALICE: None, BOB: {}, raw_id(5): {"role": "Presenter"}}},
            {
                "OperationName": "UpdateParticipants",
                **OF_ROOM,
                **OF_ROSTER,
                "UpsertedRoomParticipantsCount": 2,
                "RemovedRoomParticipantsCount": 1,
            },
        ),
    ],
)
async def test_an_operation_on_a_room(
    logged: Logged, method: str, path: str, body: object, expected: dict[str, Any]
) -> None:
    room_id = await made(logged)
    signature = "204" if method == "DELETE" else "200"
    assert await logged.record(method, f"/rooms/{room_id}{path}", body) == {
        **SUCCEEDED,
        **expected,
        "RoomId": room_id,
        "ResultSignature": signature,
    }


async def test_a_list_is_of_no_room(logged: Logged) -> None:
    assert await logged.record("GET", "/rooms") == {
        **SUCCEEDED,
        "OperationName": "ListRooms",
        "ResultSignature": "200",
    }


def listed(*people: str) -> dict[str, Any]:
    return {"participants": [{"communicationIdentifier": {"rawId": who}} for who in people]}


@pytest.mark.parametrize(
    ("change", "name", "counts", "left"),
    [
        ("add", "AddParticipants", {"AddedRoomParticipantsCount": 2}, 3),
        ("update", "UpdateParticipants", {"UpsertedRoomParticipantsCount": 2}, 3),
        ("remove", "RemoveParticipants", {"RemovedRoomParticipantsCount": 2}, 1),
    ],
)
async def test_an_operation_that_only_a_retired_version_has(
    logged: Logged, change: str, name: str, counts: dict[str, int], left: int
) -> None:
    room_id = await made(logged, {**HOUR, **listed(ALICE, BOB)}, "2022-02-01")
    record = await logged.record(
        "POST",
        f"/rooms/{room_id}/participants:{change}",
        listed(BOB, CAROL),
        version="2022-02-01-preview",
    )
    assert (record["OperationName"], record["OperationVersion"]) == (name, "2022-02-01")
    assert {key: value for key, value in record.items() if key in (*COUNTS, ROSTER)} == {
        **counts,
        ROSTER: left,
    }


COUNTS = (
    "AddedRoomParticipantsCount",
    "UpsertedRoomParticipantsCount",
    "RemovedRoomParticipantsCount",
)
ROSTER = "RoomParticipantsCount"


@pytest.mark.parametrize(
    ("version", "create", "update"),
    [
        ("2021-04-07", {ALICE: {}, BOB: {}}, {ALICE: None, CAROL: {}}),
        ("2022-02-01", listed(ALICE, BOB)["participants"], listed(CAROL)["participants"]),
    ],
)
async def test_an_update_that_changes_a_roster_as_retired_versions_can(
    logged: Logged, version: str, create: object, update: object
) -> None:
    room_id = await made(logged, {**HOUR, "participants": create}, version)
    record = await logged.record(
        "PATCH", f"/rooms/{room_id}", {"participants": update}, version=version
    )
    removed = 1 if version == "2021-04-07" else 2
    assert [record.get(name) for name in (*COUNTS, ROSTER)] == [None, 1, removed, 3 - removed]


@pytest.mark.parametrize(
    ("method", "path", "more", "expected"),
    [
        ("POST", "/rooms", {"key": new_key()}, ("CreateRoom", "401", "2025-03-13")),
        ("GET", "/rooms/99400000000000000", {}, ("GetRoom", "404", "2025-03-13")),
        ("GET", "/rooms/1", {}, ("GetRoom", "400", "2025-03-13")),
        (
            "PATCH",
            "/rooms/99400000000000000/participants",
            {"body": {"participants": {ALICE: None, BOB: {}}}},
            ("UpdateParticipants", "404", "2025-03-13"),
        ),
        ("DELETE", "/rooms/99400000000000000", {}, ("DeleteRoom", "404", "2025-03-13")),
        ("GET", "/rooms", {"version": "2019-01-01"}, ("ListRooms", "400", "2019-01-01")),
        ("GET", "/rooms", {"version": "of%20Alice"}, ("ListRooms", "400", None)),
        (
            "GET",
            "/rooms",
            {"version": "ApiVersion.V2024_04_15"},
            ("ListRooms", "200", "2024-04-15"),
        ),
        (
            "PATCH",
            "/rooms/99400000000000000/participants",
            {"body": {"participants": {"8:orgid:alice": {}}}},
            ("UpdateParticipants", "400", "2025-03-13"),
        ),
    ],
)
async def test_a_refused_operation_is_logged_by_its_status(
    logged: Logged, method: str, path: str, more: dict[str, Any], expected: tuple[str | None, ...]
) -> None:
    record = await logged.record(method, path, **more)
    name, status, version = expected
    failed = status != "200"
    room_id = "99400000000000000"
    assert record == {
        "log": "ACSRoomsIncomingOperations",
        "OperationName": name,
        **({} if version is None else {"OperationVersion": version}),
        "ResultType": "Failed" if failed else "Succeeded",
        "ResultSignature": status,
        "Level": "Warning" if failed else "Informational",
        **({"RoomId": room_id} if room_id in path else {}),
    }


async def test_an_operation_that_fails_for_an_unknown_reason_is_an_error(
    logged: Logged, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr(Rooms, "get", fail)
    with pytest.raises(AssertionError):
        await logged.send("GET", "/rooms/99400000000000000")
    (record,) = logged.records()
    assert [record[name] for name in ("ResultType", "ResultSignature", "Level")] == [
        "Failed",
        "500",
        "Error",
    ]


@pytest.mark.parametrize(
    "path",
    ["/rooms?state=open", "/live", "/roles", "/rooms/99400000000000000/overview", "/quarantine"],
)
async def test_a_route_that_acs_does_not_have_is_not_logged(logged: Logged, path: str) -> None:
    await logged.send("GET", path)
    assert logged.records() == []


@pytest.mark.parametrize(
    "request_id", ["alice@contoso.com", "Alice Example", "4:+15551234567", "x" * 65]
)
async def test_an_id_of_a_request_that_may_be_of_a_person_is_left_out(
    logged: Logged, request_id: str
) -> None:
    record = await logged.record("GET", "/rooms", headers={"x-ms-client-request-id": request_id})
    assert "CorrelationId" not in record


async def test_no_id_of_a_person_is_in_it(logged: Logged) -> None:
    room_id = await made(logged)
    await logged.send("GET", f"/rooms/{room_id}/participants")
    await logged.send("PATCH", f"/rooms/{room_id}/participants", {"participants": {BOB: None}})
    assert len(logged.records()) == 3
    assert "8:acs:" not in str(logged.records())


async def test_operations_that_go_through_to_acs_are_logged_alike(
    direct: TableClient, acs: AcsInstance, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        async with sides_of(direct, acs) as sides:

            async def said(method: str, path: str, body: object = None) -> tuple[Any, ...]:
                """Sends a request. What stands for ACS logs it, too, and before."""
                await sides.send(method, path, body)
                record = Logged(sides.app, caplog).records()[-1]
                return tuple(record.get(name) for name in SAID)

            room_id = await sides.make({**HOUR, "participants": PEOPLE})
            path = f"/rooms/{room_id}"
            assert [
                await said("PATCH", path, {"pstnDialOutEnabled": True}),
                await said("PATCH", f"{path}/participants", {"participants": {BOB: None}}),
                await said("DELETE", path),
                await said("DELETE", path),
            ] == [
                ("UpdateRoom", "200", room_id, 4, True),
                ("UpdateParticipants", "200", room_id, 3, True),
                ("DeleteRoom", "204", room_id, None, True),
                ("DeleteRoom", "404", room_id, None, None),
            ]


SAID = ("OperationName", "ResultSignature", "RoomId", ROSTER, "PstnDialOutEnabled")
