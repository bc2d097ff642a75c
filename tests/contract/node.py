"""Node, as the project has it: on the path, or from PyPI beside the Python that runs."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from devhost.azurite import PROJECT
from testkit.waiting import HANG_SECONDS


def run_node(script: Path, environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Runs an ES module to its end, whatever that is."""
    search = os.pathsep.join([os.environ.get("PATH", ""), str(Path(sys.executable).parent)])
    node = shutil.which("node", path=search)
    assert node is not None, "Node is neither on the path nor beside Python."
    return subprocess.run(
        [node, str(script)],
        cwd=PROJECT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=HANG_SECONDS,
    )
