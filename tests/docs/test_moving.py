"""The guide to moving agrees with the commands, with LiveKit's SDK, and with what roles may do."""

import json
import re

import pytest
from typer.main import get_command

from devhost.azurite import PROJECT
from rooms.domain.roster import Role
from rooms.media.livekit.grants import GRANTS
from rooms_cli.command import app
from tests.docs.shown import DOCS

GUIDE = (DOCS / "moving.md", *(DOCS / "moving").glob("*.md"))
PAGE = (DOCS / "moving" / "front-end.md").read_text()
SDK = PROJECT / "node_modules" / "livekit-client"
COLUMNS: tuple[Role, ...] = ("Presenter", "Collaborator", "Attendee", "Consumer")


def test_each_command_and_option_of_the_guide_exists() -> None:
    commands = get_command(app).commands  # type: ignore[attr-defined]
    for page in GUIDE:
        for line in re.findall(r"^ +(?:acs )?rooms (.*)$", page.read_text(), re.MULTILINE):
            name, *words = line.split()
            options = {option for each in commands[name].params for option in each.opts}
            assert {word for word in words if word.startswith("--")} <= options, line


def test_the_page_is_about_the_release_that_is_installed() -> None:
    version = json.loads((SDK / "package.json").read_text())["version"]
    assert f"`livekit-client` {version}" in PAGE


def test_each_event_of_livekit_on_the_page_exists() -> None:
    declared = (SDK / "dist" / "src" / "room" / "events.d.ts").read_text()
    _, _, events = declared.partition("enum RoomEvent {")
    known = re.findall(r"^\s+(\w+) =", events.partition("\n}")[0], re.MULTILINE)
    assert set(re.findall(r"RoomEvent\.(\w+)", PAGE)) <= set(known)


@pytest.mark.parametrize(
    ("call", "source"),
    [
        ("setMicrophoneEnabled(on)", "microphone"),
        ("setCameraEnabled(on)", "camera"),
        ("setScreenShareEnabled(on)", "screen_share"),
    ],
)
def test_who_may_publish_is_what_the_service_grants(call: str, source: str) -> None:
    (row,) = [line for line in PAGE.splitlines() if line.startswith("|") and call in line]
    shown = [each.strip() for each in row.split("|")][-5:-1]
    assert shown == ["yes" if source in GRANTS[role].sources else "no" for role in COLUMNS]
