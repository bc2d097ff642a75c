import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.contract.insight import Insight
from tests.contract.raw import Raw
from tests.contract.tally import TALLY, Tally
from tests.running import RunningApp, running_app

UNHANDLED = re.compile(r"^Traceback.*?^\w[\w.]*(?:Error|Exception).*?$", re.DOTALL | re.MULTILINE)
"""An exception in the app's log that nothing there has caught."""

LISTED_ROOMS = 100
"""More than three pages of the list."""


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningApp]:
    """One app for all contract tests: rooms of other tests are in its list. Nothing they send may go unhandled."""
    with running_app(tmp_path_factory.mktemp("app")) as app:
        yield app
    assert UNHANDLED.findall(app.log()) == []


@pytest.fixture(scope="session")
def raw(app: RunningApp) -> Raw:
    """Signed requests with the key that may do everything."""
    return Raw(app.http, app.manage_key)


@pytest.fixture(scope="session")
def insight(app: RunningApp) -> Insight:
    """Requests with the key that may do everything, as it is."""
    return Insight(app, app.manage_key)


@pytest.fixture(scope="session")
def many_rooms(raw: Raw) -> list[str]:
    """Ids of enough rooms for more than three pages of the list."""
    with ThreadPoolExecutor(8) as pool:
        return [room["id"] for room in pool.map(lambda _: raw.new_room(), range(LISTED_ROOMS))]


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


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    for line in config.stash[TALLY].lines():
        terminalreporter.write_line(line)
