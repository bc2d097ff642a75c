"""Azurite's table service as a child process: stopped cleanly, so that it loses nothing, even if
its parent is killed."""

import contextlib
import fcntl
import http.client
import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from devhost.errors import DATA_OPTION, PORT_OPTION, CannotStart

PROJECT = Path(__file__).resolve().parents[2]

# Azurite's account is the same everywhere and public.
ACCOUNT = "devstoreaccount1"
KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="

START_SECONDS = 30
STOP_SECONDS = 15


class Azurite:
    """Azurite's table service on `port` of localhost, with its data in `folder`/azurite and its log
    beside it.

    A context manager: it answers on enter, and on exit its data is on the disk. One at a time can
    have a folder.

    Args:
        in_memory: its data is lost on exit; it does not write all of it to the disk every few
            seconds.
    """

    def __init__(self, folder: Path, port: int, in_memory: bool = False) -> None:
        self._folder = folder.resolve()
        self._port = port
        self._in_memory = in_memory

    @property
    def connection_string(self) -> str:
        """The connection string of its account."""
        return (
            f"DefaultEndpointsProtocol=http;AccountName={ACCOUNT};AccountKey={KEY};"
            f"TableEndpoint=http://127.0.0.1:{self._port}/{ACCOUNT};"
        )

    def __enter__(self) -> Self:
        if not (PROJECT / "node_modules/azurite").is_dir():
            raise CannotStart("Azurite is not installed: run make install.")
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise CannotStart(
                f"{self._folder} cannot hold the data ({error.strerror}): choose another with {DATA_OPTION}."
            ) from None
        self._log = self._folder / "azurite.log"
        with self._lock() as lock, self._log.open("wb") as log:
            self._check_port()
            # The pipe on stdin is what tells it that we are gone; a session of its own keeps the
            # terminal's Ctrl-C from it, which is for us: the app may still need its storage. It
            # holds the lock for as long as it runs.
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
        options: list[str | Path] = ["--silent", "--disableTelemetry", *place]
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
        """The folder's lock. An Azurite whose parent was killed has it until its data is written,
        so wait a while."""
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
                    f"Another devhost uses the data in {self._folder}: stop it, or choose another with {DATA_OPTION}."
                )
            if not waiting:
                print(
                    f"Something else uses the data in {self._folder}: waiting for its end ...",
                    flush=True,
                )
                waiting = True
            time.sleep(0.05)

    def _check_port(self) -> None:
        try:
            socket.create_server(("127.0.0.1", self._port)).close()
        except OSError:
            raise CannotStart(
                f"Port {self._port}, which Azurite needs, is in use: choose another with {PORT_OPTION}."
            ) from None

    def _wait_until_it_answers(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise CannotStart(f"Azurite did not start; it says why in {self._log}.")
            time.sleep(0.02)

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=5)
        with (
            contextlib.closing(connection),
            contextlib.suppress(OSError, http.client.HTTPException),
        ):
            connection.request("GET", f"/{ACCOUNT}/Tables")
            return connection.getresponse().status > 0
        return False

    def _stop(self) -> None:
        """Close the pipe, which Azurite takes as SIGINT, and wait until its data is written."""
        assert self._process.stdin
        self._process.stdin.close()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def _node() -> str:
    """The Node.js that make installed, or else the machine's."""
    installed = Path(sys.executable).parent / "node"
    node = (
        str(installed) if installed.exists() else shutil.which("node", path=os.environ.get("PATH"))
    )
    if node is None:
        raise CannotStart("There is no Node.js: run make install.")
    return node
