"""Runs `make start` until the pipe on stdin closes, then stops it as Ctrl-C does.

The kernel closes the pipe when pytest ends, however it ends. So a killed pytest leaves nothing
behind.
"""

import fcntl
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

STOP_SECONDS = 30


def main(arguments: list[str]) -> int:
    """Installs the service if needed, and starts it."""
    folder = Path(".devhost")
    folder.mkdir(exist_ok=True)
    with (folder / "install.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # workers of pytest-xdist may start at once
        code = _run(["make", "--no-print-directory", "run"])
    return code or _run(["make", "--no-print-directory", "start", *arguments])


def _run(command: list[str]) -> int:
    """Returns the exit code of the command."""
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True)
    _running.append(process)
    if _closed.is_set():
        _stop(process)
    return process.wait()


def _watch() -> None:
    sys.stdin.read()
    _closed.set()
    if _running:
        _stop(_running[-1])
    os._exit(0)


def _stop(process: subprocess.Popen[bytes]) -> None:
    for number in (signal.SIGINT, signal.SIGKILL):
        try:
            os.killpg(process.pid, number)
            process.wait(STOP_SECONDS)
        except ProcessLookupError:
            return
        except subprocess.TimeoutExpired:
            continue
        return


_closed = threading.Event()
_running: list[subprocess.Popen[bytes]] = []

if __name__ == "__main__":
    threading.Thread(target=_watch, daemon=True).start()
    os._exit(main(sys.argv[1:]))
