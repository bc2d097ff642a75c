"""What must hold while rooms move between storage accounts, as a part of `make faults`."""

import asyncio
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from statistics import median

from devhost.azurite import Azurite
from faults.growing.load import PROCESSES, QUICK, Load
from faults.result import Result, Tell, lasted
from testkit.grown import Grown
from testkit.ports import free_port

OVER_THREE = "0001112221"
"""Rooms evenly over three accounts."""

THERE_AND_BACK = OVER_THREE, "0000000000"


def growing(
    azurite: str,
    folder: Path,
    tell: Tell,
    steps: Sequence[str] = THERE_AND_BACK,
    kills: int = 10,
    seed: int = 1,
) -> Result:
    """Moves rooms between three storage accounts, while clients change them, and kills who moves
    them.

    Args:
        azurite: the connection string of the first account.
        steps: the accounts of the ten digits, one after another.
        kills: of who moves rooms, in each step.
    """
    began = time.monotonic()
    with ExitStack() as stack:
        further = [
            stack.enter_context(Azurite(folder / name, free_port(), in_memory=True))
            for name in ("first", "second")
        ]
        storages = [azurite, *(each.connection_string for each in further)]
        load = Load(Grown(storages, QUICK), seed)
        tell(f"digits that move, with {kills} kills in each of {len(steps)} steps")
        problems = asyncio.run(load.run(steps, kills))
    answers = ", ".join(f"{count:,} x {what}" for what, count in load.seen.answers.most_common())
    return Result(
        "While rooms move between storage accounts, every answer is right: a change is seen by all "
        "processes at once, each room is listed once, and each record is followed once. What was "
        "answered stays, whoever is killed.",
        {
            "digits moved": f"{len(load.refused)}, over {len(storages)} accounts",
            "who moved them was killed": f"{load.killed:,} times",
            "answers": f"{answers}, by {PROCESSES} processes",
            "walks through the list of all rooms": f"{load.seen.listed:,}",
            "changes of a digit refused": f"{median(load.refused):.1f} s, at most "
            f"{max(load.refused):.1f} s",
            "time": lasted(time.monotonic() - began),
        },
        problems,
    )
