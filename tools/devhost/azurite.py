"""Azurite's table service as a child process. It stops cleanly and loses no data, even if its
parent is killed."""

import contextlib
import fcntl
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from devhost import child, ports
from devhost.errors import CannotStart

PROJECT = Path(__file__).resolve().parents[2]
MODULE = Path(__file__).parent / "node_modules" / "azurite"
"""The package of npm."""

# Azurite's account is public, and the same everywhere.
ACCOUNT = "devstoreaccount1"
KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="

START_SECONDS = 120
STOP_SECONDS = 15


class Azurite:
    """Runs Azurite's table service on `port` of localhost, with its data in `folder`/azurite and
    its log beside it.

    A context manager: Azurite answers after enter, and its data is on the disk after exit. Only one
    can use a folder at a time.

    Args:
        in_memory: Azurite writes no data to the disk and loses it on exit.
    """

    def __init__(self, folder: Path, port: int, in_memory: bool = False) -> None:
        self._folder = folder.resolve()
        self._port = port
        self._in_memory = in_memory

    @property
    def connection_string(self) -> str:
        """Returns the connection string of its account."""
        return (
            f"DefaultEndpointsProtocol=http;AccountName={ACCOUNT};AccountKey={KEY};"
            f"TableEndpoint=http://127.0.0.1:{self._port}/{ACCOUNT};"
        )

    def __enter__(self) -> Self:
        if not MODULE.is_dir():
            raise CannotStart("Azurite is not installed. Run: make install")
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise CannotStart(
                f"No data can be written to {self._folder} ({error.strerror}). "
                "Try another folder: make start DATA=..."
            ) from None
        self._log = self._folder / "azurite.log"
        with self._lock() as lock, self._log.open("wb") as log:
            for listening in ports.listen(self._port):
                listening.close()
            # When this process ends, however it ends, the pipe on stdin closes and Azurite stops.
            # In a session of its own, it does not get the terminal's Ctrl-C: the app still needs
            # its storage then. Azurite holds the lock as long as it runs.
            self._process = subprocess.Popen(
                self._command(),
                cwd=PROJECT,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                pass_fds=[lock.fileno()],
            )
        try:
            self._wait_until_it_answers()
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop()

    def _command(self) -> list[str | Path]:
        place = (
            ["--inMemoryPersistence"]
            if self._in_memory
            else ["--location", self._folder / "azurite"]
        )
        # Clients keep a connection for 15 s. If Azurite closed it before, by default after 5 s, it
        # could do so just when a request is sent.
        kept = ["--tableKeepAliveTimeout", "60"]
        options: list[str | Path] = ["--silent", "--disableTelemetry", *kept, *place]
        return [
            _node(),
            PROJECT / "tools/devhost/azurite.js",
            "--tableHost",
            "127.0.0.1",
            "--tablePort",
            str(self._port),
            *options,
        ]

    def _lock(self) -> IO[str]:
        """Takes the folder's lock. After a devhost was killed, its Azurite holds the lock until the
        data is written, so this waits for a while."""
        lock = (self._folder / "azurite.lock").open("w")
        deadline = time.monotonic() + STOP_SECONDS
        waiting = False
        while True:
            with contextlib.suppress(BlockingIOError):
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return lock
            if time.monotonic() > deadline:
                lock.close()
                raise CannotStart(
                    f"Another devhost uses the data in {self._folder}. "
                    "Stop it, or try another folder: make start DATA=..."
                )
            if not waiting:
                print(
                    f"Another devhost uses the data in {self._folder}. Waiting until it ends ...",
                    flush=True,
                )
                waiting = True
            time.sleep(0.05)

    def _wait_until_it_answers(self) -> None:
        if not child.comes_up(self._process, self._answers, START_SECONDS):
            raise CannotStart(f"Azurite did not start. {self._log} says why.")

    def _answers(self) -> bool:
        return child.status_of(self._port, f"/{ACCOUNT}/Tables") is not None

    def _stop(self) -> None:
        """Stops Azurite, and waits until its data is written."""
        child.stop(self._process, STOP_SECONDS)


def _node() -> str:
    """Returns the Node.js that make installed, or else the machine's."""
    installed = Path(sys.executable).parent / "node"
    node = (
        str(installed) if installed.exists() else shutil.which("node", path=os.environ.get("PATH"))
    )
    if node is None:
        raise CannotStart("Node.js is missing. Run: make install")
    return node
