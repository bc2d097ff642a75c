"""What the pages about Azure name is in infra/, or is a setting of the app."""

import re
from pathlib import Path

import pytest

from devhost.azurite import PROJECT
from rooms.settings import PREFIXES, SETTINGS
from tests.docs.shown import DOCS

APP = PROJECT / "infra" / "app"
OF_THE_TOOLS = {"ANTEROOM_HOME", "ANTEROOM_ON_BEHALF_OF"}
"""Variables of the pytest plugin and of the command line."""

PAGES = {
    page: page.read_text().replace("\\\n", "")
    for page in (PROJECT / "README.md", *sorted(DOCS.rglob("*.md")))
}


def _names(pattern: str) -> set[tuple[Path, str]]:
    return {(page, name) for page, text in PAGES.items() for name in re.findall(pattern, text)}


def _parameters(template: Path) -> set[str]:
    return set(re.findall(r"^param (\w+)", template.read_text(), re.MULTILINE))


@pytest.mark.parametrize(
    ("pattern", "file", "known"),
    [
        (r"\b(ANTEROOM_[A-Z_]*[A-Z])\b", "main.parameters.json", r"\$\{(\w+)\}"),
        (r"azd env get-value (\w+)", "main.bicep", r"(?m)^output (\w+)"),
    ],
    ids=["variable", "output"],
)
def test_what_azd_is_asked_for_is_there(pattern: str, file: str, known: str) -> None:
    there = OF_THE_TOOLS.union(re.findall(known, (APP / file).read_text()))
    assert {(page.name, name) for page, name in _names(pattern) if name not in there} == set()


def test_each_setting_that_a_command_sets_is_one_of_the_app() -> None:
    set_there = _names(r"(?:env set |export |--settings .*?|[\s\"'])(ROOMS_\w+)=")
    unknown = {
        (page.name, name)
        for page, name in set_there
        if name not in SETTINGS and not name.startswith(PREFIXES)
    }
    assert unknown == set()


def test_each_parameter_that_a_command_gives_is_one_of_its_template() -> None:
    given = _names(r"--template-file (\S+\s+--parameters .*)")
    assert given
    for _page, command in given:
        template, *values = command.split()
        names = set(re.findall(r"(\w+)=", " ".join(values)))
        assert names <= _parameters(PROJECT / template), command
