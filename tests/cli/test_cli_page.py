"""Commands print what docs/cli.md and docs/check.md show."""

import re
import shlex
import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from azure.data.tables import TableClient

from rooms_cli.words import moment
from tests.cli.line import Line, environment
from tests.docs.shown import DOCS

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
ROOM = re.compile(r"994\d{14}")
USER = re.compile(r"8:acs:[0-9a-f-]{36}_[0-9a-f-]{36}")

MOVING = {"import", "compare", "move", "moving"}
"""Commands that need ACS, too: tests/moving/cli runs what the page shows of them."""


def shown() -> Iterator[tuple[str, list[str]]]:
    """Yields each command of the page, and what it prints."""
    page = (DOCS / "cli.md").read_text()
    for text in re.findall(
        r"^    \$ \.venv/bin/rooms (.*\n(?:(?:    (?! *\$).*)?\n)*?)(?=    \$|\S|\Z)",
        page,
        re.MULTILINE,
    ):
        command, *lines = text.rstrip().splitlines()
        yield command, [line.removeprefix("    ") for line in lines]


def fixed(line: str) -> str:
    """What is the same whenever the meeting is played."""
    if USER.fullmatch(line):  # a new one
        return "<user>"
    return ROOM.sub("<room>", TIME.sub("<time>", line))


def test_what_is_shown_is_printed(line: Line, meeting: str) -> None:
    commands = {command: lines for command, lines in shown() if command.split()[0] not in MOVING}
    assert {command.split()[0] for command in commands} == {
        "attendance",
        "create",
        "explain",
        "list",
        "log",
        "show",
        "user",
        "who",
    }
    (scheduled,) = (
        text for lines in commands.values() for text in lines if text.startswith("Scheduled from ")
    )
    played = line.json("show", meeting)["scheduledStart"]
    later = datetime.fromisoformat(played) - datetime.fromisoformat(TIME.findall(scheduled)[0])

    def now(command: str) -> list[str]:
        """The command for the meeting as it was played now."""
        return shlex.split(ROOM.sub(meeting, TIME.sub(lambda time: moved(time[0], later), command)))

    for command, lines in commands.items():
        ended = line.run(*now(command))
        assert ended.code == 0
        assert [fixed(text) for text in (ended.err + ended.out).splitlines()] == [
            fixed(text) for text in lines
        ]


def moved(time: str, by: timedelta) -> str:
    return moment((datetime.fromisoformat(time) + by).isoformat())


def test_the_check_prints_what_its_page_shows(
    azurite: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    _, _, shown = (DOCS / "check.md").read_text().partition("    $ .venv/bin/rooms check\n")
    lines = [text.removeprefix("    ") for text in shown.partition("\n\n")[0].splitlines()]
    settings = {"ROOMS_STORAGE": azurite, "ROOMS_TABLE": f"t{uuid.uuid4().hex}"}
    with TableClient.from_connection_string(azurite, settings["ROOMS_TABLE"]) as client:
        client.create_table()
    ended = Line(tmp_path_factory.mktemp("check"), environment() | settings).process("check")
    assert [counted(text) for text in ended.out.splitlines()] == [counted(text) for text in lines]


def counted(line: str) -> str:
    """Returns a line without its table, its address and its numbers."""
    line = re.sub(r"the table \w+ at http\S+:", "the table <table>:", line)
    return re.sub(r"[\d.]*\d (rows?|rooms?|events?|s)\b", lambda found: found[1].rstrip("s"), line)
