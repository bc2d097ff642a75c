"""The build of what is deployed, where it fails, and again."""

import shutil
from pathlib import Path

import pytest

from devhost.azurite import PROJECT
from package.build import build
from package.errors import CannotBuild


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of what is deployed, without the libraries of the pages."""
    folder = tmp_path / "project"
    shutil.copytree(PROJECT / "rooms", folder / "rooms")
    for name in ("function_app.py", "host.json", "requirements.txt", "constraints.txt"):
        shutil.copyfile(PROJECT / name, folder / name)
    return folder


def test_a_library_that_is_missing_is_named_with_what_to_do(project: Path, tmp_path: Path) -> None:
    with pytest.raises(CannotBuild) as refused:
        build(project, tmp_path / "build", print)
    said = str(refused.value)
    assert said.startswith(f"{project / 'node_modules'}")
    assert said.endswith("is missing. Install it with: npm install --omit=dev")


@pytest.mark.thorough
def test_a_build_that_fails_leaves_the_last_package(project: Path, tmp_path: Path) -> None:
    (project / "node_modules").symlink_to(PROJECT / "node_modules")
    (project / "requirements.txt").write_text("no requirement\n")
    target = tmp_path / "build"
    (target / "azure").mkdir(parents=True)
    (target / "anteroom.zip").write_bytes(b"the last one")
    with pytest.raises(CannotBuild) as refused:
        build(project, target, print)
    assert "pip cannot install requirements.txt from wheels for manylinux" in str(refused.value)
    assert {path.name for path in target.iterdir()} == {"azure", "anteroom.zip"}
    assert (target / "anteroom.zip").read_bytes() == b"the last one"


@pytest.mark.thorough
def test_the_same_service_gives_the_same_bytes(tmp_path: Path) -> None:
    first, second = (build(PROJECT, tmp_path / name, print) for name in ("first", "second"))
    assert first.zip.read_bytes() == second.zip.read_bytes()
