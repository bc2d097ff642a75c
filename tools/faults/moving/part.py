"""What of a move from ACS must hold under faults, as a part of `make faults`."""

import asyncio
import time
from collections import Counter
from collections.abc import Mapping, Sequence

from faults.moving.drift import LIMITS_OF_DRIFT, Drift
from faults.moving.kills import killed_everywhere
from faults.moving.together import CLIENTS, PROCESSES, Together
from faults.result import Result, Tell, lasted
from testkit.acs_instance import AcsInstance
from testkit.two_sides import TwoSides

CHANGES_IN_A_ROUND = 10
"""At ACS itself, between two runs of the timer."""

type Found = tuple[Mapping[str, str], Sequence[str]]
"""Figures, and problems."""


def moving(
    storages: Sequence[str],
    tell: Tell,
    changes: int = 1_000,
    kills: int = 30,
    every: int = 1,
    direct: int = 100,
    seed: int = 1,
) -> Result:
    """Kills each change, carries out so many at random, and lets others be made at ACS itself.

    Args:
        storages: the connection strings of the storage accounts of this service.
        kills: of processes, among the changes at random.
        every: of so many points and endings of kills, one is tried: an odd number.
        direct: changes at ACS itself.
    """
    began = time.monotonic()
    figures, problems = dict[str, str](), list[str]()
    for part in (
        _killed(storages, tell, every, seed),
        _together(storages, tell, changes, kills, seed),
        _drifted(storages, tell, direct, seed),
    ):
        more, wrong = asyncio.run(part)
        figures |= more
        problems += wrong
    return Result(
        "Whatever happens between this service and ACS, in the end both have the same. Each change "
        "is there once, and once in the log, as that of who asked for it.",
        {**figures, "time": lasted(time.monotonic() - began)},
        problems,
    )


async def _killed(storages: Sequence[str], tell: Tell, every: int, seed: int) -> Found:
    with AcsInstance(storages[0]) as acs:
        sides = TwoSides(acs, storages)
        tell("changes that are killed")
        kills = await killed_everywhere(sides, every, seed)
        await sides.settle()
        sight = await sides.look()
    counts = Counter(kill.change.name for kill in kills)
    told = ", ".join(f"{name} {count}" for name, count in counts.items())
    return {"changes that were killed": f"{len(kills):,}: {told}"}, [
        *(problem for kill in kills for problem in kill.problems(sight)),
        *sight.problems(),
    ]


async def _together(
    storages: Sequence[str], tell: Tell, changes: int, kills: int, seed: int
) -> Found:
    with AcsInstance(storages[0]) as acs:
        sides = TwoSides(acs, storages)
        together = Together(sides, seed, kills)
        tell(f"{changes:,} changes at random")
        await together.run(changes)
        await sides.settle()
        problems = list(together.problems(await sides.look()))
        faults = Counter(fault.name for fault in acs.met)
    statuses = together.statuses
    answers = ", ".join(
        f"{count:,} x {status}" for status, count in sorted(statuses.items()) if status
    )
    return {
        "changes at random": f"{changes:,}, by {CLIENTS} clients through {PROCESSES} processes",
        "their answers": f"{answers}; failed to the last try {statuses[0]:,}",
        "faults of ACS": ", ".join(f"{name} {count:,}" for name, count in sorted(faults.items())),
        "processes killed": f"{together.killed:,}",
    }, problems


async def _drifted(storages: Sequence[str], tell: Tell, direct: int, seed: int) -> Found:
    with AcsInstance(storages[0]) as acs:
        sides = TwoSides(acs, storages, limits=LIMITS_OF_DRIFT)
        drift = Drift(sides, seed)
        tell(f"{direct:,} changes at ACS itself")
        await drift.run(direct, rounds=max(direct // CHANGES_IN_A_ROUND, 1))
        await sides.settle()
        problems = list(drift.problems(await sides.look()))
    told = ", ".join(f"{name} {count:,}" for name, count in drift.direct.items())
    return {"changes at ACS itself": f"{direct:,}: {told}; as many through this service"}, problems
