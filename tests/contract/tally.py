"""Counts the recorded answers, for the line that ends the test run."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest


@dataclass(slots=True)
class Tally:
    """How many recorded answers match, differ, or were left out and why."""

    match: int = 0
    differ: int = 0
    left_out: Counter[str] = field(default_factory=Counter)

    def counted(self) -> dict[str, Any]:
        """The counts, as plain values."""
        return {"match": self.match, "differ": self.differ, "left_out": dict(self.left_out)}

    def add(self, match: int, differ: int, left_out: Mapping[str, int]) -> None:
        """Adds what another process has counted."""
        self.match += match
        self.differ += differ
        self.left_out.update(left_out)

    def lines(self) -> list[str]:
        """What to print; nothing if nothing was replayed."""
        total = self.match + self.differ + self.left_out.total()
        if not total:
            return []
        count = f"replay: {self.match} of {total} recorded answers match, {self.differ} differ"
        return [
            f"{count}, {self.left_out.total()} left out",
            *(f"  {n} left out: {why}" for why, n in self.left_out.items()),
        ]


TALLY = pytest.StashKey[Tally]()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[TALLY] = Tally()


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A process of several (pytest-xdist) hands its counts to the one that prints."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["tally"] = session.config.stash[TALLY].counted()


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Takes what such a process has counted; one that broke has nothing to hand over."""
    if counted := getattr(node, "workeroutput", {}).get("tally"):
        node.config.stash[TALLY].add(**counted)


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    for line in config.stash[TALLY].lines():
        terminalreporter.write_line(line)
