"""`make call`."""

import os
import re
import subprocess
import sys

from devhost.azurite import PROJECT
from devhost.settings import KEY_PREFIX
from testkit.livekit_server import AppWithCalls
from testkit.ports import free_port
from testkit.raw_http import exchange


def make_call(port: int, key: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "devhost.call", str(port)],
        cwd=PROJECT,
        env={**os.environ, f"{KEY_PREFIX}test": key},
        capture_output=True,
        text=True,
    )


def test_each_of_the_two_gets_a_link_that_the_service_knows(app_with_calls: AppWithCalls) -> None:
    app = app_with_calls.app
    made = make_call(app.port, app.manage_key)
    assert (made.returncode, made.stderr) == (0, "")
    links = re.findall(rf"{app.http}/join/(\d+)#(\S+)", made.stdout)
    roles = []
    for room_id, token in links:
        request = f"GET /rooms/{room_id}/join HTTP/1.1\r\nHost: localhost\r\n"
        answer = exchange(
            "127.0.0.1", app.port, f"{request}Authorization: JoinLink {token}\r\n\r\n".encode()
        )
        assert answer.status == 200
        roles += re.findall(rb'"role": ?"(\w+)"', answer.body)
    assert roles == [b"Presenter", b"Attendee"]


def test_without_a_service_the_command_that_starts_it_is_said() -> None:
    port = free_port()
    made = make_call(port, "a2V5")
    assert made.returncode == 1
    assert f"make call: http://localhost:{port} does not answer" in made.stderr
    assert f"make start MEDIA=livekit PORT={port}" in made.stderr
