"""Ends what a killed test run would leave behind.

A small process waits on a pipe. The kernel closes the pipe when the test run ends, however that
ends: after SIGKILL, too. Then the process kills all that the test run started, and what those
started in turn. It knows them by a mark in their environment, which children inherit.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from uuid import uuid4

import psutil

VARIABLE = "TESTKIT_LEASH"


@cache
def hold() -> None:
    """Starts the small process, once, and marks all that this process starts from now on."""
    mark = uuid4().hex
    reading, _writing = os.pipe()  # children do not inherit the end that stays open here
    os.posix_spawn(
        sys.executable,
        [sys.executable, "-I", __file__, mark],
        os.environ,
        file_actions=[(os.POSIX_SPAWN_DUP2, reading, 0)],
    )
    os.close(reading)
    # A test run that another one started has the marks of both.
    os.environ[VARIABLE] = f"{os.environ.get(VARIABLE, '')}:{mark}"


def _main(mark: str) -> None:
    os.setsid()  # the terminal's Ctrl-C is for the test run
    sys.stdin.read()
    while left := list(marked(VARIABLE, mark)):
        for process in left:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(left, timeout=1)


def marked(variable: str, mark: str) -> Iterator[psutil.Process]:
    """Finds the processes that have the mark in that variable."""
    for process in psutil.process_iter():
        with suppress(psutil.Error):  # it has ended, or is somebody else's
            if mark in process.environ().get(variable, ""):
                yield process


if __name__ == "__main__":
    _main(sys.argv[1])
