"""Compiles a package, so that a cold start compiles nothing."""

import os
import subprocess
import sys
from pathlib import Path

from package.errors import CannotBuild
from package.target import ROOT


def compile_all(folder: Path) -> None:
    """Compiles all modules in a folder.

    Python takes the bytecode without a look at its source (unchecked-hash), as times of files do
    not survive deployment. It is the same in each build, and names no path of this machine.

    Raises:
        CannotBuild: a module does not compile.
    """
    command = [sys.executable, "-I", "-m", "compileall", "-q", "-j", "1"]
    command += ["--invalidation-mode", "unchecked-hash", "-s", str(folder), "-p", ROOT, str(folder)]
    done = subprocess.run(
        command,
        env={**os.environ, "PYTHONHASHSEED": "0"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if done.returncode:
        raise CannotBuild(f"Not all modules compile:\n{done.stdout.strip()}")
