"""docs/compatibility.md against the releases that the tests run."""

import importlib.metadata
import json
import re

from devhost.azurite import PROJECT
from rooms.api.acs.versions.table import NEWEST
from tests.contract.releases.table import OLDER_RELEASES
from tests.docs.shown import DOCS

RUN = re.compile(r"\| (\S+) \| (\S+) \| (\S+) \| run in the tests \|")


def shown_as_run(sdk: str) -> list[tuple[str, str, str]]:
    """The language, number and api-version of each release that the page says is run."""
    page = (DOCS / "compatibility.md").read_text()
    _, _, section = page.partition(f"## Releases of the {sdk} SDKs")
    return RUN.findall(section.partition("\n## ")[0])


def newest(sdk: str) -> set[tuple[str, str]]:
    """The language and number of each release that the tests of the newest SDKs import."""
    package = f"communication-{sdk.lower()}"
    javascript = json.loads((PROJECT / "package.json").read_text())["devDependencies"]
    return {
        ("Python", importlib.metadata.version(f"azure-{package}")),
        ("JavaScript", javascript[f"@azure/{package}"]),
    }


def test_the_page_has_the_releases_of_rooms_that_the_tests_run() -> None:
    run: set[tuple[str, str, str]] = {
        (release.language, release.number, release.api_version) for release in OLDER_RELEASES
    }
    run |= {(*release, NEWEST.name) for release in newest("Rooms")}
    assert sorted(shown_as_run("Rooms")) == sorted(run)


def test_the_page_has_the_releases_of_identity_that_the_tests_run() -> None:
    shown = [(language, number) for language, number, _ in shown_as_run("Identity")]
    assert sorted(shown) == sorted(newest("Identity"))
