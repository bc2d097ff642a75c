"""The app as `make start` runs it, started by a test on free ports, with keys and data of its own."""

import base64
import contextlib
import http.client
import os
import re
import secrets
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from devhost.azurite import PROJECT
from testkit.devhost import Devhost, started

UNHANDLED = re.compile(r"^Traceback.*?^\w[\w.]*(?:Error|Exception).*?$", re.DOTALL | re.MULTILINE)
"""An exception in the app's log that nothing there has caught."""

START_SECONDS = 60
STOP_SECONDS = 30


@dataclass(frozen=True, slots=True)
class RunningApp:
    """Where a running app is found, and what it takes to be let in."""

    devhost: Devhost
    manage_key: str
    read_key: str

    @property
    def port(self) -> int:
        """Of the plain endpoint; the TLS one has the next."""
        return self.devhost.port

    @property
    def process(self) -> subprocess.Popen[bytes]:
        """The service, with all that it has started in a session of its own."""
        return self.devhost.process

    @property
    def http(self) -> str:
        """The plain endpoint, which the SDKs take with a key credential."""
        return f"http://localhost:{self.port}"

    @property
    def https(self) -> str:
        """The TLS endpoint, which the SDKs make of every connection string."""
        return f"https://localhost:{self.port + 1}"

    @property
    def connection_string(self) -> str:
        """The connection string of the key that may do everything."""
        return f"endpoint={self.https}/;accesskey={self.manage_key}"

    @property
    def ca(self) -> Path:
        """The certificate authority of `https`, for clients that add it to those they trust."""
        return PROJECT / ".devhost" / "ca.pem"

    @property
    def ca_bundle(self) -> Path:
        """The same and the public authorities, for clients that trust only what they are given."""
        return PROJECT / ".devhost" / "ca-bundle.pem"

    @property
    def trust(self) -> dict[str, str]:
        """The variables that make the SDKs trust `https`, as `make start` prints them."""
        bundle = str(self.ca_bundle)
        return {
            "REQUESTS_CA_BUNDLE": bundle,
            "SSL_CERT_FILE": bundle,
            "NODE_EXTRA_CA_CERTS": bundle,
        }

    def log(self) -> str:
        """What the app has printed so far."""
        return self.devhost.printed()


def new_key() -> str:
    """A key as a user would make it: base64 of 64 random bytes."""
    return base64.b64encode(secrets.token_bytes(64)).decode()


@contextlib.contextmanager
def running_app(
    folder: Path,
    settings: Mapping[str, str] | None = None,
    port: int | None = None,
    function_app: Path = PROJECT,
) -> Iterator[RunningApp]:
    """The app of this checkout, running; stopped as Ctrl-C stops it, which has to end it cleanly.

    Args:
        folder: for its tables and its log.
        settings: application settings beside the two keys and ROOMS_RETENTION_DAYS, or instead of
            them.
        port: where it answers, if that may not be any free one.
        function_app: the folder of another one, that has this one in it.
    """
    manage_key, read_key = new_key(), new_key()
    ours = {
        "ROOMS_MANAGE_KEY__test": manage_key,
        "ROOMS_READ_KEY__reader": read_key,
        "ROOMS_RETENTION_DAYS": "36500",  # upkeep may run at any time, and events of tests may be old
    }
    app = RunningApp(
        started(function_app, folder, {**ours, **(settings or {})}, port), manage_key, read_key
    )
    try:
        _wait_until_it_answers(app)
        yield app
    except BaseException:
        with contextlib.suppress(ProcessLookupError):
            _kill(app.process)
        raise
    _stop(app)


def _wait_until_it_answers(app: RunningApp) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not _answers(app):
        if app.process.poll() is not None:
            raise RuntimeError(
                f"The app ended with {app.process.returncode} before it answered:\n{app.log()}"
            )
        if time.monotonic() > deadline:
            raise RuntimeError(f"The app did not answer within {START_SECONDS} s:\n{app.log()}")
        time.sleep(0.05)


def _answers(app: RunningApp) -> bool:
    connection = http.client.HTTPConnection("localhost", app.port, timeout=5)
    try:
        connection.request("GET", "/rooms?api-version=2025-03-13")
        return connection.getresponse().status == 401
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _stop(app: RunningApp) -> None:
    if app.process.poll() == -signal.SIGKILL:  # by the test
        return
    app.process.send_signal(signal.SIGINT)
    try:
        code = app.process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        _kill(app.process)
        raise AssertionError(
            f"The app did not stop within {STOP_SECONDS} s of Ctrl-C:\n{app.log()}"
        ) from None
    assert code == 0, f"Ctrl-C ended the app with {code}:\n{app.log()}"


def _kill(process: subprocess.Popen[bytes]) -> None:
    """Ends the app and what it has started: it leads a session of its own."""
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
