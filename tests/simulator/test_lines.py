"""Runs `python -m simulator --json` as a program does."""

import asyncio
import json
import subprocess
import sys
import time
from typing import Any

import pytest

from devhost.azurite import PROJECT
from simulator.lines import PAUSE_SECONDS
from testkit.ports import free_port
from testkit.running import RunningApp
from testkit.waiting import HANG_SECONDS
from tests.effort import THOROUGH
from tests.simulator.webhook import Webhook, listening

COPIES = 5 if THOROUGH else 2
"""Of each event, of which there are more than 60."""


def lines_of(app: RunningApp, *options: str, ends_with: int = 0) -> list[dict[str, Any]]:
    """Runs the simulator and returns its lines."""
    line = [
        sys.executable,
        "-m",
        "simulator",
        "--json",
        "--endpoint",
        app.http,
        "--key",
        app.manage_key,
        *options,
    ]
    ended = subprocess.run(line, cwd=PROJECT, capture_output=True, text=True, timeout=HANG_SECONDS)
    assert (ended.returncode, ended.stderr) == (ends_with, "")
    return [json.loads(text) for text in ended.stdout.splitlines()]


def test_room_progress_and_report_are_written(app: RunningApp) -> None:
    room, *progress, report = lines_of(app, "--people", "4", "--seed", "11")
    room_id = room["roomId"]
    assert room == {"kind": "room", "roomId": room_id, "title": "Lesson 797", "seed": 11}
    counts = {"delivered": 18, "of": 18, "retries": 0, "failure": None}
    assert progress[-1] == {"kind": "progress", "roomId": room_id, **counts}
    assert (
        report.items()
        >= {
            "kind": "report",
            "roomId": room_id,
            "title": "Lesson 797",
            "seed": 11,
            "different": 0,
        }.items()
    )
    assert [person["truth"]["status"] for person in report["people"]] == [
        "absent",
        "attended",
        "attended",
        "attended",
    ]


def test_a_report_explains_what_was_dropped(app: RunningApp) -> None:
    report = lines_of(app, "--people", "12", "--seed", "3", "--shuffle", "--drop", "0.2")[-1]
    assert report["dropped"] > 0
    assert report["different"] == sum(reason["count"] for reason in report["reasons"]) > 0
    assert any(
        reason["reason"] == "marked estimated" and reason["examples"]
        for reason in report["reasons"]
    )
    assert not all(person["same"] for person in report["people"])


def test_lines_of_several_rooms_name_them(app: RunningApp) -> None:
    lines = lines_of(app, "--people", "2", "--seed", "1", "--rooms", "2")
    rooms = [line["roomId"] for line in lines if line["kind"] == "room"]
    assert len(set(rooms)) == 2
    assert {line["roomId"] for line in lines if line["kind"] == "progress"} == set(rooms)
    assert sorted(line["roomId"] for line in lines if line["kind"] == "report") == sorted(rooms)


def test_progress_is_written_at_intervals(app: RunningApp) -> None:
    began = time.monotonic()
    options = ["--batch", "1", "--duplicate", str(COPIES), "--delay", "1"]
    lines = lines_of(app, "--people", "12", "--seed", "1", *options)
    progress = [line for line in lines if line["kind"] == "progress"]
    assert 1 < len(progress) <= 2 + (time.monotonic() - began) / PAUSE_SECONDS
    assert progress[-1]["delivered"] == progress[-1]["of"] > 60 * COPIES


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (
            lambda app: ["--key", app.read_key],
            "it does not accept the key. Use a manage key",
        ),
        (
            lambda app: ["--endpoint", f"http://localhost:{free_port()}"],
            "Is `make start` running there?",
        ),
    ],
    ids=["key", "endpoint"],
)
def test_a_failure_says_what_to_do(app: RunningApp, options: Any, said: str) -> None:
    (failed,) = lines_of(app, "--people", "2", *options(app), ends_with=1)
    assert failed["kind"] == "failed"
    assert said in failed["message"]


async def test_a_webhook_that_accepts_nothing_is_reported_after_the_room(app: RunningApp) -> None:
    async with listening(Webhook(lambda number: 403)) as webhook:
        lines = await asyncio.to_thread(
            lines_of, app, "--people", "2", "--webhook", webhook.url, ends_with=1
        )
    assert [line["kind"] for line in lines] == ["room", "failed"]
    assert "Is it the app's webhook?" in lines[-1]["message"]


def test_it_ends_when_the_reader_is_gone(app: RunningApp) -> None:
    line = [
        sys.executable,
        "-m",
        "simulator",
        "--json",
        "--endpoint",
        app.http,
        "--key",
        app.manage_key,
        "--people",
        "30",
    ]
    with subprocess.Popen(
        line, cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as simulator:
        assert simulator.stdout
        assert simulator.stderr
        assert b"room" in simulator.stdout.readline()
        simulator.stdout.close()
        assert (simulator.wait(HANG_SECONDS), simulator.stderr.read()) == (1, b"")
