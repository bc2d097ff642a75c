"""The Python example prints what docs/sdks.md shows."""

import os
import re
import subprocess
import sys

from devhost.azurite import PROJECT
from testkit.running import RunningApp
from tests.docs.shown import DOCS

MOVING = re.compile(r"994\d{13,14}|8:acs:\S+|\d{4}-\d\d-\d\dT")
"""Rooms, people and days: each run has others."""


def test_the_python_example_prints_what_is_shown(app: RunningApp) -> None:
    _, _, after = (DOCS / "sdks.md").read_text().partition("The Python example prints:\n\n")
    block, _, _ = after.partition("\n\n")
    shown = MOVING.sub("<moving>", "\n".join(line[4:] for line in block.splitlines()))
    environment = {"COMMUNICATION_CONNECTION_STRING": app.connection_string, **app.trust}
    printed = subprocess.run(
        [sys.executable, str(PROJECT / "examples" / "rooms.py")],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    beginning, _, end = shown.partition("\n  ...\n")
    assert MOVING.sub("<moving>", printed.stdout).startswith(beginning + "\n")
    assert MOVING.sub("<moving>", printed.stdout).endswith(end + "\n")
    assert "Datetime with no tzinfo will be considered UTC." in printed.stderr
