"""May this person come in, asked over HTTP.

Reasons with each other, and people in the call: test_admission_reasons.py; hundreds of people:
test_admission_of_hundreds.py.
"""

import csv
import io
import json
import re
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rooms.domain.capabilities import capabilities
from rooms.domain.roster import Role
from rooms.domain.shown_text import quoted
from rooms.domain.time import DAY, Ticks, format_time, now, parse_time
from testkit.events import Meeting, room_of_another_service
from testkit.identifiers import raw_id
from testkit.insight import Insight, assert_invalid, assert_is, assert_refused
from testkit.raw import Raw
from testkit.running import RunningApp, new_key
from tests.contract.pairs import paired
from tests.effort import THOROUGH

PRESENTER, ATTENDEE, CONSUMER, COLLABORATOR, STRANGER = (raw_id(number) for number in range(5))
ROLES: dict[str, Role] = {
    PRESENTER: "Presenter",
    ATTENDEE: "Attendee",
    CONSUMER: "Consumer",
    COLLABORATOR: "Collaborator",
}
INVITED = {"participants": {who: {"role": role} for who, role in ROLES.items()}}
PHONE = "4:+15551234567"
NO_USER = ["NotCommunicationUser", "NotInvited"]


@pytest.fixture(scope="module")
def room(raw: Raw) -> dict[str, Any]:
    """An open room with somebody of each role."""
    return raw.new_room(INVITED)


@pytest.fixture(scope="module")
def path(room: dict[str, Any]) -> str:
    return f"/rooms/{room['id']}/admission"


@pytest.fixture
def new_path(raw: Raw) -> str:
    """Another such room, of which nothing is in the log yet."""
    return f"/rooms/{raw.new_room(INVITED)['id']}/admission"


def asking(path: str, who: str, at: str | None = None) -> str:
    return f"{path}?rawId={quote(who, safe='')}" + (
        "" if at is None else f"&at={quote(at, safe='')}"
    )


def log(insight: Insight, path: str, query: str = "") -> list[dict[str, Any]]:
    """The log of the room, newest first."""
    return insight.all(path.replace("/admission", f"/log{query}"))


def codes(body: Any) -> list[str]:
    return [reason["code"] for reason in body.get("reasons", [])]


# Who may come in.


@paired("pstn_dial_out_enabled", [True, False], "who", {role: who for who, role in ROLES.items()})
def test_who_is_admitted_is_told_role_capabilities_and_until_when(
    raw: Raw, insight: Insight, who: str, pstn_dial_out_enabled: bool
) -> None:
    room = raw.new_room(INVITED | {"pstnDialOutEnabled": pstn_dial_out_enabled})
    expected = {
        "roomId": room["id"],
        "rawId": who,
        "admitted": True,
        "role": ROLES[who],
        "guest": False,
        "capabilities": [
            {"name": each.name} | ({"only": each.only} if each.only else {})
            for each in capabilities(ROLES[who], pstn_dial_out_enabled)
        ],
        "validUntil": room["validUntil"],
    }
    path = f"/rooms/{room['id']}/admission"
    assert_is(insight.json(asking(path, who)), expected)
    answer = insight.send("POST", path, {"rawId": who})
    assert answer.status == 200
    assert_is(answer.json(), expected)
    assert "x-ms-error-code" not in answer.headers


def test_a_change_of_the_room_is_heeded_at_once(raw: Raw, insight: Insight, new_path: str) -> None:
    participants = new_path.replace("admission", "participants")
    assert (
        raw.patch(
            participants,
            {"participants": {PRESENTER: {"role": "Consumer"}, ATTENDEE: None, STRANGER: {}}},
        ).status
        == 200
    )
    answers = {who: insight.json(asking(new_path, who)) for who in (PRESENTER, ATTENDEE, STRANGER)}
    assert answers[PRESENTER]["role"] == "Consumer"
    assert codes(answers[ATTENDEE]) == ["NotInvited"]
    assert answers[STRANGER]["role"] == "Attendee"


