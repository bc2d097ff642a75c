"""Open rooms: every ACS user may join them; and the route that opens and closes them."""

import json
from typing import Any

import pytest

from rooms.domain.time import DAY, HOUR, format_time, now
from testkit.identifiers import raw_id
from testkit.insight import Insight, assert_invalid, assert_is, assert_refused, json_of
from testkit.raw import Raw
from testkit.running import RunningApp

ALICE, BOB, CAROL = raw_id(1), raw_id(2), raw_id(3)
PHONE = "4:+15551234567"
OPEN = {"roomJoinPolicy": "CommunicationServiceUsers"}
INVITE_ONLY = {"roomJoinPolicy": "InviteOnly"}


@pytest.fixture
def room(raw: Raw) -> dict[str, Any]:
    """A room of Alice's, which nobody has opened."""
    return raw.new_room({"participants": {ALICE: {"role": "Presenter"}}})


@pytest.fixture
def room_id(room: dict[str, Any], insight: Insight) -> str:
    """Her room, opened."""
    room_id: str = room["id"]
    insight.set_join_policy(room_id, "CommunicationServiceUsers")
    return room_id


@pytest.fixture
def path(room: dict[str, Any]) -> str:
    return f"/rooms/{room['id']}/joinPolicy"


def kinds(insight: Insight, room_id: str) -> list[str]:
    return [record["kind"] for record in insight.all(f"/rooms/{room_id}/log")]


# The route.


def test_the_policy_is_set_read_and_set_back(insight: Insight, path: str) -> None:
    assert_is(insight.json(path), INVITE_ONLY)
    for policy in (OPEN, INVITE_ONLY):
        assert_is(json_of(insight.send("PUT", path, policy)), policy)
        assert_is(insight.json(path), policy)


@pytest.mark.parametrize(("opens", "closes"), [(HOUR, DAY), (-HOUR, DAY)])
def test_a_room_can_be_opened_before_and_after_its_start(
    raw: Raw, insight: Insight, opens: int, closes: int
) -> None:
    at = now()
    times = {"validFrom": format_time(at + opens), "validUntil": format_time(at + closes)}
    room = raw.new_room(times)
    insight.set_join_policy(room["id"], "CommunicationServiceUsers")
    assert raw.get(f"/rooms/{room['id']}").json() == room


def test_a_change_is_in_the_log_once_with_the_policy_before_and_after(
    insight: Insight, path: str
) -> None:
    for _ in range(2):
        answer = insight.send("PUT", path, OPEN, "x-ms-client-request-id: r1")
        assert answer.status == 200
    changed, _ = insight.all(path.replace("joinPolicy", "log"))
    assert (changed["kind"], changed["actor"], changed["requestId"]) == (
        "RoomUpdated",
        "test",
        "r1",
    )
    before, after = changed["detail"]["before"], changed["detail"]["after"]
    assert before | OPEN == after
    assert before["roomJoinPolicy"] == "InviteOnly"


@pytest.mark.parametrize(
    ("body", "target"),
    [
        (None, ""),
        (b"", ""),
        (b"no json", "$"),
        (b"\xff", "$"),
        (b'{"roomJoinPolicy":"\\ud800"}', "$"),
        (b"[" * 100_000, "$"),
        ([], "$"),
        ("CommunicationServiceUsers", "$"),
        ({}, "$.roomJoinPolicy"),
        ({"joinPolicy": "InviteOnly"}, "$.roomJoinPolicy"),
        ({"roomJoinPolicy": None}, "$.roomJoinPolicy"),
        ({"roomJoinPolicy": ""}, "$.roomJoinPolicy"),
        ({"roomJoinPolicy": "Open"}, "$.roomJoinPolicy"),
        ({"roomJoinPolicy": "inviteOnly"}, "$.roomJoinPolicy"),
        ({"roomJoinPolicy": "CommunicationServiceUsers\0"}, "$.roomJoinPolicy"),
        ({"roomJoinPolicy": "x" * 100_000}, "$.roomJoinPolicy"),
        ({"roomJoinPolicy": True}, "$.roomJoinPolicy"),
        ({"roomJoinPolicy": ["InviteOnly"]}, "$.roomJoinPolicy"),
        (OPEN | {"validFrom": "2026-05-04T10:00:00Z"}, "$.validFrom"),
    ],
)
def test_a_body_that_is_not_understood_is_named_and_changes_nothing(
    insight: Insight, path: str, body: object, target: str
) -> None:
    assert_invalid(insight.send("PUT", path, body), target)
    assert_is(insight.json(path), INVITE_ONLY)


