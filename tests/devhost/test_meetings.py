"""Plays meetings with `/devhost/meeting`, as the console does, at the app of this checkout."""

import json
import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from testkit.devhost import Devhost, running_devhost
from testkit.raw_http import Answer
from testkit.running import RunningApp, new_key, running_app
from testkit.waiting import until
from tests.devhost.apps import APP
from tests.effort import thorough

OTHER_KEY = new_key()
SLOW = {"people": 2, "speed": 1}
"""A live meeting that takes longer than any test."""


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningApp]:
    with running_app(
        tmp_path_factory.mktemp("console"), {"ROOMS_MANAGE_KEY__another": OTHER_KEY}
    ) as app:
        yield app


@pytest.fixture(autouse=True)
def _nothing_is_played(app: RunningApp) -> Iterator[None]:
    yield
    send(app, "DELETE")


def send(
    app: RunningApp,
    method: str,
    body: object = None,
    key: str | None = None,
    path: str = "/devhost/meeting",
) -> Answer:
    content = (
        None if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
    )
    return app.devhost.request(
        method, path, f"x-api-key: {app.manage_key if key is None else key}", body=content
    )


def last(app: RunningApp) -> Any:
    answer = send(app, "GET")
    assert (answer.status, answer.headers["content-type"]) == (
        200,
        "application/json; charset=utf-8",
    )
    return answer.json()


def ended(app: RunningApp) -> Any:
    until(lambda: last(app)["state"] != "playing")
    return last(app)


def simulators(devhost: Devhost) -> dict[int, str]:
    """Returns the simulators of a devhost by process id, zombies too, with their command lines."""
    listed = subprocess.run(
        ["ps", "-A", "-ww", "-o", "pid=,ppid=,args="], capture_output=True, text=True, check=True
    ).stdout
    lines = [line.split(maxsplit=2) for line in listed.splitlines()]
    return {
        int(pid): line
        for pid, parent, line in lines
        if int(parent) == devhost.process.pid and "azurite.js" not in line
    }


@pytest.mark.parametrize("name", ["another", *thorough("test")])
def test_a_meeting_is_played_to_its_end_with_the_key_of_who_asks(
    app: RunningApp, name: str
) -> None:
    key = OTHER_KEY if name == "another" else app.manage_key
    begun = send(
        app, "POST", {"people": 4, "live": False, "seed": 11, "shuffle": True, "duplicate": 2}, key
    )
    assert begun.status == 202
    expected = {
        "people": 4,
        "live": False,
        "speed": 60,
        "seed": 11,
        "shuffle": True,
        "duplicate": 2,
        "drop": 0.0,
        "delay": 0.0,
    }
    nothing = dict.fromkeys(("roomId", "title", "seed", "progress", "report", "message"))
    assert begun.json() == {"state": "playing", "wanted": expected, **nothing}
    played = ended(app)
    assert {name: played[name] for name in ("state", "title", "seed", "message")} == {
        "state": "played",
        "title": "Lesson 797",
        "seed": 11,
        "message": None,
    }
    assert played["progress"]["delivered"] == played["progress"]["of"] == 36
    assert (played["report"]["roomId"], played["report"]["different"]) == (played["roomId"], 0)
    assert all(person["truth"] == person["answer"] for person in played["report"]["people"])
    log = send(
        app, "GET", key=app.read_key, path=f"/rooms/{played['roomId']}/log?kind=RoomCreated"
    ).json()
    assert log["value"][0]["actor"] == name


def test_what_is_lost_shows_in_the_report(app: RunningApp) -> None:
    assert send(app, "POST", {"people": 12, "live": False, "seed": 3, "drop": 0.2}).status == 202
    report = ended(app)["report"]
    assert report["dropped"] > 0
    assert report["different"] == sum(reason["count"] for reason in report["reasons"]) > 0
    assert report["unexplained"] == 0


def test_without_a_body_twelve_people_meet_in_the_present(app: RunningApp) -> None:
    begun = send(app, "POST", path="/DevHost/Meeting/")
    assert begun.status == 202
    assert (
        begun.json()["wanted"].items()
        >= {"people": 12, "live": True, "speed": 60, "seed": None}.items()
    )


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
@pytest.mark.parametrize("key", ["", "wrong", "é", "reader"])
def test_only_a_key_that_may_do_everything_lets_in(app: RunningApp, method: str, key: str) -> None:
    answer = send(app, method, {}, app.read_key if key == "reader" else key)
    assert (answer.status, answer.headers["x-ms-error-code"]) == (401, "Denied")
    assert answer.json()["error"]["code"] == "Denied"
    assert last(app)["state"] != "playing"


def test_without_the_header_nobody_is_let_in(app: RunningApp) -> None:
    assert app.devhost.request("POST", "/devhost/meeting", body=b"{}").status == 401


