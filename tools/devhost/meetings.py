"""Plays meetings for the console: `/devhost/meeting` runs the simulator on this devhost. It is
never deployed.

    POST     plays one; 202. All fields are optional: {"people", "live", "speed", "seed", "shuffle",
             "duplicate", "drop", "delay"}
    GET      the last one: its progress and its result
    DELETE   stops it; 204

All need a manage key as `x-api-key`.
"""

import asyncio
import hmac
import json
import os
import re
import sys
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from devhost.azurite import PROJECT
from devhost.message import Answer, Request
from devhost.settings import KEY_PREFIX

_PATH = re.compile("/devhost/meeting/?", re.IGNORECASE)
_SETTINGS_PREFIX = "ROOMS_"
_LONGEST_LINE = 2**26
"""Bytes. A report of 5,000 people is a tenth of that."""
_STOP_SECONDS = 15
"""For the simulator, to end its calls."""
_STOPPED = 130
"""The simulator's exit code if it was stopped."""


class Wanted(BaseModel):
    """How to play: the simulator's options of the same names."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)

    people: int = 12
    live: bool = True
    speed: int = 60
    seed: int | None = None
    shuffle: bool = False
    duplicate: int = 1
    drop: float = 0.0
    delay: float = 0.0

    def line(self) -> list[str]:
        """Returns the options of the command line."""
        given = self.model_dump(exclude_none=True)
        return [
            f"--{name}" if value is True else f"--{name}={value}"
            for name, value in given.items()
            if value is not False
        ]


class Last(BaseModel):
    """The last meeting, as GET answers it."""

    state: Literal["none", "playing", "played", "failed", "stopped"] = "none"
    wanted: Wanted | None = None
    roomId: str | None = None  # noqa: N815 - as in JSON
    title: str | None = None
    seed: int | None = None
    progress: dict[str, Any] | None = None
    report: dict[str, Any] | None = None
    message: str | None = None


class Meetings:
    """Plays one meeting at a time.

    Args:
        endpoint: of this devhost.
        settings: of the app. Their manage keys are valid here, too.
    """

    def __init__(self, endpoint: str, settings: Mapping[str, str]) -> None:
        self._endpoint = endpoint
        self._keys = [
            value for name, value in settings.items() if name.startswith(KEY_PREFIX) and value
        ]
        self._last = Last()
        self._playing: asyncio.Task[None] | None = None

    async def answer(self, request: Request) -> Answer | None:
        """Answers a request, or returns None if it is for another path."""
        if not _PATH.fullmatch(request.path) or request.method not in ("GET", "POST", "DELETE"):
            return None
        # Pages of other origins do not get here: see browsers.py.
        key = request.headers.get("x-api-key", "")
        if not any(hmac.compare_digest(key.encode(), one.encode()) for one in self._keys):
            return _refusal(
                401,
                "Denied",
                "A manage key is required as x-api-key: make start prints one.",
            )
        match request.method:
            case "POST":
                return await self._begin(await request.body(), key)
            case "DELETE":
                await self.stop()
                return Answer(204)
            case _:
                return self._last_as_json(200)

    async def stop(self) -> None:
        """Stops the meeting, and ends its call. The app keeps what it has received."""
        if self._playing is not None:
            if not self._playing.cancelling():  # else another request stops it already
                self._playing.cancel()
            await asyncio.wait([self._playing])
        if self._last.state == "playing":
            self._last.state = "stopped"

    async def _begin(self, body: bytes, key: str) -> Answer:
        try:
            wanted = Wanted.model_validate_json(body or b"{}")
        except ValidationError as problem:
            first = problem.errors()[0]
            return _refusal(
                400, "BadRequest", f"{first['msg']}.", str(next(iter(first["loc"]), "body"))
            )
        if fault := await asyncio.to_thread(_fault, wanted.line()):
            return _refusal(400, "BadRequest", *fault)
        if self._last.state == "playing":
            return _refusal(
                409, "MeetingPlaying", "A meeting is already playing. Wait for its end, or stop it."
            )
        self._last = Last(state="playing", wanted=wanted)
        self._playing = asyncio.create_task(self._play(wanted.line(), key, self._last))
        return self._last_as_json(202)

    def _last_as_json(self, status: int) -> Answer:
        return Answer.json(status, self._last.model_dump())

    async def _play(self, options: list[str], key: str, last: Last) -> None:
        try:
            await self._follow(options, key, last)
        except (OSError, ValueError) as problem:
            last.state, last.message = "failed", str(problem).replace(key, "...")

    async def _follow(self, options: list[str], key: str, last: Last) -> None:
        # Only this key, and in the environment: anybody on this machine can read command lines.
        environment = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(_SETTINGS_PREFIX)
        }
        child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "simulator", "--json", "--endpoint", self._endpoint, *options),
            cwd=PROJECT,
            env={**environment, f"{KEY_PREFIX}meeting": key},
            stdin=DEVNULL,
            stdout=PIPE,
            stderr=PIPE,
            start_new_session=True,  # Ctrl-C goes to devhost, which stops it
            limit=_LONGEST_LINE,
        )
        assert child.stdout
        assert child.stderr
        try:
            async for line in child.stdout:
                _note(json.loads(line), last)
            complaint = (
                (await child.stderr.read()).decode(errors="replace").replace(key, "...").strip()
            )
            code = await child.wait()
        finally:
            if child.returncode is None:
                ended = await _stop(child)
                if last.roomId:
                    call = "has ended" if ended else "may stay open for hours"
                    last.message = f"Room {last.roomId} stays. Its call {call}."
        last.state = "played" if last.report else "failed"
        if not last.report and not last.message:
            last.message = (
                complaint.rpartition("\n")[2]
                or f"The simulator ended with {code} without a message."
            )


async def _stop(child: asyncio.subprocess.Process) -> bool:
    """Stops a simulator. Returns whether it has ended its calls."""
    child.terminate()
    try:
        return await asyncio.wait_for(child.wait(), _STOP_SECONDS) == _STOPPED
    except TimeoutError:
        child.kill()
        await child.wait()
        return False


def _note(line: dict[str, Any], last: Last) -> None:
    """Stores one line of the simulator's output."""
    match line.pop("kind"):
        case "room":
            last.roomId, last.title, last.seed = line["roomId"], line["title"], line["seed"]
        case "progress":
            last.progress = line
        case "report":
            last.report = line
        case "failed":
            last.message = line["message"]


def _fault(options: list[str]) -> tuple[str, str] | None:
    """Returns the simulator's message about the first invalid option, and the field."""
    from simulator.arguments import fault  # imported here because it loads SDKs

    found = fault(options)
    if found is None:
        return None
    option, problem = found
    return f"{problem[0].upper()}{problem[1:]}.", option.removeprefix("--")


def _refusal(status: int, code: str, message: str, target: str | None = None) -> Answer:
    """Makes an error answer like those of the app."""
    answer = Answer.json(
        status,
        {"error": {"code": code, "message": message} | ({"target": target} if target else {})},
    )
    return Answer(status, {**answer.headers, "x-ms-error-code": code}, answer.body)
