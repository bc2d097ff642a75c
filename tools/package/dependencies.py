"""Installs the Python packages that requirements.txt names, for the target."""

import shutil
import subprocess
import sys
from pathlib import Path

from package.errors import CannotBuild
from package.target import PLATFORMS, PYTHON


def install(requirements: Path, folder: Path) -> None:
    """Installs the wheels for the target, whatever this machine is. Leaves bytecode out.

    Raises:
        CannotBuild: pip has failed.
    """
    command = [sys.executable, "-I", "-m", "pip", "install", "--quiet", "--no-compile"]
    command += ["--disable-pip-version-check", "--no-warn-script-location"]
    command += [part for platform in PLATFORMS for part in ("--platform", platform)]
    command += ["--implementation", "cp", "--python-version", ".".join(map(str, PYTHON))]
    command += ["--only-binary=:all:", "--target", str(folder), "--requirement", str(requirements)]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        raise CannotBuild(
            f"pip cannot install {requirements.name} from wheels for {' and '.join(PLATFORMS)}. "
            f"It says:\n{done.stdout.strip()}"
        )
    # Scripts name the Python of this machine in their first line, and nothing calls them.
    shutil.rmtree(folder / "bin", ignore_errors=True)
    shutil.rmtree(folder / "Scripts", ignore_errors=True)
