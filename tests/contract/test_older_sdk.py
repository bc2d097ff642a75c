"""azure-communication-rooms 1.0.0: the first release, which speaks api-version 2023-06-14."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from devhost.azurite import PROJECT
from testkit.identifiers import raw_id
from testkit.running import RunningApp

RELEASE = "1.0.0"


@pytest.fixture(scope="session")
def older_sdk(pytestconfig: pytest.Config) -> Path:
    """A folder with that release and what it needs: pytest's cache, so that it is fetched once."""
    folder: Path = pytestconfig.cache.mkdir(f"azure-communication-rooms-{RELEASE}")
    if not (folder / "complete").exists():
        pip = [
            sys.executable,
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--upgrade",
        ]
        subprocess.run(
            [*pip, "--target", str(folder), f"azure-communication-rooms=={RELEASE}"], check=True
        )
        (folder / "complete").touch()
    return folder


@pytest.mark.parametrize("source", ["endpoint", "connection_string"])
def test_a_session_with_the_first_release(
    app: RunningApp, older_sdk: Path, many_rooms: list[str], source: str
) -> None:
    # The endpoint, too, is that of HTTPS: over plain HTTP this release signs the path without its
    # first character.
    endpoint = {"ENDPOINT": app.https, "KEY": app.manage_key}
    client = endpoint if source == "endpoint" else {"CONNECTION_STRING": app.connection_string}
    path = os.pathsep.join([str(older_sdk), str(PROJECT)])
    environment = {**os.environ, **app.trust, "PYTHONPATH": path, **client}
    command = [sys.executable, "-m", "tests.contract.session_of_1_0_0"]
    done = subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)
    assert seen["release"] == RELEASE
    assert seen["room"] == seen["expected"], "a room of 2023-06-14 has no pstnDialOutEnabled"
    assert seen["read"] == seen["room"]
    assert seen["extended"]
    assert seen["roster"] == [[raw_id(2), "Attendee"]]
    assert seen["listed"] > len(many_rooms)
    assert seen["first"]
    assert seen["refused"] == [404, "NotFound"]
