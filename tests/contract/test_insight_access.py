"""Who may call the routes that ACS does not have, and with which rooms."""

from collections.abc import Sequence
from urllib.parse import quote

import pytest

from testkit.events import Meeting, room_of_another_service
from testkit.identifiers import raw_id
from testkit.insight import READS, ROOM_READS, Insight, assert_refused
from testkit.raw import Raw, signed
from testkit.running import RunningApp, new_key
from tests.effort import THOROUGH

OPEN = {"roomJoinPolicy": "CommunicationServiceUsers"}


@pytest.fixture(scope="module")
def call(insight: Insight, raw: Raw) -> Meeting:
    call = Meeting(raw.new_room()["id"])
    insight.deliver(*call.whole(60, call.stay(1, 2, raw_id(1))))
    return call


def reads(call: Meeting) -> list[str]:
    """All that can be read, and is there, but for an event in quarantine."""
    of_the_room = [
        f"/rooms/{call.room_id}/{read}".replace("calls/x", f"calls/{call.id}")
        for read in ROOM_READS
    ]
    return [*of_the_room, *(read for read in READS if "quarantine/" not in read)]


def changes(call: Meeting) -> list[tuple[str, str, object]]:
    return [
        ("PATCH", f"/rooms/{call.room_id}/details", {"title": "not set"}),
        (
            "PATCH",
            f"/rooms/{call.room_id}/invitees",
            {"participants": {raw_id(2): {"name": "not set"}}},
        ),
        ("PUT", f"/rooms/{call.room_id}/joinPolicy", OPEN),
        ("POST", f"/quarantine/{'0' * 64}/redrive", None),
        ("DELETE", f"/quarantine/{'0' * 64}", None),
    ]


def test_either_key_reads_everything(app: RunningApp, call: Meeting) -> None:
    # That a key that may do everything reads, tests of each route show.
    for key in (app.manage_key, app.read_key) if THOROUGH else (app.read_key,):
        assert {path: Insight(app, key).get(path).status for path in reads(call)} == dict.fromkeys(
            reads(call), 200
        )
    for key in (app.manage_key, app.read_key):
        assert_refused(Insight(app, key).get(READS[-1]), 404, "NotFound")


def test_a_read_key_changes_nothing(app: RunningApp, insight: Insight, call: Meeting) -> None:
    for change in changes(call):
        message = assert_refused(Insight(app, app.read_key).send(*change), 401, "Denied")
        assert message == "Denied by the resource provider."
    details = insight.json(f"/rooms/{call.room_id}/details")
    assert (details["title"], details["participants"]) == (None, {})
    assert insight.json(f"/rooms/{call.room_id}/joinPolicy") != OPEN
    assert [insight.send(*change).status for change in changes(call)[3:]] == [404, 404]


def test_a_signature_needs_no_api_version_and_may_have_any(app: RunningApp, call: Meeting) -> None:
    for path in reads(call):
        assert Raw(app.http, app.read_key, None).get(path).status == 200, path
    for version in ("2025-03-13", "1999-01-01"):
        assert Raw(app.http, app.read_key, version).get(f"/rooms/{call.room_id}/log").status == 200
    answer = Raw(app.http, app.manage_key, None).patch(f"/rooms/{call.room_id}/details", {})
    assert answer.status == 200


def test_a_key_as_it_is_opens_none_of_the_wires_routes(
    insight: Insight, raw: Raw, call: Meeting
) -> None:
    room, version = f"/rooms/{call.room_id}", "?api-version=2025-03-13"
    for method, path, body in (
        ("POST", "/rooms", {}),
        ("GET", room, None),
        ("PATCH", room, {"pstnDialOutEnabled": True}),
        ("DELETE", room, None),
        ("GET", f"{room}/participants", None),
        ("PATCH", f"{room}/participants", {"participants": {raw_id(1): {}}}),
    ):
        answer = insight.send(method, path + version, body)
        assert_refused(answer, 401, "Denied")
        assert answer.headers["api-supported-versions"]
    assert raw.get(room).json()["pstnDialOutEnabled"] is False
    assert raw.roster(call.room_id) == []