def test_raw_ids_are_compared_to_the_letter(insight: Insight, path: str) -> None:
    for other in (PRESENTER.upper(), PRESENTER + "0", PRESENTER[:-1], f" {PRESENTER}"):
        assert "NotInvited" in codes(insight.json(asking(path, other)))


# The borders of the room's time.


def test_the_borders_of_the_rooms_time_are_to_the_tick(raw: Raw, insight: Insight) -> None:
    opens, closes = now() + DAY, now() + 2 * DAY
    room = raw.new_room(
        INVITED | {"validFrom": format_time(opens), "validUntil": format_time(closes)}
    )

    def told(at: Ticks) -> list[str]:
        return codes(
            insight.json(asking(f"/rooms/{room['id']}/admission", PRESENTER, format_time(at)))
        )

    borders = (opens - 1, opens, closes - 1, closes)
    assert [told(at) for at in borders] == [["NotOpenYet"], [], [], ["Closed"]]


def test_a_room_of_no_length_is_never_open(raw: Raw, insight: Insight) -> None:
    at = now() + DAY
    room = raw.new_room(INVITED | {"validFrom": format_time(at), "validUntil": format_time(at)})
    path = f"/rooms/{room['id']}/admission"
    told = [
        codes(insight.json(asking(path, PRESENTER, format_time(at + tick)))) for tick in (-1, 0, 1)
    ]
    assert told == [["NotOpenYet"], ["Closed"], ["Closed"]]


@pytest.mark.parametrize(
    "at", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59.9999999Z", "2026-01-01T00:00:00+02:00"]
)
def test_any_time_may_be_asked_about(
    insight: Insight, room: dict[str, Any], path: str, at: str
) -> None:
    early = parse_time(at) < parse_time(room["validFrom"])
    assert codes(insight.json(asking(path, PRESENTER, at))) == (
        ["NotOpenYet"] if early else ["Closed"]
    )


def test_a_bare_plus_in_a_time_is_one(insight: Insight, path: str) -> None:
    assert codes(insight.json(f"{path}?rawId={PRESENTER}&at=2020-01-01T00:00:00+02:00")) == [
        "NotOpenYet"
    ]


# Whom one may ask about.


@pytest.mark.parametrize("sent", ["4:+15551234567", "4:%2B15551234567"], ids=["bare", "encoded"])
def test_a_telephone_number_in_the_query_is_echoed_with_its_plus(
    insight: Insight, path: str, sent: str
) -> None:
    body = insight.json(f"{path}?rawId={sent}")
    assert (body["rawId"], codes(body)) == (PHONE, NO_USER)


@pytest.mark.parametrize(
    "who",
    [
        PHONE,
        "28:orgid:5ab1e000",
        "8:orgid:5ab1e000-0000-4000-8000-000000000000",
        "x" * 256,
        "\0\n\x1b\x7f",
        "é\u202e😀",
        "'",
        "%00",
    ],
)
def test_whoever_is_no_acs_user_is_echoed_as_asked(insight: Insight, path: str, who: str) -> None:
    dry, real = insight.json(asking(path, who)), insight.send("POST", path, {"rawId": who})
    assert (dry["rawId"], codes(dry)) == (who, NO_USER)
    assert (real.status, real.json()["rawId"], codes(real.json())) == (403, who, NO_USER)


@pytest.mark.parametrize(
    "query", ["", "?rawId", "?rawId=", f"?rawId={'x' * 257}", f"?who={PRESENTER}"]
)
def test_a_raw_id_that_is_missing_empty_or_too_long(
    insight: Insight, path: str, query: str
) -> None:
    assert "at most 256 characters" in assert_invalid(insight.get(path + query), "rawId")


def test_the_names_of_parameters_are_compared_without_case(insight: Insight, path: str) -> None:
    body = insight.json(f"{path}?RAWID={PRESENTER}&AT=2020-01-01T00:00:00Z")
    assert (body["rawId"], codes(body)) == (PRESENTER, ["NotOpenYet"])


