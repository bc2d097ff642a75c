"""livekit-server as a child process, on loopback only, with the configuration that the service
needs. It stops cleanly, even if its parent is killed."""

import json
import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from devhost import child, ports
from devhost.development_key import kept_secret
from devhost.errors import CannotStart

WEBHOOK = "/media/livekit"
"""The path of the service that takes its events."""

EVENTS = (
    "participant_joined",
    "participant_left",
    "participant_connection_aborted",
    "room_finished",
)
"""Those that the service reads."""

API_KEY = "devhost"
SETTINGS_PREFIX = "ROOMS_MEDIA_"

START_SECONDS = 60
STOP_SECONDS = 10

_SOON_SECONDS = 10
_LONGEST_PAUSE = 30
"""Seconds before a server starts again that has ended soon after its start, again and again."""

_NOBODY = "127.0.0.1:9"
"""Where no STUN server is. Without one in the configuration, clients would ask Google's."""

_log = logging.getLogger("devhost")


def configuration(port: int, secret: str, webhook: str) -> dict[str, Any]:
    """Returns the configuration of a server that only this machine reaches.

    `room`, `filter_params` and `resource_url_notifier` are as docs/media.md has them.
    """
    return {
        "port": port,
        "bind_addresses": ["127.0.0.1"],
        "rtc": {
            "udp_port": port + 1,
            "tcp_port": port + 1,
            "use_external_ip": False,
            "node_ip": "127.0.0.1",
            "enable_loopback_candidate": True,
            "interfaces": {"includes": ["lo", "lo0"]},  # of Linux, and of macOS
            "stun_servers": [_NOBODY],
        },
        "keys": {API_KEY: secret},
        "room": {"auto_create": False},
        "webhook": {
            "api_key": API_KEY,
            "urls": [webhook],
            "filter_params": {"include_events": list(EVENTS)},
            "resource_url_notifier": {"max_age": "1h", "max_depth": 5000},
        },
    }


def livekit_beside(
    port: int, data: Path, settings: Mapping[str, str], program: Path, checkout: Path
) -> "LiveKitServer":
    """Returns the server for a devhost on `port`, on the ports after those of devhost.

    Args:
        checkout: the folder with the secret of this checkout, which is made if it is not there.

    Raises:
        CannotStart: the settings name a media server.
    """
    for name, value in settings.items():
        if name.startswith(SETTINGS_PREFIX) and value:
            raise CannotStart(
                f"{name} is set: it is for a media server that runs already. "
                "Start without MEDIA, or remove that setting."
            )
    secret = kept_secret(checkout / "livekit-secret")
    webhook = f"http://127.0.0.1:{port}{WEBHOOK}"
    return LiveKitServer(program, data, port + ports.COUNT, secret, webhook)


class LiveKitServer:
    """Runs a livekit-server on `port` and the next, with its log in `folder`/livekit.log.

    A context manager: the server answers after enter, and has ended after exit.

    Args:
        webhook: the address that takes its events.
    """

    def __init__(self, program: Path, folder: Path, port: int, secret: str, webhook: str) -> None:
        self._program = program
        self._port = port
        self._configuration = configuration(port, secret, webhook)
        self._secret = secret
        self._stopping = threading.Event()
        self._starts_and_stops = threading.Lock()
        self.log = folder / "livekit.log"
        """What the server says. After it has refused a token, that token is in it."""
        self.process: subprocess.Popen[bytes]
        """The process that ends the server with this one. The server is its only child."""

    @property
    def settings(self) -> dict[str, str]:
        """Returns the settings of a service whose calls it carries."""
        return {
            "ROOMS_MEDIA_URL": f"ws://127.0.0.1:{self._port}",
            f"ROOMS_MEDIA_KEY__{API_KEY}": self._secret,
        }

    def __enter__(self) -> Self:
        ports.check_media(self._port)
        self.log.parent.mkdir(parents=True, exist_ok=True)
        self.log.unlink(missing_ok=True)
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Starts the server and waits until it answers.

        Raises:
            CannotStart: it does not.
        """
        self._launch()
        try:
            if not child.comes_up(self.process, self._answers, START_SECONDS):
                raise CannotStart(f"livekit-server did not start. {self.log} says why.")
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stops the server, if it runs, and waits for its end. Everybody is out then."""
        with self._starts_and_stops:
            self._stopping.set()
            child.stop(self.process, STOP_SECONDS)

    def keep_running(self) -> None:
        """Starts the server again whenever it ends, until it is stopped."""
        pause = 0
        while True:
            began = time.monotonic()
            code = self.process.wait()
            if self.process.stdin:
                self.process.stdin.close()
            if self._stopping.wait(pause):
                return
            _log.error(
                "livekit-server has ended with %d: its calls are lost. %s says why. "
                "Starting it again.",
                code,
                self.log,
            )
            soon = time.monotonic() - began < _SOON_SECONDS
            pause = min(2 * pause + 1, _LONGEST_PAUSE) if soon else 0
            self._launch()

    def _launch(self) -> None:
        with self._starts_and_stops:
            if self._stopping.is_set():
                return
            log = os.open(self.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            # The configuration has the secret, and anybody on this machine can read command lines.
            # In a session of its own, the server does not get the terminal's Ctrl-C: the service
            # still takes its events then.
            self.process = subprocess.Popen(
                [sys.executable, "-I", Path(__file__).with_name("attached.py"), self._program],
                env={**os.environ, "LIVEKIT_CONFIG": json.dumps(self._configuration)},
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            os.close(log)

    def _answers(self) -> bool:
        return child.status_of(self._port, "/") == 200
