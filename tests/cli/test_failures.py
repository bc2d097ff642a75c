"""What a command says when the service cannot be asked."""

import socket
import threading
import time
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any, ClassVar

import pytest

from rooms.api.errors import ANSWERS, EXTENSION_ANSWERS
from rooms_cli import client, failures
from testkit.ports import free_port
from testkit.raw import Raw
from testkit.running import RunningApp
from tests.cli.line import VARIABLE, Line
from tests.effort import thorough

KEY = "c2VjcmV0LXNlY3JldA=="

BEHIND = 3_630, "is 60 min behind that of"
AHEAD = -3_630, "is 60 min ahead of that of"


def pointing(line: Line, endpoint: str, key: str = KEY) -> Line:
    return line.having(**{VARIABLE: f"endpoint={endpoint}/;accesskey={key}"})


def test_the_connection_string_is_missing(line: Line) -> None:
    said = line.having(**{VARIABLE: None}).failure("list")
    assert said == (
        f"{VARIABLE} is not set. With `make start`, run the line `source .../.devhost/env` "
        f"that it prints. Otherwise: export {VARIABLE}='endpoint=...;accesskey=...'"
    )


@pytest.mark.parametrize("command", [["list"], ["who", "a"]])
def test_the_key_is_wrong(line: Line, app: RunningApp, command: list[str]) -> None:
    said = pointing(line, app.http).failure(*command)
    assert said == (
        f"{app.http} does not accept the key in {VARIABLE}. "
        "Set it to the connection string that `make start` prints."
    )


def test_a_key_that_may_only_read_shows_but_does_not_create(
    line: Line, app: RunningApp, raw: Raw
) -> None:
    raw.new_room()
    reading = pointing(line, app.http, app.read_key)
    assert reading.json_lines("list")
    for reading_only in reading, pointing(line, app.http):
        said = reading_only.failure("user", "create")
        assert said == (
            f"The key in {VARIABLE} is wrong or read-only. `rooms user create` needs a manage key."
        )
        said = reading_only.failure("create")
        assert said == (
            f"The key in {VARIABLE} is wrong or read-only. `rooms create` needs a manage key."
        )


@pytest.mark.parametrize("command", [["list"], ["who", "a"]])
def test_nobody_answers(line: Line, command: list[str]) -> None:
    endpoint = f"http://localhost:{free_port()}"
    said = pointing(line, endpoint).failure(*command)
    assert said == (
        f"Cannot connect to {endpoint}. "
        f"Check that the service is running (`make start`), and the endpoint in {VARIABLE}."
    )


def test_the_certificate_is_not_trusted_until_it_is(line: Line, app: RunningApp, raw: Raw) -> None:
    raw.new_room()
    secure = line.having(**{VARIABLE: app.connection_string})
    for command in ["list"], ["who", "a"]:
        assert "run the line `source .../.devhost/env` that it prints" in secure.failure(*command)
    assert secure.having(**app.trust).json_lines("list")


def test_the_bundle_of_certificates_is_not_there(line: Line, app: RunningApp) -> None:
    secure = line.having(**{VARIABLE: app.connection_string, "REQUESTS_CA_BUNDLE": "missing.pem"})
    said = secure.failure("list")
    assert said.startswith("The file that REQUESTS_CA_BUNDLE names does not exist.")


def test_the_port_is_of_the_other_protocol(line: Line, app: RunningApp) -> None:
    assert "begin the endpoint with http://" in pointing(
        line, app.https.replace(str(app.port + 1), str(app.port))
    ).failure("list")
    assert "begin the endpoint with https://" in pointing(
        line, app.http.replace(str(app.port), str(app.port + 1))
    ).failure("who", "a")


@pytest.mark.parametrize("command", [["list"], ["who", "a"]])
def test_it_does_not_answer_in_time(
    line: Line, monkeypatch: pytest.MonkeyPatch, command: list[str]
) -> None:
    monkeypatch.setattr(client, "ANSWER_SECONDS", 0.1)
    monkeypatch.setattr(client, "RETRIES", 0)
    with socket.create_server(("localhost", 0)) as silent:
        endpoint = f"http://localhost:{silent.getsockname()[1]}"
        assert (
            pointing(line, endpoint).failure(*command)
            == f"{endpoint} does not answer in time. Try again later."
        )


