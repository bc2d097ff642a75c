"""An app that is killed again and again, and started again each time."""

import os
import signal
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from testkit.ports import free_port
from testkit.running import RunningApp, new_key, running_app
from testkit.waiting import HANG_SECONDS


class Restarted:
    """The app on one port and with one key, whatever life it is in."""

    def __init__(self, folder: Path, settings: Mapping[str, str]) -> None:
        self.port = free_port(3)
        self.key = new_key()
        self.killed = 0
        self._folder = folder
        self._settings = {**settings, "ROOMS_MANAGE_KEY__test": self.key}
        self._app: RunningApp | None = None
        self._answers = threading.Event()
        self._ends = threading.Event()
        self._over = False
        self._failure: BaseException | None = None

    @property
    def endpoint(self) -> str:
        return f"http://localhost:{self.port}"

    @contextmanager
    def running(self) -> Iterator[None]:
        """It answers at the beginning. In the end it is stopped as Ctrl-C stops it, which has to
        end it cleanly."""
        thread = threading.Thread(target=self._run)
        thread.start()
        try:
            self.wait_until_it_answers()
            yield
        finally:
            self._over = True
            self._ends.set()
            thread.join()
        if self._failure:
            raise self._failure

    def wait_until_it_answers(self) -> None:
        """Raises AssertionError if it does not in time."""
        assert self._answers.wait(HANG_SECONDS), f"the app does not start: {self._failure}"

    def kill(self) -> None:
        """SIGKILL; a thread starts it again."""
        assert self._app
        self._answers.clear()
        self.killed += 1
        os.kill(self._app.process.pid, signal.SIGKILL)
        self._ends.set()

    def _run(self) -> None:
        try:
            while not self._over:
                with running_app(
                    self._folder / str(self.killed), self._settings, self.port
                ) as self._app:
                    self._ends.clear()
                    self._answers.set()
                    self._ends.wait()
                    if not self._over:
                        self._app.process.wait()
        except BaseException as error:  # of the thread, for who waits
            self._failure = error
