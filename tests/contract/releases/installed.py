"""Installs a release of the SDK into a folder of its own, once."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from devhost.azurite import PROJECT
from tests.contract.node import find, search_path
from tests.contract.releases.table import Release

_ROOMS = "azure-communication-rooms"


def installed(release: Release, cache: Path) -> Path:
    """Returns the folder of a release with what it needs. Installs it, unless that was done.

    An install that is killed leaves nothing that passes for complete, and of several at once one
    counts.
    """
    folder = cache / f"{release.language}-{release.number}"
    if not folder.exists():
        with tempfile.TemporaryDirectory(dir=cache) as scratch:
            complete = Path(scratch) / "complete"
            _INSTALL[release.language](release.number, complete)
            try:
                complete.rename(folder)
            except OSError:
                if not folder.exists():  # by another process
                    raise
    return folder


def _install_python(number: str, folder: Path) -> None:
    """Installs the release with the packages that constraints.txt pins for the newest one."""
    quickly = ["--quiet", "--disable-pip-version-check", "--no-compile"]
    pip = [sys.executable, "-m", "pip", "install", *quickly]
    pins = (PROJECT / "constraints.txt").read_text().splitlines(keepends=True)
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as constraints:
        constraints.writelines(pin for pin in pins if not pin.startswith(f"{_ROOMS}=="))
        constraints.flush()
        packages = [f"{_ROOMS}=={number}", "aiohttp", "--constraint", constraints.name]
        _run([*pip, "--target", str(folder), *packages], os.environ)


def _install_javascript(number: str, folder: Path) -> None:
    npm = [find("npm"), "install", "--loglevel=error", "--no-audit", "--no-fund"]
    folder.mkdir()
    _run(
        [*npm, "--prefix", str(folder), f"@azure/communication-rooms@{number}"],
        {**os.environ, "PATH": search_path()},
    )


def _run(command: list[str], environment: Mapping[str, str]) -> None:
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, f"{done.args} failed:\n{done.stderr}"


_INSTALL: dict[str, Callable[[str, Path], None]] = {
    "Python": _install_python,
    "JavaScript": _install_javascript,
}
