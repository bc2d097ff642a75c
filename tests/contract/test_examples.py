"""The examples, run as the README says: a connection string and the certificate authority in the
environment."""

import os
import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

import pytest

from devhost.azurite import PROJECT
from testkit.raw import Raw
from testkit.running import RunningApp
from tests.contract.node import run_node

type Run = Callable[[Mapping[str, str]], subprocess.CompletedProcess[str]]


def python(environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(PROJECT / "examples" / "rooms.py")]
    return subprocess.run(
        command, env={**os.environ, **environment}, capture_output=True, text=True
    )


def javascript(environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    return run_node(PROJECT / "examples" / "rooms.mjs", environment)


@pytest.fixture(params=[python, javascript], ids=["python", "javascript"])
def run(request: pytest.FixtureRequest) -> Run:
    example: Run = request.param
    return example


# test_sdks_page.py runs the one for Python, too, and knows all that it prints.
@pytest.mark.parametrize(
    "run",
    [
        pytest.param(python, marks=pytest.mark.thorough, id="python"),
        pytest.param(javascript, id="javascript"),
    ],
    indirect=True,
)
def test_the_example_runs_to_its_end(run: Run, app: RunningApp, raw: Raw) -> None:
    before = raw.room_ids()
    done = run({"COMMUNICATION_CONNECTION_STRING": app.connection_string, **app.trust})
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    day = (datetime.now(UTC) + timedelta(days=1)).date().isoformat()
    created = re.fullmatch(
        rf"Created room (994\d{{13,14}}), open from {day}T10:00:00\S+ to {day}T11:00:00\S+, with:",
        lines[0],
    )
    assert created is not None, lines[0]
    assert [line.split()[0] for line in lines[1:4]] == ["Presenter", "Attendee", "Attendee"]
    assert re.fullmatch(rf"Now open until {day}T11:30:00\S+, with:", lines[4])
    assert [line.split()[0] for line in lines[5:8]] == ["Presenter", "Attendee", "Consumer"]
    assert lines[8] == "Rooms, newest first:"
    assert [line.strip().partition(",")[0] for line in lines[9:-1]] == [created[1], *before]
    assert lines[-1] == f"Deleted room {created[1]}."
    assert raw.newest_ids() == before[:30]


def test_the_example_says_what_it_needs(run: Run) -> None:
    done = run({"COMMUNICATION_CONNECTION_STRING": ""})
    message = (
        "Set COMMUNICATION_CONNECTION_STRING to the connection string that `make start` prints.\n"
    )
    assert (done.returncode, done.stdout, done.stderr) == (1, "", message)