@pytest.mark.parametrize(
    "at", ["x", "now", "2026-05-04", "2026-13-04T10:00:00Z", "1777888800", "10000-01-01T00:00:00Z"]
)
def test_what_is_no_time(insight: Insight, path: str, at: str) -> None:
    assert "Must be a time of RFC 3339" in assert_invalid(
        insight.get(asking(path, PRESENTER, at)), "at"
    )


@settings(
    max_examples=40 if THOROUGH else 15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(who=st.text(max_size=300), at=st.none() | st.text(max_size=40))
def test_any_question_is_answered(insight: Insight, path: str, who: str, at: str | None) -> None:
    text = who.encode(errors="replace").decode()
    answer = insight.get(
        asking(path, text, None if at is None else at.encode(errors="replace").decode())
    )
    assert answer.status in (200, 400), answer


# What may be sent.


@pytest.mark.parametrize(
    ("body", "target"),
    [
        (None, ""),
        (b"", ""),
        (b"no json", "$"),
        (b"\xff", "$"),
        (b'{"rawId":"\\ud800"}', "$"),
        ([], "$"),
        ([{"rawId": PRESENTER}], "$"),
        (PRESENTER, "$"),
        ({}, "$.rawId"),
        ({"displayName": "Ines"}, "$.rawId"),
        ({"rawid": PRESENTER}, "$.rawId"),
        ({"rawId": None}, "$.rawId"),
        ({"rawId": ""}, "$.rawId"),
        ({"rawId": "x" * 257}, "$.rawId"),
        ({"rawId": [PRESENTER]}, "$.rawId"),
        ({"rawId": PRESENTER, "displayName": ""}, "$.displayName"),
        ({"rawId": PRESENTER, "displayName": "x" * 257}, "$.displayName"),
        ({"rawId": PRESENTER, "displayName": 5}, "$.displayName"),
        ({"rawId": PRESENTER, "role": "Presenter"}, "$.role"),
        ({"rawId": PRESENTER, "at": "2026-05-04T10:00:00Z"}, "$.at"),
    ],
)
def test_a_body_that_is_not_understood_is_named_and_decides_nothing(
    insight: Insight, new_path: str, body: object, target: str
) -> None:
    assert_invalid(insight.send("POST", new_path, body), target)
    assert [record["kind"] for record in log(insight, new_path)] == ["RoomCreated"]


@pytest.mark.parametrize(
    "media_type", ["text/plain", "application/x-www-form-urlencoded", "json", ""]
)
def test_a_body_that_is_not_said_to_be_json_decides_nothing(
    app: RunningApp, insight: Insight, path: str, media_type: str
) -> None:
    body = json.dumps({"rawId": PRESENTER}).encode()
    key, before = f"x-api-key: {app.manage_key}", log(insight, path)
    answer = app.devhost.request("POST", path, key, f"Content-Type: {media_type}", body=body)
    assert_refused(answer, 415, "UnsupportedMediaType")
    assert log(insight, path) == before


@pytest.mark.parametrize(
    "media_type",
    ["application/json", "application/json; charset=utf-8", "text/json", "application/x+json"],
)
def test_any_media_type_of_json_is_taken(app: RunningApp, path: str, media_type: str) -> None:
    body = json.dumps({"rawId": PRESENTER}).encode()
    key = f"x-api-key: {app.manage_key}"
    assert (
        app.devhost.request("POST", path, key, f"Content-Type: {media_type}", body=body).status
        == 200
    )


def test_what_stands_in_the_query_of_a_decision_is_not_heeded(insight: Insight, path: str) -> None:
    answer = insight.send(
        "POST", f"{asking(path, STRANGER, '2020-01-01T00:00:00Z')}", {"rawId": PRESENTER}
    )
    assert (answer.status, answer.json()["rawId"]) == (200, PRESENTER)


# Which rooms.


def answers_of(insight: Insight, room_id: str) -> tuple[Any, Any]:
    path = f"/rooms/{room_id}/admission"
    return insight.get(asking(path, PRESENTER)), insight.send("POST", path, {"rawId": PRESENTER})


@pytest.mark.parametrize("room_id", ["99400000000000000", "x", "A-Z_", "x" * 64])
def test_a_room_that_nobody_made_is_not_found(insight: Insight, room_id: str) -> None:
    for answer in answers_of(insight, room_id):
        assert (
            assert_refused(answer, 404, "NotFound") == "There is no such room, or it was deleted."
        )


def test_a_deleted_room_is_not_found_and_nothing_is_added_to_its_log(
    raw: Raw, insight: Insight, new_path: str
) -> None:
    room_id = new_path.split("/")[2]
    assert raw.delete(f"/rooms/{room_id}").status == 204
    for answer in answers_of(insight, room_id):
        assert_refused(answer, 404, "NotFound")
    assert [record["kind"] for record in log(insight, new_path)] == ["RoomDeleted", "RoomCreated"]


def test_a_room_of_which_only_events_are_known_is_not_found_and_nothing_is_added_to_its_log(
    insight: Insight,
) -> None:
    call = Meeting(room_of_another_service())
    insight.deliver(call.started(), call.added(1, PRESENTER))
    for answer in answers_of(insight, call.room_id):
        assert_refused(answer, 404, "NotFound")
    assert len(insight.all(f"/rooms/{call.room_id}/log")) == 2


@pytest.mark.parametrize(
    "room_id", ["x" * 65, "a.b", "a:b", "a%20b", "%C3%A9", "a%2Fb", "a'b", "*", "a%0A"]
)
def test_what_can_be_no_rooms_id(insight: Insight, room_id: str) -> None:
    for answer in answers_of(insight, room_id):
        assert assert_refused(answer, 400, "BadRequest") == "Invalid room ID."


# Who may ask.


def test_a_read_key_may_ask_but_not_decide(
    app: RunningApp, insight: Insight, new_path: str
) -> None:
    reader = Insight(app, app.read_key)
    assert reader.json(asking(new_path, PRESENTER)) == insight.json(asking(new_path, PRESENTER))
    assert_refused(reader.send("POST", new_path, {"rawId": PRESENTER}), 401, "Denied")
    assert [record["kind"] for record in log(insight, new_path)] == ["RoomCreated"]


def test_without_a_key_that_is_known_nothing_is_answered(app: RunningApp, path: str) -> None:
    stranger, body = Insight(app, new_key()), {"rawId": PRESENTER}
    for answer in (
        stranger.get(asking(path, PRESENTER)),
        stranger.send("POST", path, body),
        app.devhost.get(path),
    ):
        assert_refused(answer, 401, "Denied")


@pytest.mark.parametrize("version", [None, "2025-03-13", "1999-01-01"])
def test_an_api_version_is_neither_needed_nor_refused(
    app: RunningApp, path: str, version: str | None
) -> None:
    signed = Raw(app.http, app.manage_key, version)
    for answer in (signed.get(asking(path, PRESENTER)), signed.post(path, {"rawId": PRESENTER})):
        assert (answer.status, "api-supported-versions" in answer.headers) == (200, False)


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_there_is_nothing_else_to_do(insight: Insight, path: str, method: str) -> None:
    assert insight.send(method, path, {"rawId": PRESENTER}).status in (404, 405)


# The log.


@pytest.fixture(scope="module")
def decided(raw: Raw, insight: Insight) -> str:
    """The path of a room about which was decided twice, in this order: admitted, and refused."""
    path = f"/rooms/{raw.new_room(INVITED)['id']}/admission"
    name = 'Ines\r\n"Khan", é\u202e😀'
    first = insight.send(
        "POST", path, {"rawId": PRESENTER, "displayName": name}, "x-ms-client-request-id: r1"
    )
    second = insight.send("POST", path, {"rawId": STRANGER}, "x-ms-client-request-id: r2")
    assert (first.status, second.status) == (200, 403)
    return path


def test_each_decision_is_in_the_log_with_who_asked_which_request_and_about_whom(
    insight: Insight, decided: str
) -> None:
    refused, admitted, created = log(insight, decided)
    assert created["kind"] == "RoomCreated"
    reason = {"code": "NotInvited", "subCode": 5828, "message": "You are not invited to this room."}
    name = 'Ines\r\n"Khan", é\u202e😀'
    stranger = f"{STRANGER[:14]}…{STRANGER[-13:]}"
    expected = [
        (
            admitted,
            "Admitted",
            "r1",
            f"admitted {quoted(name)} as Presenter",
            {"rawId": PRESENTER, "displayName": name, "role": "Presenter", "guest": False},
        ),
        (
            refused,
            "Refused",
            "r2",
            f"refused {stranger}: You are not invited to this room",
            {"rawId": STRANGER, "reasons": [reason]},
        ),
    ]
    for record, kind, request_id, text, detail in expected:
        assert re.fullmatch("[0-9a-f]{32}", record["id"])
        fixed = {name: record[name] for name in ("id", "time", "receivedAt")}
        assert_is(
            record,
            {
                **fixed,
                "kind": kind,
                "actor": "test",
                "onBehalfOf": None,
                "requestId": request_id,
                "text": text,
                "detail": detail,
            },
        )


def test_a_refusal_in_the_log_says_when_the_room_opens(raw: Raw, insight: Insight) -> None:
    opens = format_time(now() + DAY)
    room = raw.new_room(INVITED | {"validFrom": opens, "validUntil": format_time(now() + 2 * DAY)})
    path = f"/rooms/{room['id']}/admission"
    told = insight.send("POST", path, {"rawId": PRESENTER}).json()["reasons"]
    assert log(insight, path)[0]["detail"] == {"rawId": PRESENTER, "reasons": told}
    assert told[0]["opensAt"] == opens


def test_the_time_of_a_decision_is_that_of_the_service_and_behind_the_rooms_last_change(
    raw: Raw, insight: Insight
) -> None:
    before = now()
    path = f"/rooms/{raw.new_room(INVITED)['id']}/admission"
    insight.send("POST", path, {"rawId": PRESENTER})
    decision, created = log(insight, path)
    assert before <= parse_time(created["time"]) < parse_time(decision["time"]) <= now()


@pytest.mark.parametrize(("kind", "who"), [("Admitted", PRESENTER), ("Refused", STRANGER)])
def test_decisions_of_one_kind_are_found(
    insight: Insight, decided: str, kind: str, who: str
) -> None:
    (record,) = log(insight, decided, f"?kind={kind}")
    assert (record["kind"], record["detail"]["rawId"]) == (kind, who)


def test_decisions_are_found_by_who_asked(insight: Insight, decided: str) -> None:
    assert [record["kind"] for record in log(insight, decided, "?actor=test")] == [
        "Refused",
        "Admitted",
        "RoomCreated",
    ]
    assert log(insight, decided, "?actor=reader") == []


def test_decisions_as_csv(insight: Insight, decided: str) -> None:
    text = insight.get(decided.replace("admission", "log?format=csv")).body.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text, newline=""), strict=True))
    as_json = [
        row | {"detail": json.loads(row["detail"]), "onBehalfOf": row["onBehalfOf"] or None}
        for row in rows
    ]
    assert as_json == log(insight, decided)


def test_decisions_as_json_lines(insight: Insight, decided: str) -> None:
    lines = (
        insight.get(decided.replace("admission", "log?format=ndjson")).body.decode().splitlines()
    )
    assert [json.loads(line) for line in lines] == log(insight, decided)


def test_the_same_question_again_is_another_decision(insight: Insight, new_path: str) -> None:
    for _ in range(2):
        insight.send("POST", new_path, {"rawId": PRESENTER}, "x-ms-client-request-id: the same")
    assert [record["kind"] for record in log(insight, new_path)] == [
        "Admitted",
        "Admitted",
        "RoomCreated",
    ]