def test_an_unknown_policy_is_told_which_there_are(insight: Insight, path: str) -> None:
    message = assert_invalid(
        insight.send("PUT", path, {"roomJoinPolicy": "Open"}), "$.roomJoinPolicy"
    )
    assert message == "Must be 'InviteOnly' or 'CommunicationServiceUsers'."


def test_a_body_must_be_said_to_be_json(app: RunningApp, insight: Insight, path: str) -> None:
    key, body = f"x-api-key: {app.manage_key}", json.dumps(OPEN).encode()
    answer = app.devhost.request("PUT", path, key, "Content-Type: text/plain", body=body)
    assert_refused(answer, 415, "UnsupportedMediaType")
    assert_is(insight.json(path), INVITE_ONLY)


def test_a_body_that_is_too_large(insight: Insight, path: str) -> None:
    body = json.dumps(OPEN).encode() + b" " * 10 * 1024 * 1024
    assert_refused(insight.send("PUT", path, body), 413, "RequestBodyTooLarge")
    assert_is(insight.json(path), INVITE_ONLY)


def test_a_chunked_body(app: RunningApp, raw: Raw, insight: Insight, path: str) -> None:
    lines = [
        f"PUT {path} HTTP/1.1",
        f"Host: {raw.host}",
        f"x-api-key: {app.manage_key}",
        "Content-Type: application/json",
        "Transfer-Encoding: chunked",
    ]
    answer = raw.send_bytes(("\r\n".join(lines) + "\r\n\r\n2\r\n{}\r\n0\r\n\r\n").encode())
    assert_refused(answer, 411, "LengthRequired")
    assert_is(insight.json(path), INVITE_ONLY)


def test_a_read_key_reads_the_policy_and_does_not_set_it(
    app: RunningApp, insight: Insight, path: str
) -> None:
    reader = Insight(app, app.read_key)
    assert_is(reader.json(path), INVITE_ONLY)
    assert_refused(reader.send("PUT", path, OPEN), 401, "Denied")
    assert_is(insight.json(path), INVITE_ONLY)


def test_rooms_that_are_not_there_are_not_found(raw: Raw, insight: Insight) -> None:
    deleted = raw.new_room()["id"]
    assert raw.delete(f"/rooms/{deleted}").status == 204
    for room_id in (deleted, "99400000000000000"):
        for answer in (
            insight.get(f"/rooms/{room_id}/joinPolicy"),
            insight.send("PUT", f"/rooms/{room_id}/joinPolicy", OPEN),
        ):
            assert_refused(answer, 404, "NotFound")
    assert kinds(insight, deleted) == ["RoomDeleted", "RoomCreated"]


@pytest.mark.parametrize("room_id", ["x", "a.b", "a%2Fb", "'", "%00", "9" * 2000])
def test_what_can_be_no_rooms_id(insight: Insight, room_id: str) -> None:
    answer = insight.send("PUT", f"/rooms/{room_id}/joinPolicy", OPEN)
    assert 400 <= answer.status < 500, answer


@pytest.mark.parametrize("method", ["POST", "PATCH", "DELETE"])
def test_there_is_nothing_else_to_do(insight: Insight, path: str, method: str) -> None:
    assert insight.send(method, path, OPEN).status in (404, 405)
    assert_is(insight.json(path), INVITE_ONLY)
