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
    _remove_scripts(folder)


def _remove_scripts(folder: Path) -> None:
    """Removes the scripts, which nothing calls: they name the Python of this machine."""
    for name in ("bin", "Scripts"):
        shutil.rmtree(folder / name, ignore_errors=True)
    for record in folder.glob("*.dist-info/RECORD"):
        lines = record.read_text().splitlines(keepends=True)
        record.write_text("".join(line for line in lines if not line.startswith("../")))
