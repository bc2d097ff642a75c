"""How far a long command is, on standard error: a bar on a terminal, else a line now and then."""

import sys
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from rooms_cli.words import plain

LINE_SECONDS = 15.0
"""Between two lines where there is no terminal."""


class Track:
    """Shows how far it is; use it as a context manager."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._console = Console(stderr=True, highlight=False)
        self._on_terminal = sys.stderr.isatty()
        self._clock = clock
        columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), _Rate()
        self._bar = Progress(
            *columns,
            TimeRemainingColumn(),
            console=self._console,
            transient=True,
            redirect_stdout=sys.stdout.isatty(),  # else lines for a file would go to the screen
            disable=not self._on_terminal,
        )
        self._task: TaskID | None = None
        self._what, self._total, self._done = "", 0, 0
        self._said_at = clock()

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._bar.stop()

    def begin(self, what: str, total: int | None = None) -> None:
        """Begins something of so many steps; None: their number is not known."""
        if self._task is not None:
            self._bar.remove_task(self._task)
        self._task = self._bar.add_task(what, total=total)
        self._what, self._total, self._done = what, total or 0, 0
        self._said_at = self._clock()

    def advance(self, steps: int = 1) -> None:
        """Takes note of steps that are done."""
        self._done += steps
        if self._task is not None:
            self._bar.advance(self._task, steps)
        if not self._on_terminal and self._clock() - self._said_at >= LINE_SECONDS:
            self._said_at = self._clock()
            of = f" of {self._total:,}" if self._total else ""
            self.say(f"{self._what}: {self._done:,}{of}")

    def say(self, text: str) -> None:
        """Prints a line, above the bar."""
        self._console.print(Text(plain(text)), soft_wrap=True)


class _Rate(ProgressColumn):
    """Steps a second."""

    def render(self, task: Task) -> Text:
        return Text("" if task.speed is None else f"{task.speed:.1f}/s")
