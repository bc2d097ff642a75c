"""livekit-server beside devhost: `make start MEDIA=livekit`."""

import json
import socket
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from devhost import ports
from devhost.errors import CannotStart
from devhost.livekit import livekit_beside
from testkit.devhost import Devhost, running_devhost
from testkit.ports import answers, free_port
from testkit.waiting import HANG_SECONDS, until
from tests.devhost.apps import written_app
from tests.effort import thorough

TELLS = """
import os
@app.route("told", methods=["GET"])
def told(req: func.HttpRequest) -> str:
    return os.environ["ROOMS_MEDIA_URL"]
"""


@contextmanager
def running_with_livekit(folder: Path) -> Iterator[Devhost]:
    app, port = written_app(folder / "app", TELLS), free_port(5)
    with running_devhost(app, folder, port=port, options=["--media", "livekit"]) as devhost:
        yield devhost


@pytest.fixture(scope="module")
def devhost(tmp_path_factory: pytest.TempPathFactory, livekit_program: Path) -> Iterator[Devhost]:
    """For tests that leave it running, with a server."""
    with running_with_livekit(tmp_path_factory.mktemp("livekit")) as devhost:
        yield devhost


def server_of(devhost: Devhost) -> psutil.Process:
    children = psutil.Process(devhost.process.pid).children(recursive=True)
    return next(
        child
        for child in children
        if "livekit" in child.environ().get("LIVEKIT_CONFIG", "") and not child.children()
    )


def test_the_app_gets_the_settings_of_a_server_that_answers(devhost: Devhost) -> None:
    url = devhost.get("/api/told").body.decode()
    assert url == f"ws://127.0.0.1:{devhost.port + ports.COUNT}"
    assert answers(devhost.port + ports.COUNT)


def test_the_secret_is_in_no_command_line_and_the_log_is_the_owners(devhost: Devhost) -> None:
    server = server_of(devhost)
    ((_, secret),) = json.loads(server.environ()["LIVEKIT_CONFIG"])["keys"].items()
    assert secret not in " ".join(server.cmdline())
    assert secret not in devhost.printed()
    log = devhost.log.parent / "data" / "livekit.log"
    assert stat.S_IMODE(log.stat().st_mode) == 0o600


def test_a_server_that_ends_is_told_and_starts_again(devhost: Devhost) -> None:
    first = server_of(devhost)
    first.kill()
    until(lambda: "livekit-server has ended with 137" in devhost.printed())
    until(lambda: answers(devhost.port + ports.COUNT))
    assert server_of(devhost).pid != first.pid


@pytest.mark.parametrize("end", ["send Ctrl-C", *thorough("terminate"), "kill"])
def test_the_server_ends_with_devhost(tmp_path: Path, livekit_program: Path, end: str) -> None:
    with running_with_livekit(tmp_path) as devhost:
        server = server_of(devhost)
        if end == "send Ctrl-C":
            assert devhost.interrupt() == 0
        else:
            getattr(devhost.process, end)()
        server.wait(HANG_SECONDS)
        assert "Starting it again" not in devhost.printed()


@pytest.mark.parametrize(
    ("offset", "kind"),
    [(3, socket.SOCK_STREAM), (4, socket.SOCK_STREAM), (4, socket.SOCK_DGRAM)],
)
def test_a_port_in_use_is_named(offset: int, kind: socket.SocketKind) -> None:
    port = free_port(5)
    with socket.socket(type=kind) as taken:
        taken.bind(("127.0.0.1", port + offset))
        if kind == socket.SOCK_STREAM:
            taken.listen()
        ports.check(port)
        with pytest.raises(CannotStart, match=f"Port {port + offset} is in use. Try: make start"):
            ports.check(port, media=True)


def test_settings_of_another_server_are_refused(tmp_path: Path) -> None:
    settings = {"ROOMS_MEDIA_URL": "wss://media.example.com"}
    with pytest.raises(CannotStart, match="ROOMS_MEDIA_URL is set: it is for a media server that"):
        livekit_beside(7071, tmp_path, settings, tmp_path, tmp_path)
