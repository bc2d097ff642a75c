"""Runs `python -m simulator.clinic`: plays a day of a clinic, and says in some lines what it found.

Each run makes another day, of the same people if the seed is the same.
"""

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.text import Text

from devhost.azurite import PROJECT
from devhost.errors import CannotStart
from simulator.app import Address, AppFailed, connected
from simulator.arguments import MAX_SEED, number
from simulator.clinic_day import Day, play
from simulator.delivery import Undelivered
from simulator.play import Played
from simulator.stopping import run as run_stoppable
from simulator.subjects import SCHEDULE, About, Subject
from simulator.tables import tables
from simulator.where import add_where, address

MOST_DIFFERENCES = 5
"""How many are shown for each reason."""


@dataclass(frozen=True, slots=True)
class Arguments:
    """Where to play, and whom."""

    address: Address
    seed: int


def summary(played: Day, link: str) -> Text:
    """Returns what was played, compared and found, in some lines."""
    over = [room for room in played.rooms if room.meeting.scheduled_end <= played.at]
    live = [room for room in played.rooms if room not in over and room.meeting.calls]
    later = len(played.rooms) - len(over) - len(live)
    refused = f"{played.refusal.person.name} ({', '.join(played.refusal.reasons)})"
    wrong = sum(len(room.differences) for room in played.rooms)
    compared = sum(room.compared for room in played.rooms)
    lines = (
        f"A day of a clinic: {len(played.rooms)} rooms\n"
        f"  {len(over)} are over. Absent: {_named(over, 'absent')}\n"
        f"  {len(live)} are live. Missing: {_named(live, 'expected')}\n"
        f"  {later} come later. Refused: {refused}\n"
        f"{played.rooms[0].outcome.progress.delivered} events delivered\n"
    )
    return Text.assemble(
        lines,
        (
            f"{compared} answers compared, {f'{wrong} wrong' if wrong else 'all correct'}.",
            "bold red" if wrong else "bold green",
        ),
        f"\nIn the console: {link}",
    )


def _named(rooms: Sequence[Played], status: str) -> str:
    """Returns the names of the people who have that status in the scheduled time."""
    return ", ".join(
        person.name
        for room in rooms
        for person in room.meeting.people
        if room.truth[Subject(About.PERSON, SCHEDULE, person.raw_id)]["status"] == status
    )


def main() -> None:
    """Plays the day, and prints what was found."""
    console = Console(highlight=False)
    try:
        arguments = _parsed(sys.argv[1:], PROJECT, os.environ)
        played = run_stoppable(_play_at(arguments))
    except (CannotStart, AppFailed, Undelivered) as problem:
        sys.exit(f"make clinic: {problem}")
    for room in played.rooms:
        if not room.right:
            console.print(room.meeting.title, tables(room, MOST_DIFFERENCES))
    console.print(summary(played, arguments.address.console("/")), soft_wrap=True)
    sys.exit(0 if all(room.right for room in played.rooms) else 1)


async def _play_at(arguments: Arguments) -> Day:
    async with connected(arguments.address) as app:
        return await play(app, arguments.seed)


def _parsed(line: list[str], project: Path, environment: Mapping[str, str]) -> Arguments:
    parser = argparse.ArgumentParser(
        prog="python -m simulator.clinic",
        description="Play a day of a clinic at a running app, until now.",
        epilog="Exits with 1 if an answer is wrong.",
    )
    add_where(parser)
    parser.add_argument(
        "--seed",
        type=number(0, MAX_SEED),
        default=1,
        help="the same seed has the same people (default 1)",
    )
    given = parser.parse_args(line)
    return Arguments(address(parser, given, project, environment), given.seed)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
