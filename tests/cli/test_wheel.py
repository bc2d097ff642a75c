"""The package of the command line, as `pip install` gives it to somebody else."""

import json
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterable
from importlib.metadata import distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from devhost.azurite import PROJECT
from tests.requirements import installed_with, of_the_command_line

IMPORT = """
import importlib, json, sys
sys.path += sys.argv[1:3]
failed = {}
for name in json.loads(sys.argv[3]):
    try:
        importlib.import_module(name)
    except Exception as error:
        failed[name] = repr(error)
print(json.dumps(failed))
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout, unpacked."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"  # a build leaves files beside its source
    for name in ("rooms", "tools/rooms_cli"):
        shutil.copytree(PROJECT / name, source / name)
    for name in ("pyproject.toml", "LICENSE"):
        shutil.copy(PROJECT / name, source)
    build = ["wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", str(folder)]
    subprocess.run([sys.executable, "-m", "pip", *build, str(source)], check=True)
    (built,) = folder.glob("*.whl")
    with zipfile.ZipFile(built) as archive:
        archive.extractall(folder / "unpacked")
    return folder / "unpacked"


def only(wanted: Iterable[Requirement], folder: Path) -> Path:
    """A folder of site-packages with nothing but these and what they need."""
    for name in installed_with(wanted):
        for file in distribution(name).files or ():
            if ".." not in file.parts:
                (folder / file).parent.mkdir(parents=True, exist_ok=True)
                (folder / file).symlink_to(file.locate())
    return folder


def modules(folder: Path) -> list[str]:
    parts = (path.relative_to(folder).with_suffix("").parts for path in folder.rglob("*.py"))
    return sorted(".".join(part for part in each if part != "__init__") for each in parts)


def test_every_module_imports_with_what_the_package_requires(wheel: Path, tmp_path: Path) -> None:
    names = modules(wheel)
    assert {"rooms_cli.check", "rooms.domain", "rooms.storage", "rooms.settings"} <= set(names)
    required = only(of_the_command_line(), tmp_path)
    # Without site (-S), no .pth file leads back to this checkout.
    line = [sys.executable, "-ISBc", IMPORT, str(wheel), str(required), json.dumps(names)]
    done = subprocess.run(line, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == {}


def test_it_has_the_command(wheel: Path) -> None:
    (points,) = wheel.glob("*.dist-info/entry_points.txt")
    assert points.read_text() == "[console_scripts]\nrooms = rooms_cli.__main__:main\n"
