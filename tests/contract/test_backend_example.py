"""examples/backend.py, run as the README says: who is admitted gets a token, and nobody else."""

import contextlib
import json
import os
import re
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlencode

import pytest

from devhost.azurite import PROJECT
from testkit.identifiers import raw_id
from testkit.insight import Insight
from testkit.ports import free_port
from testkit.raw import JSON, Raw, signed
from testkit.raw_http import Answer, exchange
from testkit.running import RunningApp, new_key, running_app
from testkit.waiting import HANG_SECONDS, until
from tests.effort import thorough

PRESENTER, ATTENDEE, STRANGER = (raw_id(number) for number in (1, 2, 3))
SCRIPT = "<script>alert(1)</script>"
TOKEN = "a.token.that-nobody-else-may-see"
LONGEST = 256
"""Characters of a raw id or a name."""


@dataclass
class IdentityService:
    """Stands for ACS's, to which Anteroom sends requests on: issues one token to whoever signs with
    its key, and remembers for whom it was asked."""

    key: str = field(default_factory=new_key)
    asked: list[tuple[str, Any]] = field(default_factory=list)
    refuses: bool = False
    endpoint: str = ""

    @property
    def connection_string(self) -> str:
        return f"endpoint={self.endpoint}/;accesskey={self.key}"

    def issue(
        self, path: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[int, dict[str, Any]]:
        expected = signed(self.key, "POST", path, headers["host"], body, headers["x-ms-date"])
        assert headers["authorization"] == expected["Authorization"]
        self.asked.append((unquote(path.partition("?")[0]), json.loads(body)))
        if self.refuses:
            return 403, {"error": {"code": "Forbidden", "message": "Not today."}}
        return 200, {
            "token": TOKEN,
            "expiresOn": (datetime.now(UTC) + timedelta(hours=1)).isoformat(),
        }


@contextlib.contextmanager
def running_identity_service() -> Iterator[IdentityService]:
    service = IdentityService()

    class Requests(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            sent = self.rfile.read(int(self.headers["content-length"]))
            status, body = service.issue(
                self.path, {name.lower(): value for name, value in self.headers.items()}, sent
            )
            content = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Requests) as server:
        service.endpoint = f"http://127.0.0.1:{server.server_port}"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield service
        server.shutdown()


@dataclass(frozen=True, slots=True)
class Backend:
    """The example, running."""

    port: int
    printed: Path

    def page(self, query: str = "") -> Answer:
        return self._send("GET", f"/{query}", "")

    def join(self, room_id: str, person: str, name: str = "") -> Answer:
        return self.post({"roomId": room_id, "rawId": person, "displayName": name})

    def post(self, form: Mapping[str, str]) -> Answer:
        return self._send("POST", "/join", urlencode(form))

    def _send(self, method: str, target: str, form: str) -> Answer:
        lines = [
            f"{method} {target} HTTP/1.1",
            "Host: localhost",
            "Content-Type: application/x-www-form-urlencoded",
        ]
        return exchange(
            "localhost",
            self.port,
            "\r\n".join([*lines, f"Content-Length: {len(form)}", "", form]).encode(),
        )


COMMAND = [sys.executable, "-W", "error", str(PROJECT / "examples" / "backend.py")]


def inherited() -> dict[str, str]:
    """The environment, without what the backend reads."""
    return {
        name: value
        for name, value in os.environ.items()
        if not name.endswith("_CONNECTION_STRING") and name != "PORT"
    }


def without_start(environment: Mapping[str, str]) -> str:
    """What a backend says that does not start."""
    done = subprocess.run(
        COMMAND,
        env={**inherited(), **environment},
        capture_output=True,
        text=True,
        timeout=HANG_SECONDS,
    )
    assert (done.returncode, done.stdout) == (1, "")
    return done.stderr


@contextlib.contextmanager
def running_backend(folder: Path, environment: Mapping[str, str]) -> Iterator[Backend]:
    backend = Backend(free_port(), folder / "printed")
    with backend.printed.open("wb") as output:
        process = subprocess.Popen(
            COMMAND,
            env={**inherited(), "PYTHONUNBUFFERED": "1", "PORT": str(backend.port), **environment},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        until(lambda: "Running on" in backend.printed.read_text() or process.poll() is not None)
        assert process.poll() is None, backend.printed.read_text()
        yield backend
    finally:
        process.terminate()
        assert process.wait(HANG_SECONDS) == 0, backend.printed.read_text()


@pytest.fixture(scope="module")
def acs() -> Iterator[IdentityService]:
    with running_identity_service() as acs:
        yield acs


@pytest.fixture(scope="module")
def anteroom(
    acs: IdentityService, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningApp]:
    """An app whose users and tokens ACS makes."""
    settings = {"ROOMS_ACS_CONNECTION_STRING": acs.connection_string}
    with running_app(tmp_path_factory.mktemp("anteroom"), settings) as app:
        yield app


@pytest.fixture(scope="module")
def raw(anteroom: RunningApp) -> Raw:
    return Raw(anteroom.http, anteroom.manage_key)


@pytest.fixture(scope="module")
def insight(anteroom: RunningApp) -> Insight:
    return Insight(anteroom, anteroom.manage_key)


@pytest.fixture(scope="module")
def backend(anteroom: RunningApp, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Backend]:
    """As docs/admission.md says: the connection string is that of the TLS endpoint."""
    connection = {"COMMUNICATION_CONNECTION_STRING": anteroom.connection_string}
    environment = {**connection, **anteroom.trust}
    with running_backend(tmp_path_factory.mktemp("backend"), environment) as backend:
        yield backend
    assert TOKEN not in backend.printed.read_text()


@pytest.fixture
def asked(acs: IdentityService) -> Iterator[list[tuple[str, Any]]]:
    """What the identity service is asked for in this test."""
    acs.asked.clear()
    yield acs.asked
    acs.refuses = False


def new_room(raw: Raw, opens_in: timedelta = timedelta(0)) -> str:
    opens = datetime.now(UTC) + opens_in
    room = raw.new_room(
        {
            "validFrom": opens.isoformat(),
            "validUntil": (opens + timedelta(hours=1)).isoformat(),
            "participants": {PRESENTER: {"role": "Presenter"}, ATTENDEE: {}},
        }
    )
    room_id: str = room["id"]
    return room_id


@pytest.fixture
def room_id(raw: Raw) -> str:
    return new_room(raw)


def body_of(answer: Answer, status: int) -> dict[str, Any]:
    assert (answer.status, answer.headers["content-type"]) == (status, JSON), answer
    assert answer.headers["cache-control"] == "no-store"
    body: dict[str, Any] = answer.json()
    return body


def decisions(insight: Insight, room_id: str) -> list[tuple[str, str, str | None]]:
    """Those in the room's log, newest first: what, about whom, and under which name."""
    records = [
        record
        for record in insight.all(f"/rooms/{room_id}/log")
        if record["kind"] in ("Admitted", "Refused")
    ]
    return [
        (record["kind"], record["detail"]["rawId"], record["detail"].get("displayName"))
        for record in records
    ]


def test_who_is_admitted_gets_a_token_of_their_own(
    backend: Backend, insight: Insight, room_id: str, asked: list[tuple[str, Any]]
) -> None:
    body = body_of(backend.join(room_id, PRESENTER, "Dr. Khan"), 200)
    assert body["messages"] == ["You are admitted as Presenter."]
    assert (body["token"], "opensAt" in body) == (TOKEN, False)
    assert {"name": "shareScreen", "only": "web"} in body["capabilities"]
    assert datetime.fromisoformat(body["validUntil"]) > datetime.now(UTC)
    assert asked == [
        (
            f"/identities/{PRESENTER}/:issueAccessToken",
            {"scopes": ["voip.join"], "expiresInMinutes": 60},
        )
    ]
    assert decisions(insight, room_id) == [("Admitted", PRESENTER, "Dr. Khan")]


def test_who_is_refused_is_told_why_and_gets_no_token(
    backend: Backend, insight: Insight, room_id: str, asked: list[tuple[str, Any]]
) -> None:
    assert body_of(backend.join(room_id, STRANGER), 403) == {
        "messages": ["You are not invited to this room."],
        "opensAt": None,
    }
    assert asked == []
    assert decisions(insight, room_id) == [("Refused", STRANGER, None)]


def test_all_reasons_are_told_and_when_the_room_opens(
    backend: Backend, raw: Raw, asked: list[tuple[str, Any]]
) -> None:
    room_id = new_room(raw, timedelta(hours=1))
    body = body_of(backend.join(room_id, "somebody"), 403)
    assert [message.split(".")[0] for message in body["messages"]] == [
        "Only users of Azure Communication Services can join this room",
        "You are not invited to this room",
        "This room is not open yet",
    ]
    assert list(body) == ["messages", "opensAt"]
    assert datetime.fromisoformat(body["opensAt"]) == datetime.fromisoformat(
        raw.get(f"/rooms/{room_id}").json()["validFrom"]
    )
    assert asked == []


@pytest.mark.parametrize(
    "room_id",
    [
        "99400000000000000",
        "",
        "../live",
        "1?",
        *thorough("x", "99400000000000000/log", "٣", "9" * 65),
    ],
)
def test_a_room_that_does_not_exist(
    backend: Backend, room_id: str, asked: list[tuple[str, Any]]
) -> None:
    assert body_of(backend.join(room_id, PRESENTER), 404) == {
        "messages": ["There is no such room."]
    }
    assert asked == []


def test_a_name_that_is_a_script_is_kept_as_a_name(
    backend: Backend, insight: Insight, room_id: str
) -> None:
    assert SCRIPT not in json.dumps(body_of(backend.join(room_id, STRANGER, SCRIPT), 403))
    body_of(backend.join(room_id, ATTENDEE, SCRIPT), 200)
    assert decisions(insight, room_id) == [
        ("Admitted", ATTENDEE, SCRIPT),
        ("Refused", STRANGER, SCRIPT),
    ]


@pytest.mark.parametrize(
    ("person", "name"),
    [("", ""), (" ", ""), ("8" * (LONGEST + 1), ""), (ATTENDEE, "n" * (LONGEST + 1))],
    ids=["nobody", "blank", "long raw id", "long name"],
)
def test_what_people_type_wrong_is_not_our_mistake(
    backend: Backend,
    insight: Insight,
    room_id: str,
    asked: list[tuple[str, Any]],
    person: str,
    name: str,
) -> None:
    body = body_of(backend.join(room_id, person, name), 400)
    assert body == {"messages": ["The raw id or the name is not valid."]}
    assert "Anteroom answers" not in backend.printed.read_text()
    assert (asked, decisions(insight, room_id)) == ([], [])


def test_who_leaves_out_who_they_are(backend: Backend, room_id: str) -> None:
    assert backend.post({"roomId": room_id}).status == 400


def test_blanks_around_what_is_typed_do_not_matter(
    backend: Backend, insight: Insight, room_id: str, asked: list[tuple[str, Any]]
) -> None:
    for name in (f" {'n' * LONGEST}\t", " "):
        body_of(backend.join(f" {room_id} ", f" {ATTENDEE}\n", name), 200)
    assert [path for path, _ in asked] == [f"/identities/{ATTENDEE}/:issueAccessToken"] * 2
    assert decisions(insight, room_id) == [
        ("Admitted", ATTENDEE, None),
        ("Admitted", ATTENDEE, "n" * LONGEST),
    ]


def test_the_page_takes_no_more_than_can_be_used(backend: Backend) -> None:
    limited = re.findall(rb'name="(\w+)"[^>]* maxlength="256"', backend.page().body)
    assert limited == [b"rawId", b"displayName"]


def test_the_page_is_the_same_for_everyone_and_takes_nothing_as_html(backend: Backend) -> None:
    page = backend.page(f"?{urlencode({'roomId': SCRIPT, 'displayName': SCRIPT})}")
    assert (page.status, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert page.body == backend.page().body
    assert not [
        name
        for name in (b"innerHTML", b"outerHTML", b"insertAdjacentHTML", b"document.write")
        if name in page.body
    ]


def test_an_identity_service_that_issues_none(
    backend: Backend, acs: IdentityService, room_id: str, asked: list[tuple[str, Any]]
) -> None:
    acs.refuses = True
    body = body_of(backend.join(room_id, PRESENTER), 503)
    assert body == {"messages": ["Rooms cannot be joined at the moment. Please try again."]}
    assert len(asked) == 1


def test_without_acs_the_token_is_one_of_anteroom(app: RunningApp, tmp_path: Path) -> None:
    raw, insight = Raw(app.http, app.manage_key), Insight(app, app.manage_key)
    identities = Raw(app.http, app.manage_key, "2023-10-01")
    user = identities.post("/identities").json()["identity"]["id"]
    roster = {user: {"role": "Presenter"}, PRESENTER: {"role": "Presenter"}}
    room_id = raw.new_room({"participants": roster})["id"]
    connection_string = f"endpoint={app.http}/;accesskey={app.manage_key}"
    with running_backend(
        tmp_path, {"COMMUNICATION_CONNECTION_STRING": connection_string}
    ) as backend:
        token = body_of(backend.join(room_id, user), 200)["token"]
        said = insight.send("POST", "/identities/:checkAccessToken", {"token": token}).json()
        assert (said["valid"], said["rawId"], said["scopes"]) == (True, user, ["voip.join"])
        assert body_of(backend.join(room_id, PRESENTER), 404) == {
            "messages": ["You are admitted, but nobody has made this user."]
        }
    assert token not in backend.printed.read_text()


def test_an_anteroom_that_does_not_answer(tmp_path: Path) -> None:
    connection_string = f"endpoint=http://localhost:{free_port()}/;accesskey={new_key()}"
    with running_backend(
        tmp_path, {"COMMUNICATION_CONNECTION_STRING": connection_string}
    ) as backend:
        body = body_of(backend.join("99400000000000000", PRESENTER), 503)
    assert body == {"messages": ["Rooms cannot be joined at the moment. Please try again."]}


def test_a_key_that_may_only_read_is_the_backends_mistake(
    app: RunningApp, room_id: str, tmp_path: Path
) -> None:
    connection_string = f"endpoint={app.http}/;accesskey={app.read_key}"
    with running_backend(
        tmp_path, {"COMMUNICATION_CONNECTION_STRING": connection_string}
    ) as backend:
        assert body_of(backend.join(room_id, PRESENTER), 502) == {
            "messages": ["Something is wrong on our side."]
        }
    printed = backend.printed.read_text()
    assert "Anteroom answers 401" in printed
    assert app.read_key not in printed


ANTEROOM = f"endpoint=https://localhost:7072/;accesskey={new_key()}"


@pytest.mark.parametrize("text", ["", *thorough(" ")])
def test_it_says_what_it_needs(text: str) -> None:
    message = (
        "Set COMMUNICATION_CONNECTION_STRING to the connection string that `make start` prints.\n"
    )
    assert without_start({"COMMUNICATION_CONNECTION_STRING": text}) == message


@pytest.mark.thorough
@pytest.mark.parametrize(
    "text",
    [
        "foo",
        "endpoint=https://localhost:7072/",  # what is left of it without quotes
        "endpoint=localhost:7072;accesskey=a2V5",
        "endpoint=https://localhost:port/;accesskey=a2V5",
        "endpoint=https://localhost:7072/;accesskey=key",
    ],
)
def test_it_says_what_a_connection_string_is(text: str) -> None:
    said = without_start({"COMMUNICATION_CONNECTION_STRING": text})
    assert said == (
        "COMMUNICATION_CONNECTION_STRING must be a connection string: "
        "endpoint=https://<host>/;accesskey=<the key>. "
        "Put single quotes around it: the shell ends a command at a semicolon.\n"
    )


@pytest.mark.thorough
def test_it_says_that_its_port_is_taken() -> None:
    with socket.create_server(("localhost", 0)) as taken:
        port = taken.getsockname()[1]
        said = without_start({"COMMUNICATION_CONNECTION_STRING": ANTEROOM, "PORT": str(port)})
    assert re.fullmatch(rf"Port {port} is not available \(.+\)\. Set PORT to another one\.\n", said)


@pytest.mark.thorough
@pytest.mark.parametrize("port", ["abc", "0", "65536", ""])
def test_it_says_what_a_port_is(port: str) -> None:
    said = without_start({"COMMUNICATION_CONNECTION_STRING": ANTEROOM, "PORT": port})
    assert said == f"PORT is {port!r}: set it to a port between 1 and 65535.\n"
