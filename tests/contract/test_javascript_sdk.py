"""@azure/communication-rooms, the newest release, unchanged, against the running app: each test
runs from an endpoint and from a connection string."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from testkit.identifiers import raw_id
from testkit.raw import VERSIONS
from testkit.running import RunningApp, new_key
from tests.contract.node import run_node
from tests.effort import thorough

SCRIPTS = Path(__file__).parent / "javascript"
USERS = [raw_id(n) for n in range(4)]

type Run = Callable[..., Any]


@pytest.fixture(scope="module", params=["connection_string", *thorough("endpoint")])
def run(request: pytest.FixtureRequest, app: RunningApp) -> Run:
    """Runs a script with a key (the app's, if none is given); what it printed."""

    def run(script: str, key: str = app.manage_key, **environment: str) -> Any:
        if request.param == "endpoint":
            client = {"ENDPOINT": app.http, "KEY": key}
        else:
            connection_string = app.connection_string.replace(app.manage_key, key)
            client = {"CONNECTION_STRING": connection_string, "NODE_EXTRA_CA_CERTS": str(app.ca)}
        done = run_node(SCRIPTS / script, {**client, **environment})
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run


@pytest.fixture(scope="module")
def session(run: Run, many_rooms: list[str]) -> dict[str, Any]:
    """What came back from every method of the client."""
    session: dict[str, Any] = run("session.mjs", USERS=",".join(USERS))
    return session


def time(text: str) -> datetime:
    return datetime.fromisoformat(text)


def test_create_without_arguments_takes_the_defaults(session: dict[str, Any]) -> None:
    room = session["defaults"]
    assert list(room) == ["createdOn", "id", "validFrom", "validUntil", "pstnDialOutEnabled"]
    assert time(room["validUntil"]) - time(room["validFrom"]) == timedelta(days=180)
    assert time(room["validFrom"]) <= time(room["createdOn"]) <= datetime.now(UTC)
    assert room["pstnDialOutEnabled"] is False


def test_create_with_every_argument(session: dict[str, Any]) -> None:
    room, sent = session["room"], session["sent"]
    assert (room["validFrom"], room["validUntil"]) == (sent["from"], sent["until"])
    assert room["pstnDialOutEnabled"] is True
    assert session["rosterAtFirst"] == [
        ["communicationUser", USERS[0], "Presenter"],
        ["communicationUser", USERS[1], "Attendee"],
        ["communicationUser", USERS[2], "Collaborator"],
    ]


def test_get_is_what_create_answered(session: dict[str, Any]) -> None:
    assert session["read"] == session["room"]


def test_update_changes_what_is_given_and_nothing_else(session: dict[str, Any]) -> None:
    expected = session["room"] | {"validUntil": session["sent"]["later"]}
    assert session["updated"] == expected
    expected |= {"pstnDialOutEnabled": False}
    assert session["dialOutOff"] == expected
    assert session["unchanged"] == expected


def test_participants_are_added_changed_and_removed(session: dict[str, Any]) -> None:
    roles = ["Presenter", "Presenter", "Collaborator", "Consumer"]
    expected = [["communicationUser", user, role] for user, role in zip(USERS, roles, strict=True)]
    assert session["rosterAfterChange"] == expected
    assert session["rosterAfterRemoval"] == [expected[1], expected[3]]


def test_list_pages_through_all_rooms_newest_first(
    session: dict[str, Any], many_rooms: list[str]
) -> None:
    listed = session["listed"]
    assert listed[:2] == [session["room"]["id"], session["defaults"]["id"]]
    assert set(many_rooms) < set(listed)
    assert len(listed) == len(set(listed))
    assert session["createdOn"] == sorted(session["createdOn"], reverse=True)
    assert [room_id for page in session["pages"] for room_id in page] == listed
    assert all(len(page) <= 30 for page in session["pages"])


@pytest.mark.parametrize(
    ("refused", "status", "code", "message"),
    [
        (
            "identifier",
            400,
            "BadRequest",
            "Communication identifier 4:+14255550123 is not supported.",
        ),
        ("idLength", 400, "BadRequest", "Invalid room ID length."),
        ("id", 400, "BadRequest", "Invalid room ID."),
        ("deleted", 404, "NotFound", "The server cannot find the requested resource."),
        ("deletedAgain", 404, "NotFound", "The server cannot find the requested resource."),
        ("rosterOfDeleted", 404, "NotFound", "The server cannot find the requested resource."),
    ],
)
def test_errors_say_what_is_wrong(
    session: dict[str, Any], refused: str, status: int, code: str, message: str
) -> None:
    assert session["refusals"][refused] == {
        "name": "RestError",
        "status": status,
        "code": code,
        "message": message,
    }


@pytest.mark.parametrize(
    ("refused", "message", "target"),
    [
        ("past", "The time range end is in the past.", "ValidUntil"),
        ("onlyOneTime", "validFrom and validUntil should be set together.", ""),
    ],
)
def test_errors_of_validation_have_details(
    session: dict[str, Any], refused: str, message: str, target: str
) -> None:
    error = session["refusals"][refused]
    assert (error["name"], error["status"], error["code"]) == ("RestError", 400, "BadRequest")
    assert error["details"] == [{"code": "BadArgument", "message": message, "target": target}]


def test_a_wrong_key_and_a_read_key_are_denied(run: Run, app: RunningApp) -> None:
    for key in (new_key(), app.read_key):
        error = run("denied.mjs", key=key)
        assert (error["status"], error["code"]) == (401, "Denied")


def test_every_api_version_is_spoken(run: Run) -> None:
    rooms = run("versions.mjs", VERSIONS=",".join(VERSIONS))
    assert list(rooms) == list(VERSIONS)
    assert "pstnDialOutEnabled" not in rooms.pop("2023-06-14")
    assert [room["pstnDialOutEnabled"] for room in rooms.values()] == [True] * len(rooms)
