"""docs/compatibility.md against the releases that the tests run."""

import importlib.metadata
import json
import re

from devhost.azurite import PROJECT
from rooms.api.acs.versions.table import NEWEST
from tests.contract.releases.table import OLDER_RELEASES
from tests.docs.shown import DOCS

ROW = re.compile(r"\| (\S+) \| (\S+) \| (\S+) \| run in the tests \|")


def test_the_page_has_the_releases_that_the_tests_run() -> None:
    newest = {
        "Python": importlib.metadata.version("azure-communication-rooms"),
        "JavaScript": json.loads((PROJECT / "package.json").read_text())["devDependencies"][
            "@azure/communication-rooms"
        ],
    }
    run: set[tuple[str, str, str]] = {
        (release.language, release.number, release.api_version) for release in OLDER_RELEASES
    }
    run |= {(language, number, NEWEST.name) for language, number in newest.items()}
    rows = ROW.findall((DOCS / "compatibility.md").read_text())
    assert len(rows) == len(set(rows))
    assert set(rows) == run
