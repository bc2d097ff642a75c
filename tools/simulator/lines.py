"""Writes the output of `--json` for programs: one JSON object on each line, flushed at once.

For each room:

    {"kind": "room", "roomId", "title", "seed"}                               after its creation
    {"kind": "progress", "roomId", "delivered", "of", "retries", "failure"}   at intervals
    {"kind": "report", "roomId", "title", ...}                                at the end

`failure` is the reason of the last retry, or null. account.py has the fields of a report.

If a meeting cannot be played to its end:

    {"kind": "failed", "message"}
"""

import asyncio
import json
from dataclasses import asdict
from typing import TextIO

from simulator.account import account
from simulator.app import App, AppFailed, connected
from simulator.arguments import Arguments
from simulator.delivery import Progress, Undelivered
from simulator.play import Performance, Played, planned, play
from simulator.stopping import run as run_stoppable
from simulator.together import together

PAUSE_SECONDS = 0.2
"""Minimum time between two progress lines of a room."""


def run(arguments: Arguments, out: TextIO) -> bool:
    """Returns whether every answer is correct, or a dropped event explains it."""
    lines = _Lines(out)
    try:
        played = run_stoppable(_play(arguments, lines))
    except (AppFailed, Undelivered) as problem:
        lines.write("failed", message=str(problem))
        return False
    for each in played:
        lines.write("report", **account(each, arguments.most_differences))
    return all(each.right for each in played)


async def _play(arguments: Arguments, lines: "_Lines") -> list[Played]:
    async with connected(arguments.address) as app:
        return await together(
            *(_room(app, arguments, performance, lines) for performance in arguments.performances)
        )


async def _room(
    app: App, arguments: Arguments, performance: Performance, lines: "_Lines"
) -> Played:
    meeting = planned(performance, arguments.people, arguments.speed)
    progress = _LinesOfProgress(lines)

    def write_room(room_id: str) -> None:
        progress.room_id = room_id
        lines.write("room", roomId=room_id, title=meeting.title, seed=performance.seed)

    try:
        return await play(app, meeting, performance, write_room, progress.report)
    finally:
        progress.flush()


class _Lines:
    def __init__(self, out: TextIO) -> None:
        self._out = out

    def write(self, kind: str, **content: object) -> None:
        print(json.dumps({"kind": kind, **content}), file=self._out, flush=True)


class _LinesOfProgress:
    """Writes the latest progress, at most once in each pause."""

    def __init__(self, lines: _Lines) -> None:
        self.room_id = ""
        self._lines = lines
        self._latest: Progress | None = None
        self._next = 0.0
        self._due: asyncio.TimerHandle | None = None

    def report(self, progress: Progress) -> None:
        """Writes the progress now, or after the pause."""
        self._latest = progress
        if self._due is None:
            loop = asyncio.get_running_loop()
            if loop.time() < self._next:
                self._due = loop.call_at(self._next, self._write)
            else:
                self._write()

    def flush(self) -> None:
        """Writes progress that waits for the pause."""
        if self._due is not None:
            self._due.cancel()
            self._write()

    def _write(self) -> None:
        assert self._latest
        self._due = None
        self._next = asyncio.get_running_loop().time() + PAUSE_SECONDS
        self._lines.write("progress", roomId=self.room_id, **asdict(self._latest))
