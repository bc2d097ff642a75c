"""Every package has one version, on Azure, on laptops and in CI, whoever needs it."""

import tomllib
from collections.abc import Iterable
from importlib.metadata import distribution, version

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from devhost.azurite import PROJECT

FILES = ("requirements.txt", "requirements-start.txt", "requirements-dev.txt")
FROM_VENV = {"pip", "setuptools"}
"""pip-tools needs them. pip comes with Python, and nothing that is deployed needs either."""


def requirements(file: str) -> list[Requirement]:
    lines = (line.partition("#")[0].strip() for line in (PROJECT / file).read_text().splitlines())
    return [Requirement(line) for line in lines if line and not line.startswith("-c ")]


def of_the_command_line() -> list[Requirement]:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]
    return [Requirement(line) for line in project["dependencies"]]


def pinned(requirement: Requirement) -> str:
    (specifier,) = requirement.specifier
    assert specifier.operator == "=="
    return specifier.version


def installed_with(wanted: Iterable[Requirement]) -> dict[str, str]:
    """The packages that an installation of these brings, directly or not, and their versions."""
    found: dict[str, str] = {}
    seen: set[tuple[str, str]] = set()
    waiting = [(requirement, extra) for requirement in wanted for extra in _extras(requirement)]
    while waiting:
        requirement, extra = waiting.pop()
        name = canonicalize_name(requirement.name)
        if (name, extra) in seen:
            continue
        seen.add((name, extra))
        found[name] = version(name)
        for text in distribution(name).requires or ():
            needed = Requirement(text)
            if needed.marker is None or needed.marker.evaluate({"extra": extra}):
                waiting += [(needed, each) for each in _extras(needed)]
    return found


def _extras(requirement: Requirement) -> set[str]:
    return {"", *requirement.extras}


CONSTRAINTS = {
    canonicalize_name(requirement.name): pinned(requirement)
    for requirement in requirements("constraints.txt")
}


@pytest.mark.parametrize("file", FILES)
def test_what_a_file_installs_is_pinned(file: str) -> None:
    brought = installed_with(requirements(file))
    for name in FROM_VENV if file == "requirements-dev.txt" else ():
        brought.pop(name, None)
    assert brought.items() <= CONSTRAINTS.items()


def test_what_the_command_line_installs_is_pinned() -> None:
    assert installed_with(of_the_command_line()).items() <= CONSTRAINTS.items()


def test_what_is_deployed_needs_more_than_it_names() -> None:
    named = {canonicalize_name(requirement.name) for requirement in requirements(FILES[0])}
    assert {"azure-core", "cryptography", "multidict"} <= installed_with(
        requirements(FILES[0])
    ).keys() - named


@pytest.mark.parametrize("file", FILES)
def test_direct_requirements_have_the_pinned_version(file: str) -> None:
    assert "-c constraints.txt" in (PROJECT / file).read_text().splitlines()
    for requirement in requirements(file):
        assert CONSTRAINTS[canonicalize_name(requirement.name)] == pinned(requirement)
