"""Node, as the project has it: on the path, or from PyPI beside the Python that runs."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from devhost.azurite import PROJECT
from testkit.waiting import HANG_SECONDS


def search_path() -> str:
    """Returns the PATH on which Node and npm are."""
    return os.pathsep.join([os.environ.get("PATH", ""), str(Path(sys.executable).parent)])


def find(command: str) -> str:
    """Returns the path of node or npm."""
    found = shutil.which(command, path=search_path())
    assert found is not None, f"{command} is neither on the path nor beside Python."
    return found


def run_node(script: Path, environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Runs an ES module to its end, whatever that is."""
    return subprocess.run(
        [find("node"), str(script)],
        cwd=PROJECT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=HANG_SECONDS,
    )
