"""The command line as a user runs it, the installed script in another folder; and, as that takes
its time, in this process."""

import contextlib
import io
import json
import os
import queue
import signal
import subprocess
import sys
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any
from unittest.mock import patch

from rooms_cli.__main__ import main
from testkit.waiting import HANG_SECONDS

ROOMS = Path(sys.executable).parent / "rooms"

VARIABLE = "COMMUNICATION_CONNECTION_STRING"


@dataclass(frozen=True, slots=True)
class Ended:
    """A command that has ended."""

    code: int
    out: str
    err: str


@dataclass(frozen=True, slots=True)
class Line:
    """A shell in which `rooms` finds the service."""

    folder: Path
    environment: dict[str, str]

    def having(self, **environment: str | None) -> "Line":
        """Another shell, with some variables set, or unset."""
        changed = {**self.environment, **environment}
        return replace(
            self, environment={name: value for name, value in changed.items() if value is not None}
        )

    def process(self, *arguments: str, seconds: float | None = HANG_SECONDS) -> Ended:
        """What a user types. It has to end within `seconds`."""
        ended = subprocess.run(
            [ROOMS, *arguments],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=seconds,
        )
        assert "Traceback" not in ended.stderr
        return Ended(ended.returncode, ended.stdout, ended.stderr)

    def run(self, *arguments: str) -> Ended:
        """The same in this process, with warnings as there."""
        out, err = (
            io.TextIOWrapper(io.BytesIO(), self.environment.get("PYTHONIOENCODING", "utf-8"))
            for _ in range(2)
        )
        with (
            patch.dict(os.environ, self.environment, clear=True),
            patch.object(sys, "argv", [str(ROOMS), *arguments]),
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
            warnings.catch_warnings(action="ignore", category=DeprecationWarning),
        ):
            code = _code(err)
        return Ended(code, _written(out), _written(err))

    def out(self, *arguments: str) -> list[str]:
        """The lines that are printed by a command that has to succeed, which have no blanks at
        their ends."""
        ended = self.run(*arguments)
        assert (ended.code, ended.err) == (0, ""), ended
        lines = ended.out.splitlines()
        assert lines == [line.rstrip() for line in lines]
        return lines

    def json(self, *arguments: str) -> Any:
        """The one JSON document that is printed."""
        (document,) = self.json_lines(*arguments)
        return document

    def json_lines(self, *arguments: str) -> list[Any]:
        """What is printed, one JSON document on a line."""
        return [json.loads(line) for line in self.out(*arguments, "--json")]

    def failure(self, *arguments: str) -> str:
        """The message of a command that has to fail, on a line or two."""
        ended = self.run(*arguments)
        assert (ended.code, ended.out) == (1, ""), ended
        assert ended.err.startswith("rooms: ")
        assert ended.err.count("\n") <= 2
        return ended.err.removeprefix("rooms: ").rstrip()

    @contextmanager
    def running(self, *arguments: str) -> Iterator["Running"]:
        """A command that goes on until it is interrupted."""
        with subprocess.Popen(
            [ROOMS, *arguments],
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            try:
                yield Running(process)
            finally:
                process.kill()


class Running:
    """A command that is running. Its lines are waited for, but not for ever."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout
        assert process.stderr
        self._process = process
        self._out, self._err = _lines(process.stdout), _lines(process.stderr)

    def line(self) -> str:
        """The next line of the standard output."""
        return self._out.get(timeout=HANG_SECONDS).rstrip()

    def error(self) -> str:
        """The next line of the standard error."""
        return self._err.get(timeout=HANG_SECONDS).rstrip()

    def kill(self) -> None:
        """Ends it as nothing else does, wherever it is."""
        self._process.kill()
        self._process.wait(HANG_SECONDS)

    def interrupt(self) -> Ended:
        """Ctrl-C; what was printed since the last line that was asked for."""
        self._process.send_signal(signal.SIGINT)
        code = self._process.wait(HANG_SECONDS)
        return Ended(code, _rest(self._out), _rest(self._err))


def _code(err: IO[str]) -> int:
    """Runs what the script runs; what Python makes of how it ends."""
    try:
        main()
    except SystemExit as end:
        if isinstance(end.code, str):
            err.write(f"{end.code}\n")
            return 1
        return end.code or 0
    return 0


def _written(stream: io.TextIOWrapper) -> str:
    stream.flush()
    buffer = stream.buffer
    assert isinstance(buffer, io.BytesIO)
    return buffer.getvalue().decode()


def _lines(stream: IO[str]) -> "queue.Queue[str]":
    """The lines of a stream, and an empty one at its end."""
    lines: queue.Queue[str] = queue.Queue()

    def read() -> None:
        for line in stream:
            lines.put(line)
        lines.put("")

    threading.Thread(target=read, daemon=True).start()
    return lines


def _rest(lines: "queue.Queue[str]") -> str:
    return "".join(iter(lambda: lines.get(timeout=HANG_SECONDS), ""))


def environment() -> dict[str, str]:
    """This one, without what would lead the command elsewhere."""
    return {
        name: value
        for name, value in os.environ.items()
        if name not in (VARIABLE, "REQUESTS_CA_BUNDLE", "FORCE_COLOR", "COLUMNS")
    }
