"""Finds the machine's Chromium. As a plugin, it warns loudly if there is none."""

import shutil
from pathlib import Path

import pytest

NAMES = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
)
OF_MACOS = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"
"""The Makefile looks for the same."""

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-zygote",
    "--in-process-gpu",
    "--renderer-process-limit=1",
]
"""The last three save processes: a fifth of the processor's time."""

MISSING = f"no Chromium: none of {', '.join(NAMES)} is on PATH"

NOT_TESTED = (
    f"The console and the quickstart for the web were not tested: {MISSING}. "
    "Install Chromium or Google Chrome, and run the tests again."
)


def executable() -> str | None:
    """Returns its path, or None."""
    found = filter(None, (*map(shutil.which, NAMES), OF_MACOS if Path(OF_MACOS).exists() else None))
    return next(found, None)


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    skipped = terminalreporter.stats.get("skipped", [])
    if any(MISSING in str(report.longrepr) for report in skipped):
        terminalreporter.write_line("")
        terminalreporter.write_line(NOT_TESTED, red=True, bold=True)
