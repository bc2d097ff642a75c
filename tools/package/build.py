"""Builds the package: a folder, and a zip file of it."""

import shutil
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from package.bytecode import compile_all
from package.contents import copy_libraries, copy_service
from package.dependencies import install
from package.errors import CannotBuild
from package.target import IGNORED, PACKAGES, PYTHON
from package.zipped import files, zip_folder

type Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Built:
    """What was built. Sizes are in bytes."""

    folder: Path
    zip: Path
    files: int
    size: int
    zip_size: int


def build(project: Path, target: Path, tell: Tell) -> Built:
    """Builds `azure` and `anteroom.zip` in a folder. Replaces those that are there in the end, so
    that a build that fails leaves them.

    Raises:
        CannotBuild: the message says what to do.
    """
    if sys.version_info[:2] != PYTHON:
        raise CannotBuild(
            f"Bytecode for Python {PYTHON[0]}.{PYTHON[1]} is compiled by that Python only, and "
            f"this is {sys.version_info[0]}.{sys.version_info[1]}."
        )
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".azure-", dir=target) as beside:
        folder, zipped = Path(beside) / "azure", Path(beside) / "anteroom.zip"
        folder.mkdir()
        tell("Copying the service ...")
        copy_service(project, folder)
        copy_libraries(project, folder)
        tell("Installing its Python packages for Linux ...")
        install(folder / "requirements.txt", folder / PACKAGES)
        tell("Compiling ...")
        compile_all(folder)
        (folder / IGNORED).touch()  # azd leaves bytecode out of a folder that has none
        tell("Zipping ...")
        zip_folder(folder, zipped)
        shutil.rmtree(target / folder.name, ignore_errors=True)
        folder.replace(target / folder.name)
        zipped.replace(target / zipped.name)
    return _built(target / folder.name, target / zipped.name)


def _built(folder: Path, zipped: Path) -> Built:
    sizes = [path.stat().st_size for path in files(folder)]
    return Built(folder, zipped, len(sizes), sum(sizes), zipped.stat().st_size)
