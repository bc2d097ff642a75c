"""Servers as child processes: whether one answers, and its end. Each stops when the pipe on its
stdin closes, and so with its parent, however that ends."""

import contextlib
import http.client
import subprocess
import time
from collections.abc import Callable


def comes_up(child: subprocess.Popen[bytes], answers: Callable[[], bool], seconds: int) -> bool:
    """Waits until a child answers, so many seconds at most. Returns whether it does."""
    deadline = time.monotonic() + seconds
    while not answers():
        if child.poll() is not None or time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def status_of(port: int, path: str) -> int | None:
    """Returns the status of a GET on a port of this machine, or None if there is no answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    with (
        contextlib.closing(connection),
        contextlib.suppress(OSError, http.client.HTTPException),
    ):
        connection.request("GET", path)
        return connection.getresponse().status
    return None


def stop(child: subprocess.Popen[bytes], seconds: int) -> None:
    """Closes the pipe of a child, and waits for its end. Kills it after so many seconds."""
    assert child.stdin
    child.stdin.close()
    try:
        child.wait(seconds)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
