"""A real livekit-server beside the app, and what becomes of it."""

import contextlib
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import psutil

from devhost import ports
from devhost.livekit import WEBHOOK, LiveKitServer
from devhost.livekit_program import VARIABLE, find, log_of_build, wait_for_build
from testkit import leash
from testkit.ports import free_port
from testkit.running import RunningApp, running_app

MISSING = "no livekit-server"

BUILD_SECONDS = 240
"""How long the tests wait for a build under way, after all other tests."""


def program_or_reason() -> Path | str:
    """Returns the program, or the reason why there is none. Waits for a build under way."""
    program = find()
    if program is None:
        if not wait_for_build(BUILD_SECONDS):
            return f"{MISSING}: its build goes on for too long"
        program = find()
    if program is not None:
        return program
    log = log_of_build()
    if log.exists():
        return f"{MISSING}: its build failed, {log} says why"
    return f"{MISSING}: none on PATH, in {VARIABLE} or in .media"


@dataclass(frozen=True, slots=True)
class AppWithCalls:
    """A running app whose calls a livekit-server carries."""

    app: RunningApp
    livekit: LiveKitServer


def kill(server: LiveKitServer) -> None:
    """Kills a server with SIGKILL: it says nothing of its end. `start` begins it again."""
    (program,) = psutil.Process(server.process.pid).children()
    program.kill()
    server.process.wait()
    assert server.process.stdin
    server.process.stdin.close()


@contextlib.contextmanager
def running_livekit(
    program: Path, folder: Path, webhook: str, port: int | None = None
) -> Iterator[LiveKitServer]:
    """Runs a livekit-server on two free ports that sends its events to `webhook`. Its log is in
    `folder`."""
    leash.hold()
    chosen = port or free_port(ports.MEDIA_COUNT)
    with LiveKitServer(program, folder, chosen, secrets.token_hex(32), webhook) as server:
        yield server


@contextlib.contextmanager
def running_app_with_calls(
    program: Path, folder: Path, settings: Mapping[str, str] | None = None
) -> Iterator[AppWithCalls]:
    """Runs the app as `make start MEDIA=livekit` does, but for what becomes of a server that ends:
    it stays down until the test starts it."""
    port = free_port(ports.COUNT + ports.MEDIA_COUNT)
    webhook = f"http://127.0.0.1:{port}{WEBHOOK}"
    media = port + ports.COUNT
    with (
        running_livekit(program, folder, webhook, media) as livekit,
        running_app(folder, {**livekit.settings, **(settings or {})}, port) as app,
    ):
        yield AppWithCalls(app, livekit)
