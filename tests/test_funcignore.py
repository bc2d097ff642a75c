"""What is deployed: as Core Tools reads .funcignore, and as git would, which reads it otherwise."""

import re
import subprocess
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from devhost.azurite import PROJECT
from package.contents import BESIDE_ROOMS, LIBRARIES, package_of

type Ignored = Callable[[Iterable[str], Path], set[str]]

PATHS = {*LIBRARIES, "livekit-client/LICENSE"}  # the file that is served has no notice in it

PACKAGES = {package_of(path) for path in PATHS}
"""Whose files the pages serve."""


def by_core_tools(paths: Iterable[str], _: Path) -> set[str]:
    """Each pattern is the beginning of a path, and what a pattern with `!` matches is taken,
    wherever it stands."""
    lines = [
        line
        for line in (PROJECT / ".funcignore").read_text().splitlines()
        if line and line[0] != "#"
    ]
    left_out = re.compile("|".join(_regexp(line) for line in lines if line[0] != "!"))
    taken = re.compile("|".join(_regexp(line[1:]) for line in lines if line[0] == "!"))
    return {path for path in paths if left_out.match(path) and not taken.match(path)}


def _regexp(pattern: str) -> str:
    return re.escape(pattern).replace(r"\*\*", ".+").replace(r"\*", "[^/]+")


def by_git(paths: Iterable[str], folder: Path) -> set[str]:
    subprocess.run(["git", "init", "--quiet", str(folder)], check=True)
    line = [
        "git",
        "-c",
        f"core.excludesFile={PROJECT / '.funcignore'}",
        "check-ignore",
        "--no-index",
        "--stdin",
    ]
    done = subprocess.run(line, cwd=folder, input="\n".join(paths), capture_output=True, text=True)
    assert done.stderr == ""
    return set(done.stdout.splitlines())


def files(folder: str) -> list[str]:
    paths = (PROJECT / folder).rglob("*")
    return [
        str(path.relative_to(PROJECT))
        for path in paths
        if path.is_file() and "__pycache__" not in path.parts
    ]


@pytest.fixture(params=[by_core_tools, by_git])
def ignored(request: pytest.FixtureRequest) -> Ignored:
    ignored: Ignored = request.param
    return ignored


def test_what_the_pages_serve_is_deployed(ignored: Ignored, tmp_path: Path) -> None:
    assert (
        ignored(
            [
                *files("rooms/console/static"),
                *files("rooms/pages/static"),
                *files("rooms/join_page/static"),
                *(f"node_modules/{path}" for path in PATHS),
            ],
            tmp_path,
        )
        == set()
    )


def test_the_service_is_deployed(ignored: Ignored, tmp_path: Path) -> None:
    assert ignored([*files("rooms"), *BESIDE_ROOMS], tmp_path) == set()


def test_of_the_checkout_only_the_service_is_deployed(ignored: Ignored, tmp_path: Path) -> None:
    listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    tracked = subprocess.run(listed, cwd=PROJECT, capture_output=True, text=True, check=True)
    paths = tracked.stdout.splitlines()
    deployed = set(paths) - ignored(paths, tmp_path)
    tops = {path.partition("/")[0] for path in deployed}
    assert tops == {"rooms", *BESIDE_ROOMS}


def test_no_other_package_of_npm_is_deployed(ignored: Ignored, tmp_path: Path) -> None:
    paths = files("node_modules")
    others = {
        path
        for path in paths
        if not any(path.startswith(f"node_modules/{name}/") for name in PACKAGES)
    }
    assert others
    assert ignored(paths, tmp_path) >= others


@pytest.mark.parametrize(
    "folder", ["tools", "tests", "docs", "examples", "infra", "build", ".git", ".venv"]
)
def test_what_only_development_needs_is_not_deployed(
    ignored: Ignored, tmp_path: Path, folder: str
) -> None:
    paths = {f"{folder}/a", f"{folder}/a/b.py"}
    assert ignored(paths, tmp_path) == paths


def test_the_files_that_azd_reads_are_not_deployed(ignored: Ignored, tmp_path: Path) -> None:
    assert ignored({"azure.yaml"}, tmp_path) == {"azure.yaml"}


@pytest.mark.parametrize(
    "folder",
    [".python_packages/lib/site-packages/a", ".python_packages/lib/site-packages", "rooms"],
)
@pytest.mark.parametrize("name", ["tools", "tests", "docs", "examples", "infra", "build"])
def test_a_folder_of_the_service_or_of_a_dependency_may_have_any_name(
    ignored: Ignored, tmp_path: Path, folder: str, name: str
) -> None:
    paths = {f"{folder}/{name}/a.py", f"{folder}/{name}/b/c.py"}
    assert ignored(paths, tmp_path) == set()


@pytest.mark.parametrize("name", ["package.json", "LICENSE", "a.md", ".hidden", "pyproject.toml"])
def test_a_dependency_keeps_all_of_its_files(ignored: Ignored, tmp_path: Path, name: str) -> None:
    assert ignored({f".python_packages/lib/site-packages/a/{name}"}, tmp_path) == set()


def test_no_settings_of_a_laptop_are_deployed(ignored: Ignored, tmp_path: Path) -> None:
    paths = {"local.settings.json", "local.settings.sample.json"}
    assert ignored(paths, tmp_path) == paths
