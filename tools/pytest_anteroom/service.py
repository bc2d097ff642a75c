"""The service as a process: starts it, waits until it is ready, empties it, stops it."""

import base64
import hmac
import json
import os
import random
import secrets
import shlex
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from email.utils import formatdate
from hashlib import sha256
from pathlib import Path
from typing import Any, Optional
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import ProxyHandler, Request, build_opener

PORTS = 3
START_SECONDS = 600
"""The first start installs the service."""

API_VERSION = "2025-03-13"
STORAGE = "UseDevelopmentStorage=true"
TRUST = ("REQUESTS_CA_BUNDLE", "SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS")
KEEPER = Path(__file__).with_name("keeper.py")

_opener = build_opener(ProxyHandler({}))


class AnteroomFailed(Exception):
    """The service does not run. The message says why, and has no key."""


@dataclass(frozen=True)
class Anteroom:
    """A running service.

    Attributes:
        endpoint: for an SDK that takes an endpoint and a credential.
        key: for `AzureKeyCredential`. The service takes it for this run only.
        connection_string: for `from_connection_string`. It has both.
        trust: variables that name the service's certificate. They are set in this process.
    """

    endpoint: str
    key: str = field(repr=False)
    connection_string: str = field(repr=False)
    trust: dict[str, str] = field(repr=False)
    _plain: str = field(repr=False)

    def reset(self) -> None:
        """Deletes all rooms. Logs of deleted rooms stay, and no other room gets their ids."""
        while rooms := self._ask("GET", f"/rooms?api-version={API_VERSION}")["value"]:
            for room in rooms:
                self._ask("DELETE", f"/rooms/{room['id']}?api-version={API_VERSION}")

    def _ask(self, method: str, target: str) -> Any:
        headers = signed(self.key, method, urlsplit(self._plain).netloc, target)
        request = Request(self._plain + target, method=method, headers=headers)
        with _opener.open(request, timeout=30) as answer:
            return json.loads(answer.read() or "null")


def signed(key: str, method: str, host: str, target: str) -> dict[str, str]:
    """Returns the headers of a request without a body, signed as Communication Services asks."""
    date, digest = formatdate(usegmt=True), base64.b64encode(sha256(b"").digest()).decode()
    text = f"{method}\n{target}\n{date};{host};{digest}".encode()
    mac = base64.b64encode(hmac.digest(base64.b64decode(key), text, "sha256")).decode()
    return {
        "x-ms-date": date,
        "x-ms-content-sha256": digest,
        "Authorization": "HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256"
        f"&Signature={mac}",
    }


@contextmanager
def run(checkout: Path, folder: Path) -> Iterator[Anteroom]:
    """Runs the service of a checkout, with its data and its log in `folder`.

    Raises:
        AnteroomFailed: it does not start.
    """
    port, key = _free_ports(), base64.b64encode(secrets.token_bytes(48)).decode()
    exports = folder / "exports"
    arguments = [f"PORT={port}", f"DATA={folder / 'data'}", f"EXPORTS={exports}"]
    with (folder / "log").open("wb") as log:
        keeper = subprocess.Popen(
            [sys.executable, "-I", str(KEEPER), *arguments],
            cwd=checkout,
            env=_environment(key),
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # the terminal's Ctrl-C is for pytest
        )
    try:
        plain = f"http://localhost:{port}"
        _wait_until_ready(plain, keeper, folder / "log", key)
        yield _anteroom(port, key, _read(exports))
    finally:
        assert keeper.stdin
        keeper.stdin.close()
        keeper.wait()


def _environment(key: str) -> dict[str, str]:
    """Returns an environment with no settings of another service. Storage and users are those of
    this machine, whatever the local.settings.json of the checkout says."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ROOMS_")}
    return {
        **kept,
        "AzureWebJobsStorage": STORAGE,
        "ROOMS_STORAGE": STORAGE,
        "ROOMS_STORAGE__tableServiceUri": "",
        "ROOMS_STORAGE__clientId": "",
        "ROOMS_ACS_CONNECTION_STRING": "",
        "ROOMS_ACS__endpoint": "",
        "ROOMS_ACS__clientId": "",
        "ROOMS_MANAGE_KEY__development": key,  # replaces that of the checkout
    }


def _free_ports() -> int:
    """Returns the first of three free ports, below those that outgoing connections take."""
    while True:
        first = random.randrange(20_000, 32_000)
        with ExitStack() as held, suppress(OSError):
            for port in range(first, first + PORTS):
                held.enter_context(socket.create_server(("127.0.0.1", port)))
            return first


def _wait_until_ready(plain: str, keeper: subprocess.Popen[bytes], log: Path, key: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while _status(f"{plain}/health") != 200:
        said = log.read_text(errors="replace").replace(key, "...")[-2_000:]
        if keeper.poll() is not None:
            raise AnteroomFailed(f"Anteroom did not start. It said:\n{said}")
        if time.monotonic() > deadline:
            raise AnteroomFailed(f"Anteroom was not ready in {START_SECONDS} s. It said:\n{said}")
        time.sleep(0.1)


def _status(url: str) -> Optional[int]:
    try:
        with _opener.open(url, timeout=30) as answer:
            return int(answer.status)
    except HTTPError as refused:
        return refused.code
    except OSError:
        return None


def _read(exports: Path) -> dict[str, str]:
    """Returns the variables in a file of exports."""
    words = shlex.split(exports.read_text())
    return dict(word.split("=", 1) for word in words if word != "export")


def _anteroom(port: int, key: str, variables: dict[str, str]) -> Anteroom:
    endpoint = f"https://localhost:{port + 1}/"
    return Anteroom(
        endpoint=endpoint,
        key=key,
        connection_string=f"endpoint={endpoint};accesskey={key}",
        trust={name: variables[name] for name in TRUST},
        _plain=f"http://localhost:{port}",
    )
