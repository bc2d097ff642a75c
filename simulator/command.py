"""The command: play meetings, show how it goes, and tell what became of them."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from rich.console import Console, Group
from rich.live import Live
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.text import Text

from simulator import delivery
from simulator.app import App, AppFailed, connected
from simulator.arguments import Arguments
from simulator.delivery import Undelivered
from simulator.play import SETTLED, Performance, Played, play
from simulator.script import LONGEST, write
from simulator.tables import report
from simulator.together import together

STARTS_IN = timedelta(seconds=3)
"""A live meeting; by then the room is there."""


def run(arguments: Arguments, console: Console) -> bool:
    """Whether every answer is the truth, or explained by what was dropped."""
    # The SDK says of times of its own that they have no time zone.
    logging.getLogger("azure.communication.rooms").setLevel(logging.ERROR)
    try:
        played = asyncio.run(_play(arguments, console))
    except (AppFailed, Undelivered) as problem:
        console.print(Text(f"\n{problem}", style="bold red"))
        return False
    for each in played:
        console.print(report(each, arguments.most_differences))
    return not any(each.unexplained or each.outcome.refused for each in played)


async def _play(arguments: Arguments, console: Console) -> list[Played]:
    progress = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("events, {task.fields[retries]} retries"),
        TimeElapsedColumn(),
        console=console,
    )
    async with connected(arguments.address) as app:
        with Live(progress, console=console) as display:
            screen = _Screen(progress, display)
            return await together(*(_room(app, arguments, performance, screen) for performance in arguments.performances))


async def _room(app: App, arguments: Arguments, performance: Performance, screen: "_Screen") -> Played:
    now = datetime.now(UTC).replace(microsecond=0)
    start = now + STARTS_IN if performance.live else now - LONGEST - SETTLED
    meeting = write(performance.seed, arguments.people, start, arguments.speed)
    name = f"{meeting.title} (seed {performance.seed})"
    show_presence = (lambda presence: screen.show_presence(name, presence)) if performance.live else None
    return await play(app, meeting, performance, screen.progress_of(name), show_presence)


@dataclass(slots=True)
class _Screen:
    """The progress of each room and, beneath, who is in the rooms now."""

    progress: Progress
    display: Live
    present: dict[str, Text] = field(default_factory=dict)

    def progress_of(self, name: str) -> Callable[[delivery.Progress], None]:
        task = self.progress.add_task(name, total=None, retries=0)
        return lambda now: self.progress.update(task, completed=now.delivered, total=now.of, retries=now.retries)

    def show_presence(self, name: str, presence: dict[str, Any]) -> None:
        call = presence["call"]
        if call is None:
            there = "nobody is there"
        else:
            names = [person["displayName"] or "somebody" for person in call["participants"]]
            there = f"{call['count']} are there, {call['peak']} at most: {', '.join(names)}"
        self.present[name] = Text(f"{name}: {there}")
        self.display.update(Group(self.progress, *self.present.values()))
