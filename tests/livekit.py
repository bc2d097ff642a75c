"""The machine's livekit-server, and an app whose calls it carries.

As a plugin, it lets the tests that need one come last, as the server may be built meanwhile, and
warns loudly if there is none.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from devhost.livekit_program import log_of_build
from testkit.livekit_server import (
    MISSING,
    AppWithCalls,
    program_or_reason,
    running_app_with_calls,
)


@pytest.fixture(scope="session")
def livekit_program() -> Path:
    """The program. Without one, the test is skipped."""
    found = program_or_reason()
    if isinstance(found, str):
        pytest.skip(found)
    return found


@pytest.fixture(scope="session")
def app_with_calls(
    livekit_program: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[AppWithCalls]:
    """One app and its livekit-server, for all tests that leave both running."""
    folder = tmp_path_factory.mktemp("calls")
    with running_app_with_calls(livekit_program, folder) as running:
        yield running


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Puts the modules last that need the program. Modules stay whole."""
    late = {item.path for item in items if "livekit_program" in _fixtures(item)}
    items.sort(key=lambda item: item.path in late)


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    reasons = {
        str(report.longrepr[2]).removeprefix("Skipped: ")
        for report in terminalreporter.stats.get("skipped", [])
        if isinstance(report.longrepr, tuple) and MISSING in report.longrepr[2]
    }
    for reason in reasons:
        terminalreporter.write_line("")
        terminalreporter.write_line(
            f"Calls on a real livekit-server were not tested: {reason}. "
            "Run make livekit, and run the tests again.",
            red=True,
            bold=True,
        )
    if reasons and log_of_build().exists():
        terminalreporter.write_line("".join(log_of_build().read_text().splitlines(True)[-10:]))


def _fixtures(item: pytest.Item) -> list[str]:
    return item.fixturenames if isinstance(item, pytest.Function) else []
