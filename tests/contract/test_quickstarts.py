"""The rooms quickstart for Python, as a user runs it: in a process of its own, with one connection
string for the Identity and the Rooms SDK."""

import json
import os
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from testkit.raw import Raw
from testkit.running import RunningApp

QUICKSTART = Path(__file__).parent / "quickstarts" / "rooms.py"


def duration(room: dict[str, Any]) -> timedelta:
    begin, end = map(datetime.fromisoformat, room["times"])
    return end - begin


def test_the_python_quickstart_runs_to_its_end(app: RunningApp, raw: Raw) -> None:
    before = raw.newest_ids()
    done = subprocess.run(
        [sys.executable, str(QUICKSTART)],
        env={**os.environ, "COMMUNICATION_CONNECTION_STRING": app.connection_string, **app.trust},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    printed = json.loads(done.stdout)
    users = printed["users"]
    assert len(set(users)) == 5
    created, updated, read = printed["rooms"]
    assert (duration(created), created["pstnDialOut"]) == (timedelta(weeks=7), False)
    assert (duration(updated), updated["pstnDialOut"]) == (timedelta(weeks=1), True)
    assert updated["id"] == created["id"]
    assert read == updated
    assert printed["listed"] == [created["id"], *before][:2]
    roles = ["Presenter", "Consumer", "Attendee", "Attendee", "Attendee"]
    invited = [list(pair) for pair in zip(users, roles, strict=True)]
    assert printed["rosters"] == [invited, invited[:3]]
    assert raw.newest_ids() == before