def test_a_wrong_key_opens_nothing(app: RunningApp, call: Meeting) -> None:
    good = app.manage_key
    paths = (
        "/live",
        f"/rooms/{call.room_id}/log",
        f"/rooms/{room_of_another_service()}/log",
        "/rooms/!/log",
    )
    for key in (
        new_key(),
        "",
        "x",
        good[:-2],
        good.lower(),
        good.rstrip("="),
        f"{good}=",
        f"{good},{good}",
        "\xff",
        good[4:],
    ):
        stranger, everywhere = Insight(app, key), THOROUGH or len(key) == len(good)
        for path in paths if everywhere else paths[:1]:
            answer = stranger.get(path)
            assert (
                answer.body
                == b'{"error":{"code":"Denied","message":"Denied by the resource provider."}}'
            )
            assert_refused(answer, 401, "Denied")
        for change in changes(call) if everywhere else changes(call)[:1]:
            assert_refused(stranger.send(*change), 401, "Denied")


def test_no_credentials_or_those_of_somebody_else(app: RunningApp, call: Meeting) -> None:
    for path in reads(call):
        assert_refused(app.devhost.get(path), 401, "Denied")
        keys = f"x-api-key={quote(app.manage_key)}&code={quote(app.manage_key)}"
        assert_refused(app.devhost.get(f"{path}{'&' if '?' in path else '?'}{keys}"), 401, "Denied")
    raw = Raw(app.http, app.manage_key, None)
    wrong = signed(new_key(), "GET", "/live", raw.host, b"")
    assert_refused(raw.get("/live", wrong), 401, "Denied")
    assert_refused(raw.get("/live", {"Authorization": f"Bearer {app.manage_key}"}), 401, "Denied")


def test_a_wrong_signature_is_not_made_good_by_a_key(app: RunningApp) -> None:
    raw = Raw(app.http, app.manage_key, None)
    wrong = signed(new_key(), "GET", "/live", raw.host, b"") | {"x-api-key": app.manage_key}
    assert_refused(raw.get("/live", wrong), 401, "Denied")


def test_no_key_is_in_the_log(app: RunningApp, insight: Insight, call: Meeting) -> None:
    wrong = new_key()
    Insight(app, wrong).get("/live")
    Insight(app, app.read_key).send(*changes(call)[0])
    some = reads(call)[:: 1 if THOROUGH else 4]
    for path in (*some, "/rooms/!/log", f"/rooms/{call.room_id}/log?from=x"):
        insight.get(path)
    log = app.log().partition("Ctrl-C stops it.")[2]  # the banner has the connection string
    assert "x-api-key is not one of the keys" in log
    for secret in (wrong, app.manage_key, app.read_key):
        assert secret not in log


# Rooms.


ROOM_IDS = ("99400000000000000", "a", "A-Z_a-z_0-9", "-", "_", "x" * 64, "room")
NO_ROOM_IDS = (
    "x" * 65,
    "a.b",
    "a:b",
    "a%20b",
    "%C3%A9",
    "a%2Fb",
    "%D9%A1",
    "a%0A",
    "a'b",
    "*",
    "%252F",
    "a+b",
    "a%7F",
)


def in_turn(room_ids: Sequence[str], read: str) -> Sequence[str]:
    """Some for each read, so that each is asked about; all with each read if THOROUGH=1."""
    return room_ids if THOROUGH else room_ids[ROOM_READS.index(read) % 5 :: 5]


@pytest.mark.parametrize("read", ROOM_READS)
def test_a_room_that_nobody_knows(insight: Insight, read: str) -> None:
    for room_id in (*in_turn(ROOM_IDS, read), room_of_another_service()):
        message = assert_refused(insight.get(f"/rooms/{room_id}/{read}"), 404, "NotFound")
        assert message == "There is no such room, or it was deleted."


@pytest.mark.parametrize("read", ROOM_READS)
def test_what_can_be_no_rooms_id(insight: Insight, read: str) -> None:
    for room_id in in_turn(NO_ROOM_IDS, read):
        message = assert_refused(insight.get(f"/rooms/{room_id}/{read}"), 400, "BadRequest")
        assert message == "Invalid room ID."


def test_details_of_what_can_be_no_room_of_ours_cannot_be_set(insight: Insight) -> None:
    for room_id in (*ROOM_IDS[1:], *NO_ROOM_IDS):
        assert_refused(
            insight.patch(f"/rooms/{room_id}/details", {"title": "a"}), 400, "BadRequest"
        )


def test_rooms_of_another_service_are_told_apart_by_case(insight: Insight) -> None:
    upper, lower = (Meeting(text) for text in ("Case-1", "case-1"))
    insight.deliver(upper.started(), lower.started(), lower.ended(5))
    assert [len(insight.all(f"/rooms/{one.room_id}/log")) for one in (upper, lower)] == [1, 2]
