"""Every package has one version, on Azure, on laptops and in CI, whoever needs it."""

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from devhost.azurite import PROJECT
from tests.requirements import installed_with, of_the_command_line, requirements

FILES = ("requirements.txt", "requirements-start.txt", "requirements-dev.txt")
UNPINNED = {"pip", "setuptools"}
"""pip-tools needs these and does not pin them. Nothing that is deployed needs them."""


def pinned(requirement: Requirement) -> str:
    (specifier,) = requirement.specifier
    assert specifier.operator == "=="
    return specifier.version


CONSTRAINTS = {
    canonicalize_name(requirement.name): pinned(requirement)
    for requirement in requirements("constraints.txt")
}


@pytest.mark.parametrize("file", FILES)
def test_what_a_file_installs_is_pinned(file: str) -> None:
    brought = installed_with(requirements(file))
    if file == "requirements-dev.txt":
        brought = {name: brought[name] for name in brought.keys() - UNPINNED}
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
    versions = {canonicalize_name(each.name): pinned(each) for each in requirements(file)}
    assert {name: versions[name] for name in versions.keys() - UNPINNED}.items() <= (
        CONSTRAINTS.items()
    )