@pytest.mark.parametrize("command", [["list"], ["who", "a"]])
def test_something_else_answers(line: Line, command: list[str]) -> None:
    with HTTPServer(("localhost", 0), Else) as other:
        threading.Thread(target=other.serve_forever, daemon=True).start()
        endpoint = f"http://localhost:{other.server_port}"
        said = pointing(line, endpoint).failure(*command)
        other.shutdown()
    assert said == (
        f"{endpoint} answered 404, but not as Anteroom does. "
        f"Check the endpoint in {VARIABLE}, and that the service is up to date."
    )


@pytest.mark.parametrize(
    "command",
    [["list"], ["who", "a"], ["user", "create"], *thorough(["policy", "a", "open"], ["create"])],
)
def test_the_key_is_sent_to_nobody(
    line: Line, monkeypatch: pytest.MonkeyPatch, command: list[str]
) -> None:
    monkeypatch.setattr(client, "RETRIES", 0)
    Recorder.heads.clear()
    with HTTPServer(("localhost", 0), Recorder) as stranger:
        threading.Thread(target=stranger.serve_forever, daemon=True).start()
        pointing(line, f"http://localhost:{stranger.server_port}").failure(*command)
        stranger.shutdown()
    assert Recorder.heads
    assert not any(KEY in head for head in Recorder.heads)
    assert all("Authorization: HMAC-SHA256 " in head for head in Recorder.heads)


class Else(BaseHTTPRequestHandler):
    """Has nothing."""

    def do_GET(self) -> None:
        self.send_error(404)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.mark.parametrize(
    ("command", "seconds", "which"),
    [
        (["list"], *BEHIND),
        (["who", "a"], *AHEAD),
        *(
            pytest.param(*more, marks=pytest.mark.thorough)
            for more in (
                (["list"], *AHEAD),
                (["who", "a"], *BEHIND),
                (["create"], *AHEAD),
                (["create"], *BEHIND),
            )
        ),
    ],
)
def test_the_clock_of_the_machine_is_wrong(
    line: Line, monkeypatch: pytest.MonkeyPatch, command: list[str], seconds: int, which: str
) -> None:
    theirs = formatdate(time.time() + seconds, usegmt=True)
    monkeypatch.setattr(Refusing, "date_time_string", lambda *_: theirs)
    with HTTPServer(("localhost", 0), Refusing) as other:
        threading.Thread(target=other.serve_forever, daemon=True).start()
        said = pointing(line, f"http://localhost:{other.server_port}").failure(*command)
        other.shutdown()
    assert which in said
    assert said.endswith("Set the clock.")


class Refusing(Else):
    """Takes no key."""

    def do_GET(self) -> None:
        self.send_error(401)

    do_POST = do_GET  # noqa: N815 - a name of http.server


class Recorder(Else):
    """Has nothing, and keeps the heads of all requests."""

    heads: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        self.heads.append(f"{self.requestline}\r\n{self.headers}")
        super().do_GET()

    do_POST = do_PUT = do_GET  # noqa: N815 - names of http.server


def test_advice_is_about_messages_of_the_service() -> None:
    texts = {answer.message for answer in (*ANSWERS.values(), *EXTENSION_ANSWERS.values())}
    assert {*failures.ADVICE, failures.INVALID_RAW_ID} <= texts


@pytest.mark.parametrize(
    ("error", "said"),
    [
        ({"code": "InvalidParameter", "message": "Wrong.", "target": "actor"}, "--actor: Wrong."),
        ({"code": "InvalidParameter", "message": "Wrong.", "target": "rawId"}, "PERSON: Wrong."),
        ({"code": "InvalidParameter", "message": "Wrong.", "target": "other"}, "other: Wrong."),
        (
            {
                "message": "No.",
                "details": [
                    {"message": "Early.", "target": "ValidFrom"},
                    {"message": "Late.", "target": ""},
                ],
            },
            "--from: Early. Late.",
        ),
    ],
)
def test_an_option_is_named_as_it_is_typed(error: dict[str, Any], said: str) -> None:
    assert str(failures.refused("http://a", 400, {"error": error})) == said
