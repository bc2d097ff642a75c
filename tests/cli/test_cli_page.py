"""The commands of docs/cli.md print what the page shows, each in a process of its own."""

import re
import shlex
from collections.abc import Iterator
from datetime import datetime, timedelta

from rooms_cli.words import moment
from tests.cli.line import Line
from tests.docs.shown import DOCS

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
ROOM = re.compile(r"994\d{14}")


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
    return ROOM.sub("<room>", TIME.sub("<time>", line))


def test_what_is_shown_is_printed(line: Line, meeting: str) -> None:
    commands = dict(shown())
    assert {command.split()[0] for command in commands} == {
        "attendance",
        "create",
        "explain",
        "list",
        "log",
        "show",
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
        ended = line.process(*now(command))
        assert ended.code == 0
        assert [fixed(text) for text in (ended.err + ended.out).splitlines()] == [
            fixed(text) for text in lines
        ]


def moved(time: str, by: timedelta) -> str:
    return moment((datetime.fromisoformat(time) + by).isoformat())
