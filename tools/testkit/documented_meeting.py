"""The meeting that the pages of docs play."""

import re
import subprocess
import sys

from devhost.azurite import PROJECT
from testkit.running import RunningApp
from testkit.waiting import HANG_SECONDS


def play_documented_meeting(app: RunningApp) -> str:
    """Plays the meeting at the app, and returns the id of its room."""
    line = [sys.executable, "-m", "simulator", "--endpoint", app.http, "--key", app.manage_key]
    played = subprocess.run(
        [*line, "--people", "4", "--seed", "11"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
        timeout=HANG_SECONDS,
    )
    (room_id,) = set(re.findall(r"994\d{14}", played.stdout))
    return str(room_id)
