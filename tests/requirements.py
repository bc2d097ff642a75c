"""What this project requires, and what an installation of that brings."""

import tomllib
from collections.abc import Iterable
from importlib.metadata import distribution, version

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from devhost.azurite import PROJECT


def requirements(file: str) -> list[Requirement]:
    lines = (line.partition("#")[0].strip() for line in (PROJECT / file).read_text().splitlines())
    return [Requirement(line) for line in lines if line and not line.startswith("-c ")]


def of_the_command_line() -> list[Requirement]:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]
    return [Requirement(line) for line in project["dependencies"]]


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
