"""`python -m bench [--short]`."""

import asyncio
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from bench.growth import growth
from bench.media import media
from bench.neighbours import neighbours
from bench.packaged import packaged
from bench.report import Figures, draw, page
from bench.speed import requests, speeds
from bench.start import import_times, starts
from bench.storms import storms
from bench.through import through
from devhost.azurite import PROJECT, Azurite
from faults.machine import machine
from faults.progress import progress
from faults.result import Tell
from testkit.ports import free_port

PAGE = PROJECT / "docs/performance.md"
PICTURES = PROJECT / "docs/performance"


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much of everything."""

    rounds: int
    calls: int
    """Of a short operation in a round, one at a time."""
    few: int
    many: int
    records: int
    """In the long log."""
    growth_calls: int
    rooms: int
    at_once: int
    people: int
    """In the call whose presence is asked for, and in each room of the storms."""
    starts: int
    rejoins: int
    """Of a person in the abusive room."""
    neighbour_seconds: float
    """For which its neighbours are asked in a round."""


FULL = Sizes(
    rounds=5,
    calls=200,
    few=200,
    many=100_000,
    records=10_000,
    growth_calls=60,
    rooms=10,
    at_once=32,
    people=350,
    starts=11,
    rejoins=10_000,
    neighbour_seconds=20,
)
SHORT = Sizes(
    rounds=3,
    calls=60,
    few=200,
    many=2_000,
    records=1_000,
    growth_calls=30,
    rooms=3,
    at_once=32,
    people=50,
    starts=3,
    rejoins=2_000,
    neighbour_seconds=5,
)


def main(
    short: Annotated[
        bool, typer.Option("--short", help="Two minutes instead of ten or more. Writes nothing.")
    ] = False,
) -> None:
    """Measures the service beside the storage alone, and writes docs/performance.md."""
    console = Console(highlight=False)
    with progress(console, "bench") as tell:
        figures = bench(SHORT if short else FULL, tell)
    for each in figures.tables():
        table = Table(
            *each.columns, title=each.title, title_justify="left", box=SIMPLE, padding=0
        )  # fits 80 columns
        for row in each.rows:
            table.add_row(*row)
        console.print(table)
    console.print(*(f"Missed: {each}" for each in figures.missed() or ["no goal"]), sep="\n")
    if not short:
        draw(figures, PICTURES)
        PAGE.write_text(page(figures, machine()))
        console.print(f"Written: {PAGE.relative_to(PROJECT)}")


def bench(sizes: Sizes, tell: Tell) -> Figures:
    """Measures all, each part with an Azurite of its own."""
    return Figures(
        requests=_alone(
            lambda folder, storage: asyncio.run(requests(folder, storage, sizes.people))
        ),
        speeds=_alone(
            lambda folder, storage: asyncio.run(
                speeds(
                    folder, storage, sizes.people, sizes.calls, sizes.at_once, sizes.rounds, tell
                )
            )
        ),
        storms=_alone(
            lambda folder, storage: asyncio.run(
                storms(folder, storage, sizes.rooms, sizes.people, tell)
            )
        ),
        media=_alone(
            lambda folder, storage: asyncio.run(
                media(folder, storage, sizes.people, sizes.rounds, tell)
            )
        ),
        through=_alone(
            lambda folder, storage: asyncio.run(
                through(folder, storage, max(sizes.calls // 5, 1), sizes.rounds, tell)
            )
        ),
        neighbours=_alone(
            lambda folder, storage: asyncio.run(
                neighbours(
                    *(folder, storage, sizes.rejoins, sizes.neighbour_seconds),
                    *(sizes.rounds, tell),
                )
            )
        ),
        start=_alone(lambda folder, storage: starts(folder, storage, sizes.starts, tell)),
        packaged=_in_a_folder(lambda folder: packaged(folder, sizes.starts, tell)),
        imports=import_times(sizes.starts),
        grown=_alone(
            lambda folder, storage: asyncio.run(
                growth(
                    *(folder, storage, sizes.people, sizes.few, sizes.many, sizes.records),
                    *(sizes.growth_calls, sizes.rounds, tell),
                )
            )
        ),
        at_once=sizes.at_once,
        people=sizes.people,
        sizes=(
            f"few rooms {sizes.few:,}, many {sizes.many:,}; the long log has "
            f"{sizes.records:,} records"
        ),
    )


def _in_a_folder[T](part: Callable[[Path], T]) -> T:
    with tempfile.TemporaryDirectory() as folder:
        return part(Path(folder))


def _alone[T](part: Callable[[Path, str], T]) -> T:
    with (
        tempfile.TemporaryDirectory() as folder,
        Azurite(Path(folder), free_port(), in_memory=True) as azurite,
    ):
        return part(Path(folder) / "app", azurite.connection_string)


if __name__ == "__main__":
    typer.run(main)
