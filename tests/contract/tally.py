"""Counts the recorded answers, for the line that ends the test run."""

from dataclasses import dataclass
from typing import Any

import pytest


@dataclass(slots=True)
class Tally:
    """How many recorded answers match and differ."""

    match: int = 0
    differ: int = 0

    def add(self, match: int, differ: int) -> None:
        """Adds what another process has counted."""
        self.match += match
        self.differ += differ


TALLY = pytest.StashKey[Tally]()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[TALLY] = Tally()


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A process of several (pytest-xdist) hands its counts to the one that prints."""
    if hasattr(session.config, "workeroutput"):
        tally = session.config.stash[TALLY]
        session.config.workeroutput["tally"] = (tally.match, tally.differ)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Takes what such a process has counted; one that broke has nothing to hand over."""
    if counted := getattr(node, "workeroutput", {}).get("tally"):
        node.config.stash[TALLY].add(*counted)


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    tally = config.stash[TALLY]
    if total := tally.match + tally.differ:
        terminalreporter.write_line(
            f"replay: {tally.match} of {total} recorded answers match, {tally.differ} differ"
        )
