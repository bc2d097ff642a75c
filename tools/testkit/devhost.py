"""Starts devhost as a process on free ports, and sends it requests byte for byte."""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from devhost.azurite import PROJECT
from testkit import leash
from testkit.ports import free_port
from testkit.raw_http import Answer, exchange
from testkit.waiting import HANG_SECONDS, until


@dataclass(frozen=True, slots=True)
class Devhost:
    """A devhost that answers, or that has ended."""

    port: int
    process: subprocess.Popen[bytes]
    log: Path

    def printed(self) -> str:
        """Returns what it has printed so far, on both streams."""
        return self.log.read_text(errors="replace")

    def send(self, request: bytes) -> Answer:
        """Sends these bytes and reads one answer."""
        return exchange("127.0.0.1", self.port, request)

    def request(self, method: str, target: str, *headers: str, body: bytes | None = None) -> Answer:
        """Sends a request with a Host header and, if there is a body, its length."""
        length = [] if body is None else [f"Content-Length: {len(body)}"]
        lines = [f"{method} {target} HTTP/1.1", "Host: localhost:81", *length, *headers, "", ""]
        return self.send("\r\n".join(lines).encode() + (body or b""))

    def get(self, target: str, *headers: str) -> Answer:
        """Sends a GET."""
        return self.request("GET", target, *headers)

    def wait_until_ready(self) -> None:
        """Waits until it says that it answers. Raises RuntimeError if it ends instead."""
        until(lambda: "Ready:" in self.printed() or self.process.poll() is not None)
        if self.process.poll() is not None:
            code = self.process.returncode
            raise RuntimeError(f"devhost ended with {code} before it answered:\n{self.printed()}")

    def interrupt(self) -> int:
        """Sends Ctrl-C and returns the exit code."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(HANG_SECONDS)

    def kill(self) -> None:
        """Kills it, unless it has ended, and what it has started in its group."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


@contextlib.contextmanager
def running_devhost(
    app: Path,
    folder: Path,
    environment: Mapping[str, str] | None = None,
    port: int | None = None,
    options: Sequence[str] = (),
) -> Iterator[Devhost]:
    """Runs devhost on `app`, with data and output in `folder`. Kills it in the end if the test has
    not stopped it."""
    devhost = start_devhost(app, folder, environment, port, options)
    try:
        devhost.wait_until_ready()
        yield devhost
    finally:
        devhost.kill()


def start_devhost(
    app: Path,
    folder: Path,
    environment: Mapping[str, str] | None = None,
    port: int | None = None,
    options: Sequence[str] = (),
) -> Devhost:
    """Starts devhost and does not wait for it. Its environment is that of the tests, without the
    app's settings, and `environment`."""
    leash.hold()
    folder.mkdir(parents=True, exist_ok=True)
    chosen = port or free_port(3)
    places = ["--app", str(app), "--port", str(chosen), "--data", str(folder / "data")]
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("ROOMS_")}
    log = folder / "printed"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "devhost", *places, *options],
            cwd=PROJECT,
            env={**inherited, **(environment or {})},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    return Devhost(chosen, process, log)
