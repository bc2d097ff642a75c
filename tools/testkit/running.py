"""Runs the app as `make start` does, on free ports, with keys and data of its own."""

import atexit
import base64
import contextlib
import re
import secrets
import signal
import subprocess
import tempfile
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from devhost.azurite import PROJECT, Azurite
from devhost.settings import DEVELOPMENT_STORAGE
from testkit.devhost import Devhost, start_devhost
from testkit.ports import free_port
from testkit.stored_table import StoredTable

UNHANDLED = re.compile(r"^Traceback.*?^\w[\w.]*(?:Error|Exception).*?$", re.DOTALL | re.MULTILINE)
"""An exception in the app's log that nothing there has caught."""

_STORAGE = re.compile(r"ROOMS_STORAGE(?:__[1-9])?")
"""The settings with the connection strings of storage accounts."""


@dataclass(frozen=True, slots=True)
class RunningApp:
    """A running app: its addresses and its keys."""

    devhost: Devhost
    manage_key: str
    read_key: str
    table: str
    """The table of a storage that is shared; `rooms` in one of its own."""

    @property
    def port(self) -> int:
        """Returns the port of the plain endpoint; the TLS endpoint has the next."""
        return self.devhost.port

    @property
    def process(self) -> subprocess.Popen[bytes]:
        """Returns the process of the app. It leads a session with all processes it started."""
        return self.devhost.process

    @property
    def http(self) -> str:
        """Returns the plain endpoint, which the SDKs take with a key credential."""
        return f"http://localhost:{self.port}"

    @property
    def https(self) -> str:
        """Returns the TLS endpoint, which the SDKs use for every connection string."""
        return f"https://localhost:{self.port + 1}"

    @property
    def connection_string(self) -> str:
        """Returns the connection string of the manage key."""
        return f"endpoint={self.https}/;accesskey={self.manage_key}"

    @property
    def ca(self) -> Path:
        """Returns the certificate authority of `https`, for clients that add it to theirs."""
        return PROJECT / ".devhost" / "ca.pem"

    @property
    def ca_bundle(self) -> Path:
        """Returns it with the public authorities, for clients that trust no others."""
        return PROJECT / ".devhost" / "ca-bundle.pem"

    @property
    def trust(self) -> dict[str, str]:
        """Returns the variables that make the SDKs trust `https`, as `make start` prints them."""
        bundle = str(self.ca_bundle)
        return {
            "REQUESTS_CA_BUNDLE": bundle,
            "SSL_CERT_FILE": bundle,
            "NODE_EXTRA_CA_CERTS": bundle,
        }

    def log(self) -> str:
        """Returns what the app has printed so far."""
        return self.devhost.printed()


def new_key() -> str:
    """Returns a key as a user would make it: base64 of 64 random bytes."""
    return base64.b64encode(secrets.token_bytes(64)).decode()


@contextlib.contextmanager
def running_app(
    folder: Path,
    settings: Mapping[str, str] | None = None,
    port: int | None = None,
    function_app: Path = PROJECT,
    own_storage: bool = False,
    accounts: int = 1,
) -> Iterator[RunningApp]:
    """Runs the app of this checkout. Stops it as Ctrl-C stops it, which has to end it cleanly.

    Args:
        folder: for its tables and its log.
        settings: application settings beside the two keys and ROOMS_RETENTION_DAYS, or instead of
            them.
        port: where it answers, if that may not be any free one.
        function_app: the folder of another one, that has this one in it.
        own_storage: whether it starts an Azurite. Else apps without ROOMS_STORAGE in the settings
            share one, with a table for each.
        accounts: over how many storage accounts its rooms are spread then.
    """
    settings = dict(settings or {})
    if not own_storage and "ROOMS_STORAGE" not in settings:
        settings |= storage_settings(shared_storages(accounts))
        settings |= {"ROOMS_TABLE": f"t{uuid.uuid4().hex}"}
    _prepare_table(settings)
    manage_key, read_key = new_key(), new_key()
    ours = {
        "ROOMS_MANAGE_KEY__test": manage_key,
        "ROOMS_READ_KEY__reader": read_key,
        # Upkeep may run at any time, and events of tests may be old.
        "ROOMS_RETENTION_DAYS": "36500",
    }
    devhost = start_devhost(function_app, folder, {**ours, **settings}, port)
    try:
        devhost.wait_until_ready()
        yield RunningApp(devhost, manage_key, read_key, settings.get("ROOMS_TABLE", "rooms"))
        _stop(devhost)
    finally:
        devhost.kill()


def shared_storage() -> str:
    """Returns the connection string of an Azurite that runs as long as this process."""
    return _azurite(0)


def shared_storages(accounts: int) -> list[str]:
    """Returns the connection strings of so many storage accounts: that one, and further ones."""
    return [_azurite(number) for number in range(accounts)]


@cache
def _azurite(_number: int) -> str:
    running = contextlib.ExitStack()
    folder = running.enter_context(tempfile.TemporaryDirectory(prefix="azurite"))
    azurite = running.enter_context(Azurite(Path(folder), free_port(), in_memory=True))
    atexit.register(running.close)
    return azurite.connection_string


def storage_settings(storages: Sequence[str]) -> dict[str, str]:
    """Returns the settings that name storage accounts, in the order of their numbers."""
    return {
        f"ROOMS_STORAGE__{number}" if number else "ROOMS_STORAGE": storage
        for number, storage in enumerate(storages)
    }


def _prepare_table(settings: Mapping[str, str]) -> None:
    """Makes the table that the settings name, if they name storage accounts, too. Rooms are spread
    over these."""
    table = settings.get("ROOMS_TABLE")
    storages = [value for name, value in sorted(settings.items()) if _STORAGE.fullmatch(name)]
    if table and storages and storages[0] not in ("", DEVELOPMENT_STORAGE):
        StoredTable(storages, table).prepare()


def _stop(devhost: Devhost) -> None:
    if devhost.process.poll() == -signal.SIGKILL:  # by the test
        return
    code = devhost.interrupt()
    assert code == 0, f"Ctrl-C ended the app with {code}:\n{devhost.printed()}"
