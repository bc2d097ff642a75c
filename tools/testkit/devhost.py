"""devhost as a process, started by a test on free ports, and requests to it byte for byte."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from devhost.azurite import PROJECT
from testkit.ports import free_port
from testkit.raw_http import Answer, exchange

APP = Path(__file__).parent / "app"
SECONDS = 30


@dataclass(frozen=True, slots=True)
class Devhost:
    """A devhost that answers, or that has ended."""

    port: int
    process: subprocess.Popen[bytes]
    log: Path

    def printed(self) -> str:
        """What it has printed so far, on both streams."""
        return self.log.read_text(errors="replace")

    def send(self, request: bytes) -> Answer:
        """Send these bytes and read one answer."""
        return exchange("127.0.0.1", self.port, request)

    def request(self, method: str, target: str, *headers: str, body: bytes | None = None) -> Answer:
        """Send a request with a Host header and, if there is a body, its length."""
        length = [] if body is None else [f"Content-Length: {len(body)}"]
        lines = [f"{method} {target} HTTP/1.1", "Host: some.host:81", *length, *headers, "", ""]
        return self.send("\r\n".join(lines).encode() + (body or b""))

    def get(self, target: str, *headers: str) -> Answer:
        """Send a GET."""
        return self.request("GET", target, *headers)

    def interrupt(self) -> int:
        """Ctrl-C; its exit code."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(SECONDS)


@contextlib.contextmanager
def running(
    app: Path, folder: Path, environment: Mapping[str, str] | None = None, port: int | None = None
) -> Iterator[Devhost]:
    """Devhost on the app, answering, with data and output in `folder`; killed at the end if a test
    did not end it."""
    devhost = started(app, folder, environment, port)
    try:
        until(lambda: "Ready:" in devhost.printed() or devhost.process.poll() is not None)
        assert devhost.process.poll() is None, devhost.printed()
        yield devhost
    finally:
        devhost.process.kill()
        devhost.process.wait()


def started(
    app: Path, folder: Path, environment: Mapping[str, str] | None = None, port: int | None = None
) -> Devhost:
    """Devhost, just started, with the environment of the tests but for settings of the app."""
    folder.mkdir(parents=True, exist_ok=True)
    chosen = port or free_port(3)
    command = [
        sys.executable,
        "-m",
        "devhost",
        "--app",
        str(app),
        "--port",
        str(chosen),
        "--data",
        str(folder / "data"),
    ]
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("ROOMS_")}
    log = folder / "printed"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=PROJECT,
            env={**inherited, **(environment or {})},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    return Devhost(chosen, process, log)


def failed_start(app: Path, folder: Path, port: int | None = None) -> str:
    """What a devhost that cannot start says."""
    devhost = started(app, folder, port=port)
    assert devhost.process.wait(SECONDS) == 1, devhost.printed()
    return devhost.printed()


def until(true: Callable[[], object]) -> None:
    """Wait until it is so."""
    deadline = time.monotonic() + SECONDS
    while not true():
        assert time.monotonic() < deadline, "It did not come true in time."
        time.sleep(0.02)


def written_app(folder: Path, source: str, settings: Mapping[str, str] | None = None) -> Path:
    """A function app of one file."""
    folder.mkdir()
    (folder / "function_app.py").write_text(
        f"import azure.functions as func\napp = func.FunctionApp()\n{source}\n"
    )
    (folder / "local.settings.json").write_text(json.dumps({"Values": dict(settings or {})}))
    return folder
