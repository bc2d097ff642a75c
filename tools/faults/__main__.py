"""`python -m faults [part ...] [--seed N] [--short]`."""

import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from devhost.azurite import PROJECT, Azurite
from faults.abuse import abuse
from faults.fuzz import fuzz
from faults.growing.part import growing
from faults.kills import kills
from faults.machine import machine
from faults.moving.part import moving
from faults.picture import draw_memory
from faults.progress import progress
from faults.report import page
from faults.result import Result, Tell
from faults.short import KINDS, OPERATIONS
from faults.soak import soak
from faults.storage_faults import storage_faults
from testkit.ports import free_port

PAGE = PROJECT / "docs/reliability.md"
PICTURE = PROJECT / "docs/reliability/memory.svg"


@dataclass(frozen=True, slots=True)
class Run:
    """What a part is given."""

    storages: Sequence[str]
    folder: Path
    seed: int
    short: bool
    writes: bool
    """Whether docs are written."""


type Part = Callable[[Run, Tell], Result]


def _storage(run: Run, tell: Tell) -> Result:
    if run.short:
        return storage_faults(
            run.storages, run.folder, tell, OPERATIONS, KINDS, pairs=20, lanes=3, seed=run.seed
        )
    return storage_faults(run.storages, run.folder, tell, seed=run.seed)


def _kills(run: Run, tell: Tell) -> Result:
    if run.short:
        return kills(run.storages, run.folder, tell, 500, 100, 5, run.seed)
    return kills(run.storages, run.folder, tell, seed=run.seed)


def _moving(run: Run, tell: Tell) -> Result:
    if run.short:
        return moving(run.storages, tell, 100, kills=3, every=5, direct=40, seed=run.seed)
    return moving(run.storages, tell, seed=run.seed)


def _growing(run: Run, tell: Tell) -> Result:
    if run.short:
        return growing(run.storages[0], run.folder, tell, ["0000200001"], kills=2, seed=run.seed)
    return growing(run.storages[0], run.folder, tell, seed=run.seed)


def _fuzz(run: Run, tell: Tell) -> Result:
    return fuzz(run.storages, run.folder, tell, 500 if run.short else 10_000, run.seed)


def _soak(run: Run, tell: Tell) -> Result:
    seconds = 30.0 if run.short else 600.0
    result, samples = soak(run.storages, run.folder, tell, seconds, seed=run.seed)
    if run.writes:
        draw_memory(samples, seconds, PICTURE)
    return result


def _abuse(run: Run, tell: Tell) -> Result:
    if run.short:
        return abuse(run.storages, run.folder, tell, 2_000, 300)
    return abuse(run.storages, run.folder, tell)


PARTS: Mapping[str, Part] = {
    "storage": _storage,
    "kills": _kills,
    "moving": _moving,
    "growing": _growing,
    "abuse": _abuse,
    "fuzz": _fuzz,
    "soak": _soak,
}


def _known(parts: list[str] | None) -> list[str] | None:
    """Refuses a part that does not exist."""
    if unknown := set(parts or ()) - set(PARTS):
        raise typer.BadParameter(f"{', '.join(sorted(unknown))}: must be of {', '.join(PARTS)}")
    return parts


def main(
    parts: Annotated[
        list[str] | None,
        typer.Argument(help=f"Parts to run: {', '.join(PARTS)}. All by default.", callback=_known),
    ] = None,
    seed: Annotated[int, typer.Option(help="Seed of the random choices.")] = 1,
    short: Annotated[
        bool, typer.Option("--short", help="Two minutes instead of an hour. Writes nothing.")
    ] = False,
    accounts: Annotated[
        int, typer.Option(min=1, max=5, help="Storage accounts over which rooms are spread.")
    ] = 3,
) -> None:
    """Injects faults and checks that nothing is lost. Writes docs/reliability.md.

    Exits with 1 if a promise did not hold.
    """
    chosen = [name for name in PARTS if not parts or name in parts]
    writes = chosen == list(PARTS) and not short
    console = Console(highlight=False)
    results: dict[str, Result] = {}
    for name in chosen:
        results[name] = _carried_out(name, accounts, seed, short, writes, console)
        _print(name, results[name], console)
    if writes:
        PAGE.write_text(page(results, machine()))
        console.print(f"Written: {PAGE.relative_to(PROJECT)}")
    if any(result.problems for result in results.values()):
        raise typer.Exit(1)


def _carried_out(
    name: str, accounts: int, seed: int, short: bool, writes: bool, console: Console
) -> Result:
    """Each part has Azurites of its own, one for each account, which are gone with it."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        tell = stack.enter_context(progress(console, name))
        storages = [
            stack.enter_context(
                Azurite(folder / str(number), free_port(), in_memory=True)
            ).connection_string
            for number in range(accounts)
        ]
        return PARTS[name](Run(storages, folder, seed, short, writes), tell)


def _print(name: str, result: Result, console: Console) -> None:
    table = Table(
        title=name.capitalize(),
        title_justify="left",
        show_header=False,
        caption=result.holds,
        caption_justify="left",
    )
    for what, value in result.figures.items():
        table.add_row(what, value)
    console.print(table)
    console.print("[bold red]It did not hold:[/]" if result.problems else "It held.")
    for problem in result.problems:
        console.print(f"  * {problem}", markup=False)
    console.print()


if __name__ == "__main__":
    typer.run(main)
