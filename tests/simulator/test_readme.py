"""The answers that README.md shows are those of the meeting that it plays."""

import json
import re
import subprocess
import sys
import urllib.request
from typing import Any

from devhost.azurite import PROJECT
from testkit.running import RunningApp
from testkit.waiting import HANG_SECONDS
from tests.readme import fixed, shown_json


def test_the_answers_shown_are_real(app: RunningApp) -> None:
    line = [
        sys.executable,
        "-m",
        "simulator",
        "--endpoint",
        app.http,
        "--key",
        app.manage_key,
        "--people",
        "4",
        "--seed",
        "11",
    ]
    played = subprocess.run(
        line, cwd=PROJECT, capture_output=True, text=True, check=True, timeout=HANG_SECONDS
    ).stdout
    (room_id,) = set(re.findall(r"994\d{14}", played))

    def answer(path: str) -> Any:
        request = urllib.request.Request(
            f"{app.http}/rooms/{room_id}/{path}", headers={"x-api-key": app.read_key}
        )
        with urllib.request.urlopen(request, timeout=HANG_SECONDS) as reply:
            return json.load(reply)

    def text(value: Any) -> str:
        return fixed(json.dumps(value, separators=(",", ":")))

    _, call, attendance, _ = map(fixed, shown_json("### What the answers look like"))
    latest = answer("calls")["value"][0]
    assert call.startswith(text(latest))
    assert text(answer(f"calls/{latest['id']}")["legs"][2]) in call
    whole = answer("attendance")
    assert attendance.startswith(text({**whole, "value": []}).removesuffix("]}"))
    assert text(whole["value"][1]) in attendance
