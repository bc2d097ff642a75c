"""Runs the session with a release."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from devhost.azurite import PROJECT
from testkit.running import RunningApp
from testkit.waiting import HANG_SECONDS
from tests.contract.node import run_node
from tests.contract.releases.installed import installed
from tests.contract.releases.table import Release
from tests.contract.releases.users import USERS


@dataclass(frozen=True, slots=True)
class Client:
    """A way to make a client of a release."""

    release: Release
    source: str
    """`connection_string` or `endpoint`. In Python the second is the async client."""


@dataclass(frozen=True, slots=True)
class Session:
    """A session with a release, and what it saw."""

    release: Release
    seen: dict[str, Any]


def run_session(client: Client, app: RunningApp, cache: Path) -> Session:
    """Returns what the session saw. Installs the release, unless it is in the cache."""
    folder = installed(client.release, cache)
    if client.source == "connection_string":
        environment = {"CONNECTION_STRING": app.connection_string, "CLIENT": "sync"}
    else:
        # That of HTTPS, too: over plain HTTP, Python releases up to 1.0.0 sign the path without
        # its first character.
        environment = {"ENDPOINT": app.https, "KEY": app.manage_key, "CLIENT": "async"}
    run = {"Python": _run_python, "JavaScript": _run_javascript}[client.release.language]
    done = run(client.release, folder, {**app.trust, **environment})
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)
    assert seen["release"] == client.release.number
    return Session(client.release, seen)


def _run_python(
    release: Release, folder: Path, environment: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    # -S leaves out the packages of this Python's own environment.
    path = {"PYTHONPATH": os.pathsep.join(map(str, [folder, PROJECT, PROJECT / "tools"]))}
    return subprocess.run(
        [sys.executable, "-S", "-m", f"tests.contract.releases.session_of_{release.generation}"],
        cwd=PROJECT,
        env={**os.environ, **environment, **path},
        capture_output=True,
        text=True,
        timeout=HANG_SECONDS,
    )


def _run_javascript(
    release: Release, folder: Path, environment: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    script = Path(__file__).with_name(f"session_of_{release.generation}.mjs")
    return run_node(script, {**environment, "SDK": str(folder), "USERS": ",".join(USERS)})
