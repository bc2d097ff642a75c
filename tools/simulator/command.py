"""Plays meetings, shows the progress, and prints the results."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from rich.console import Console, Group
from rich.live import Live
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Column
from rich.text import Text

from simulator import delivery
from simulator.app import App, AppFailed, connected
from simulator.arguments import Arguments
from simulator.delivery import Undelivered
from simulator.play import Performance, Played, planned, play
from simulator.stopping import run as run_stoppable
from simulator.summary import summary
from simulator.tables import tables
from simulator.together import together


def run(arguments: Arguments, console: Console) -> bool:
    """Returns whether every answer is correct, or a dropped event explains it."""
    try:
        played = run_stoppable(_play(arguments, console))
    except (AppFailed, Undelivered) as problem:
        console.print(Text(f"\n{problem}", style="bold red"))
        return False
    for each in played:
        console.print()
        if arguments.verbose or not each.right:
            console.print(tables(each, arguments.most_differences))
        console.print(summary(each), soft_wrap=True)
        link = arguments.address.console(f"/room/{each.room_id}")
        console.print(f"In the console: {link}", highlight=False, soft_wrap=True)
    return all(each.right for each in played)


async def _play(arguments: Arguments, console: Console) -> list[Played]:
    progress = Progress(
        TextColumn("{task.description}"),
        TimeElapsedColumn(),
        BarColumn(bar_width=12),
        MofNCompleteColumn(),
        TextColumn(
            "{task.fields[rest]}",
            markup=False,
            table_column=Column(ratio=1, no_wrap=True, overflow="ellipsis"),
        ),
        console=console,
        expand=True,
    )
    async with connected(arguments.address) as app:
        with Live(progress, console=console) as display:
            screen = _Screen(progress, display)
            return await together(
                *(
                    _room(app, arguments, performance, screen)
                    for performance in arguments.performances
                )
            )


async def _room(
    app: App, arguments: Arguments, performance: Performance, screen: "_Screen"
) -> Played:
    meeting = planned(performance, arguments.people, arguments.speed)
    name = f"{meeting.title} (seed {performance.seed})"

    def show_room(room_id: str) -> None:
        if performance.live:
            screen.display.console.print(
                f"{name}\nRoom {room_id}\n{app.address.console(f'/room/{room_id}')}",
                highlight=False,
                soft_wrap=True,
            )

    def show_stopped(room_id: str) -> None:
        screen.display.console.print(
            f"Stopped. Room {room_id} stays. Its calls have ended.",
            highlight=False,
            soft_wrap=True,
        )

    show_presence = (
        (lambda presence: screen.show_presence(name, presence)) if performance.live else None
    )
    try:
        return await play(
            app,
            meeting,
            performance,
            show_room,
            screen.progress_of(name),
            show_presence,
            show_stopped,
        )
    finally:
        screen.hide_presence(name)


@dataclass(slots=True)
class _Screen:
    """Shows the progress of each room and, below it, who is in the rooms now."""

    progress: Progress
    display: Live
    present: dict[str, Text] = field(default_factory=dict)

    def progress_of(self, name: str) -> Callable[[delivery.Progress], None]:
        task = self.progress.add_task(name, total=None, rest="events")

        def show(now: delivery.Progress) -> None:
            rest = f"events, {now.retries} retries: {now.failure}" if now.failure else "events"
            self.progress.update(task, completed=now.delivered, total=now.of, rest=rest)

        return show

    def show_presence(self, name: str, presence: dict[str, Any]) -> None:
        call = presence["call"]
        if call is None:
            there = "nobody"
        else:
            names = [person["displayName"] or "somebody" for person in call["participants"]]
            there = f"{call['count']} now, {call['peak']} at the peak: {', '.join(names)}"
        self.present[name] = Text(f"{name}: {there}")
        self._show()

    def hide_presence(self, name: str) -> None:
        self.present.pop(name, None)
        self._show()

    def _show(self) -> None:
        self.display.update(Group(self.progress, *self.present.values()))
