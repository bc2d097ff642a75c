"""Copies what is of this project into the package: the service and the libraries of its pages."""

import shutil
from pathlib import Path

from package.errors import CannotBuild
from rooms.console import assets as console
from rooms.join_page import assets as join_page

BESIDE_ROOMS = ("function_app.py", "host.json", "requirements.txt", "constraints.txt")
"""What the host reads, and which versions are in the package."""

LIBRARIES = sorted(
    {
        *console.LIBRARIES.values(),
        *console.SIGN_IN_LIBRARIES.values(),
        *join_page.LIBRARIES.values(),
    }
)
"""The files of `node_modules` that the pages load."""


def copy_service(project: Path, folder: Path) -> None:
    """Copies the service, without what Python or an editor has left beside it."""
    left_out = shutil.ignore_patterns("__pycache__", ".*", "*~")
    shutil.copytree(project / "rooms", folder / "rooms", ignore=left_out)
    for name in BESIDE_ROOMS:
        shutil.copyfile(project / name, folder / name)


def copy_libraries(project: Path, folder: Path) -> None:
    """Copies the libraries of the pages, with their licenses.

    Raises:
        CannotBuild: one is not installed.
    """
    for path in LIBRARIES:
        _copy(project / "node_modules" / path, folder / "node_modules" / path)
    for package in sorted({package_of(path) for path in LIBRARIES}):
        licenses = sorted((project / "node_modules" / package).glob("LICENSE*"))
        for found in licenses:
            _copy(found, folder / "node_modules" / package / found.name)


def package_of(path: str) -> str:
    """Returns the package of npm that has a file of `node_modules`."""
    parts = path.split("/")
    return "/".join(parts[: 2 if path.startswith("@") else 1])


def _copy(source: Path, target: Path) -> None:
    if not source.is_file():
        raise CannotBuild(f"{source} is missing. Install it with: npm install --omit=dev")
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