@pytest.mark.parametrize(
    ("body", "target", "said"),
    [
        (b"{", "body", "Invalid JSON"),
        (b"[]", "body", "object"),
        ({"peple": 3}, "peple", "not permitted"),
        ({"people": "3"}, "people", "valid integer"),
        ({"people": True}, "people", "valid integer"),
        ({"people": 2.5}, "people", "valid integer"),
        ({"people": None}, "people", "valid integer"),
        ({"people": 1}, "people", "Must be a whole number from 2 to 5000."),
        ({"people": -1}, "people", "Must be a whole number from 2 to 5000."),
        ({"live": 1}, "live", "valid boolean"),
        ({"speed": 121}, "speed", "Must be a whole number from 1 to 120."),
        ({"seed": "a"}, "seed", "valid integer"),
        ({"shuffle": "yes"}, "shuffle", "valid boolean"),
        ({"duplicate": 0}, "duplicate", "Must be a whole number from 1 to 10."),
        ({"drop": 1.5}, "drop", "Must be a probability from 0 to 1."),
        ({"drop": -1e-9}, "drop", "Must be a probability from 0 to 1."),
        (b'{"drop": NaN}', "drop", "finite number"),
        ({"delay": -1}, "delay", "Must be a number of seconds from 0 to 86400."),
    ],
)
def test_what_cannot_be_played_is_refused_at_once(
    app: RunningApp, body: object, target: str, said: str
) -> None:
    answer = send(app, "POST", body)
    assert answer.status == 400
    error = answer.json()["error"]
    assert (error["code"], error["target"]) == ("BadRequest", target)
    assert said in error["message"]
    assert last(app)["state"] != "playing"


@pytest.mark.parametrize("method", ["PUT", "PATCH", "OPTIONS"])
def test_other_methods_and_paths_are_not_there(app: RunningApp, method: str) -> None:
    assert send(app, method).status == 404
    assert send(app, "GET", path="/devhost/meeting/1").status == 404
    assert send(app, "GET", path="/devhost/meeting//").status == 404


def test_one_is_played_at_a_time_until_it_is_stopped(app: RunningApp) -> None:
    assert send(app, "POST", SLOW).status == 202
    refused = send(app, "POST", SLOW)
    assert (refused.status, refused.json()["error"]["code"]) == (409, "MeetingPlaying")
    until(lambda: last(app)["roomId"])
    room_id = last(app)["roomId"]
    assert simulators(app.devhost)
    assert send(app, "DELETE").status == 204
    assert not simulators(app.devhost)
    stopped = last(app)
    assert (stopped["state"], stopped["roomId"]) == ("stopped", room_id)
    assert stopped["message"] == f"Room {room_id} stays. Its call has ended."
    assert send(app, "DELETE").status == 204
    assert send(app, "POST", SLOW).status == 202


def test_the_call_of_one_that_is_stopped_has_ended(app: RunningApp) -> None:
    assert send(app, "POST", {"people": 4, "speed": 1, "seed": 1}).status == 202
    until(lambda: (last(app)["progress"] or {}).get("delivered"))
    room_id = last(app)["roomId"]
    assert send(app, "DELETE").status == 204
    (call,) = send(app, "GET", path=f"/rooms/{room_id}/calls").json()["value"]
    assert (call["startEstimated"], call["endEstimated"]) == (False, False)
    assert call["endedAt"]


def test_one_that_has_hardly_begun_can_be_stopped(app: RunningApp) -> None:
    assert send(app, "POST", SLOW).status == 202
    assert send(app, "DELETE").status == 204
    assert (last(app)["state"], simulators(app.devhost)) == ("stopped", {})


def test_the_key_is_on_no_command_line_and_in_no_log(app: RunningApp) -> None:
    assert send(app, "POST", SLOW, OTHER_KEY).status == 202
    until(lambda: last(app)["roomId"])
    ((_, line),) = simulators(app.devhost).items()
    assert f"--endpoint http://localhost:{app.port}" in line
    assert OTHER_KEY not in line
    assert OTHER_KEY not in app.log()
    assert OTHER_KEY not in json.dumps(last(app))


def test_one_whose_simulator_is_killed_has_failed(app: RunningApp) -> None:
    assert send(app, "POST", SLOW).status == 202
    until(lambda: last(app)["roomId"])
    (pid,) = simulators(app.devhost)
    os.kill(pid, signal.SIGKILL)
    failed = ended(app)
    assert (failed["state"], failed["message"]) == (
        "failed",
        "The simulator ended with -9 without a message.",
    )


def test_the_last_message_of_a_simulator_that_does_not_start_is_shown(tmp_path: Path) -> None:
    with running_devhost(APP, tmp_path, {"ROOMS_MANAGE_KEY__test": "no base64"}) as devhost:
        key = "x-api-key: no base64"
        assert devhost.request("POST", "/devhost/meeting", key).status == 202
        until(lambda: devhost.get("/devhost/meeting", key).json()["state"] != "playing")
        failed = devhost.get("/devhost/meeting", key).json()
    assert failed["state"] == "failed"
    assert "ROOMS_MANAGE_KEY__meeting: must be base64" in failed["message"]


def test_ctrl_c_ends_what_is_played(tmp_path: Path) -> None:
    with running_app(tmp_path) as app:
        assert send(app, "POST", SLOW).status == 202
        until(lambda: last(app)["roomId"])
        (pid,) = simulators(app.devhost)
        assert app.devhost.interrupt() == 0
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
        assert "Traceback" not in app.log()
        assert "Warning" not in app.log()
