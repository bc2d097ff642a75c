"""The answers that docs/calls-and-attendance.md shows are those of the meeting that it plays."""

import json
import urllib.request
from datetime import timedelta
from typing import Any
from urllib.parse import quote

from testkit.documented_meeting import play_documented_meeting
from testkit.running import RunningApp
from testkit.waiting import HANG_SECONDS
from tests.docs.shown import fixed, is_as_shown, shown_json, time_of


def test_the_answers_shown_are_real(app: RunningApp) -> None:
    room_id = play_documented_meeting(app)

    def answer(path: str) -> Any:
        request = urllib.request.Request(
            f"{app.http}/rooms/{room_id}/{path}", headers={"x-api-key": app.read_key}
        )
        with urllib.request.urlopen(request, timeout=HANG_SECONDS) as reply:
            return json.load(reply)

    def text(value: Any) -> str:
        return json.dumps(value, separators=(",", ":"), ensure_ascii=False)

    presence, call, attendance, record = shown_json("calls-and-attendance.md")
    latest = answer("calls")["value"][0]
    moment = time_of(latest["startedAt"]) + timedelta(seconds=140)
    there = answer(f"presence?at={quote(moment.isoformat())}")
    there["call"]["participants"].sort(key=lambda person: person["name"])
    assert is_as_shown(text(there), presence)
    assert fixed(call).startswith(fixed(text(latest)))
    assert fixed(text(answer(f"calls/{latest['id']}")["legs"][2])) in fixed(call)
    whole = answer("attendance")
    assert fixed(attendance).startswith(fixed(text({**whole, "value": []})).removesuffix("]}"))
    assert fixed(text(whole["value"][1])) in fixed(attendance)
    assert any(is_as_shown(text(each), record) for each in answer("log")["value"])
