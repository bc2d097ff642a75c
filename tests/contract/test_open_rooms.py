"""Open rooms: every ACS user may join them; and the route that opens and closes them."""

import csv
import json
from typing import Any
from urllib.parse import quote

import pytest

from rooms.domain.capabilities import capabilities
from rooms.domain.shown_text import quoted
from rooms.domain.time import DAY, HOUR, format_time, now
from testkit.events import Meeting, live_meeting, room_of_another_service
from testkit.identifiers import raw_id
from testkit.insight import Insight, assert_invalid, assert_is, assert_refused, json_of
from testkit.raw import VERSIONS, Raw
from testkit.running import RunningApp
from tests.contract.pairs import thorough_pairs
from tests.effort import thorough

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
        (b"", ""),
        (b"no json", "$"),
        ([], "$"),
        ({}, "$.roomJoinPolicy"),
        ({"joinPolicy": "InviteOnly"}, "$.roomJoinPolicy"),
        ({"roomJoinPolicy": None}, "$.roomJoinPolicy"),
        ({"roomJoinPolicy": ""}, "$.roomJoinPolicy"),
        ({"roomJoinPolicy": "inviteOnly"}, "$.roomJoinPolicy"),
        ({"roomJoinPolicy": "CommunicationServiceUsers\0"}, "$.roomJoinPolicy"),
        ({"roomJoinPolicy": "x" * 100_000}, "$.roomJoinPolicy"),
        ({"roomJoinPolicy": True}, "$.roomJoinPolicy"),
        ({"roomJoinPolicy": ["InviteOnly"]}, "$.roomJoinPolicy"),
        (OPEN | {"validFrom": "2026-05-04T10:00:00Z"}, "$.validFrom"),
        # What is no JSON or no object, the tests of other routes send each time.
        *thorough_pairs(
            (None, ""),
            (b"\xff", "$"),
            (b'{"roomJoinPolicy":"\\ud800"}', "$"),
            (b"[" * 100_000, "$"),
            ("CommunicationServiceUsers", "$"),
            ({"roomJoinPolicy": "Open"}, "$.roomJoinPolicy"),
        ),
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
    assert message == "Must be one of: InviteOnly, CommunicationServiceUsers."


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


@pytest.mark.parametrize("room_id", ["a.b", "%00", *thorough("x", "a%2Fb", "'", "9" * 2000)])
def test_what_can_be_no_rooms_id(insight: Insight, room_id: str) -> None:
    answer = insight.send("PUT", f"/rooms/{room_id}/joinPolicy", OPEN)
    assert 400 <= answer.status < 500, answer


@pytest.mark.parametrize("method", ["POST", "PATCH", "DELETE"])
def test_there_is_nothing_else_to_do(insight: Insight, path: str, method: str) -> None:
    assert insight.send(method, path, OPEN).status in (404, 405)
    assert_is(insight.json(path), INVITE_ONLY)


# Who comes in.


def test_who_is_not_invited_is_admitted_as_a_guest(
    insight: Insight, room: dict[str, Any], room_id: str
) -> None:
    expected = {
        "roomId": room_id,
        "rawId": BOB,
        "admitted": True,
        "role": "Attendee",
        "guest": True,
        "capabilities": [
            {"name": each.name} | ({"only": each.only} if each.only else {})
            for each in capabilities("Attendee", False)
        ],
        "validUntil": room["validUntil"],
    }
    path = f"/rooms/{room_id}/admission"
    assert_is(insight.json(f"{path}?rawId={BOB}"), expected)
    assert_is(json_of(insight.send("POST", path, {"rawId": BOB, "displayName": "Bob"})), expected)
    record, *_ = insight.all(f"/rooms/{room_id}/log")
    detail = {"rawId": BOB, "displayName": "Bob", "role": "Attendee", "guest": True}
    assert (record["kind"], record["detail"]) == ("Admitted", detail)
    assert record["text"] == f"admitted {quoted('Bob')} as Attendee, as a guest of an open room"


def test_who_is_invited_keeps_the_role_and_is_no_guest(insight: Insight, room_id: str) -> None:
    answer = insight.json(f"/rooms/{room_id}/admission?rawId={ALICE}")
    assert (answer["role"], answer["guest"]) == ("Presenter", False)


def test_who_is_no_acs_user_is_refused_for_that_alone(insight: Insight, room_id: str) -> None:
    answer = insight.send("POST", f"/rooms/{room_id}/admission", {"rawId": PHONE}).json()
    assert [reason["code"] for reason in answer["reasons"]] == ["NotCommunicationUser"]


def test_an_open_room_has_its_times_all_the_same(
    insight: Insight, room: dict[str, Any], room_id: str
) -> None:
    for at, code in (("2020-01-01T00:00:00Z", "NotOpenYet"), (room["validUntil"], "Closed")):
        query = f"rawId={BOB}&at={quote(at)}"
        answer = insight.json(f"/rooms/{room_id}/admission?{query}")
        assert [reason["code"] for reason in answer["reasons"]] == [code]


def test_when_the_room_is_invite_only_again_its_guests_are_refused(
    insight: Insight, room_id: str
) -> None:
    insight.set_join_policy(room_id, "InviteOnly")
    answer = insight.json(f"/rooms/{room_id}/admission?rawId={BOB}")
    assert [reason["code"] for reason in answer["reasons"]] == ["NotInvited"]


# Who came.


def attendance(insight: Insight, room_id: str, start: str, end: str) -> Any:
    return insight.json(f"/rooms/{room_id}/attendance?from={quote(start)}&until={quote(end)}")


def test_who_came_to_a_room_that_was_open_in_that_time_is_a_guest_and_no_stranger(
    raw: Raw, insight: Insight
) -> None:
    room = raw.new_room({"participants": {ALICE: {"role": "Presenter"}, CAROL: {}}})
    room_id, created = room["id"], room["createdAt"]
    call = Meeting(room_id)
    insight.deliver(*call.whole(600, call.stay(1, 60, ALICE), call.stay(2, 60, BOB)))
    insight.set_join_policy(room_id, "CommunicationServiceUsers")
    insight.set_join_policy(room_id, "InviteOnly")
    told = {}
    for end in (created, format_time(now() + HOUR)):
        body = attendance(insight, room_id, call.at(0), end)
        people = {one["rawId"]: (one["status"], one["guest"]) for one in body["value"]}
        told[end] = (body["summary"], people[ALICE], people[BOB])
    before, with_the_open_time = told.values()
    alice = ("attended", False)
    uninvited = {"invited": 2, "attended": 1, "absent": 1, "uninvited": 1, "guests": 0}
    assert before == (uninvited, alice, ("uninvited", False))
    guest = {"invited": 2, "attended": 2, "absent": 0, "uninvited": 0, "guests": 1}
    assert with_the_open_time == (guest, alice, ("attended", True))


def test_guests_in_csv(insight: Insight, room_id: str) -> None:
    call = live_meeting(room_id)
    insight.deliver(call.started(), call.added(1, BOB))
    end = quote(format_time(now() + HOUR))
    query = f"from={quote(call.at(0))}&until={end}&format=csv"
    table = insight.get(f"/rooms/{room_id}/attendance?{query}").body.decode("utf-8-sig")
    rows = csv.DictReader(table.splitlines())
    assert [(row["rawId"], row["guest"]) for row in rows] == [(ALICE, "FALSE"), (BOB, "TRUE")]


def test_presence_tells_guests_by_the_policy_of_that_moment(
    raw: Raw, insight: Insight, room: dict[str, Any]
) -> None:
    room_id = room["id"]
    call = live_meeting(room_id, seconds=60)
    insight.deliver(call.started(), call.added(1, ALICE), call.added(2, BOB))

    def told(query: str = "") -> list[tuple[bool, bool]]:
        people = insight.json(f"/rooms/{room_id}/presence{query}")["call"]["participants"]
        return [(one["invited"], one["guest"]) for one in people]

    assert told() == [(True, False), (False, False)]
    before = f"?at={quote(format_time(now()))}"
    insight.set_join_policy(room_id, "CommunicationServiceUsers")
    assert told() == [(True, False), (False, True)]
    assert told(before) == [(True, False), (False, False)]


# Where it is shown.


def test_the_policy_is_shown_with_the_room(insight: Insight, room_id: str) -> None:
    call = live_meeting(room_id)
    insight.deliver(call.started(), call.added(1, BOB))
    (live,) = (one for one in insight.all("/live") if one["roomId"] == room_id)
    (listed,) = (one for one in insight.all(f"/rooms?participant={ALICE}") if one["id"] == room_id)
    (titled,) = (one for one in insight.all("/rooms?state=open") if one["id"] == room_id)
    for shown in (insight.json(f"/rooms/{room_id}/overview"), live, listed, titled):
        assert shown | OPEN == shown


def test_of_a_room_that_only_events_name_it_is_null(insight: Insight) -> None:
    call = live_meeting(room_of_another_service())
    insight.deliver(call.started())
    (live,) = (one for one in insight.all("/live") if one["roomId"] == call.room_id)
    assert live["roomJoinPolicy"] is None
    assert_refused(insight.get(f"/rooms/{call.room_id}/joinPolicy"), 404, "NotFound")


@pytest.mark.parametrize("version", VERSIONS)
def test_the_api_versions_from_2023_on_do_not_show_it(
    app: RunningApp, room: dict[str, Any], room_id: str, version: str
) -> None:
    client = Raw(app.http, app.manage_key, version)
    read = client.get(f"/rooms/{room_id}").json()
    assert read == {name: room[name] for name in read}
    (listed,) = (one for one in client.get("/rooms").json()["value"] if one["id"] == room_id)
    assert listed == read


def test_a_change_by_the_newest_version_leaves_the_policy(
    raw: Raw, insight: Insight, room_id: str
) -> None:
    assert raw.patch(f"/rooms/{room_id}", {"pstnDialOutEnabled": True}).status == 200
    assert raw.patch(f"/rooms/{room_id}/participants", {"participants": {BOB: {}}}).status == 200
    assert_is(insight.json(f"/rooms/{room_id}/joinPolicy"), OPEN)
