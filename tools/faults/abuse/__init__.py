"""Abuse: what one participant, a storage that refuses, a wrong clock or a wrong name of the table
can do.

The service answers for everybody else, and never what it does not know.
"""

import time
from collections.abc import Sequence
from pathlib import Path

from faults.abuse import storage, storms
from faults.result import Result, Tell, lasted


def abuse(
    storages: Sequence[str],
    folder: Path,
    tell: Tell,
    rejoins: int = 10_000,
    calls: int = 2_000,
) -> Result:
    """Abuses one app after the other.

    Args:
        storages: the connection strings of the storage accounts.
        folder: for the logs of the apps.
        rejoins: of one person in a call.
        calls: of one room in an hour.
    """
    began, problems = time.monotonic(), list[str]()
    tell(f"a person who rejoins {rejoins:,} times")
    problems += storms.rejoins(storages, folder / "rejoins", rejoins)
    tell(f"{calls:,} calls of a room in an hour")
    problems += storms.calls(storages, folder / "calls", calls)
    tell("a storage that has too much to do")
    problems += storage.throttled(storages, folder / "throttled")
    tell("a wrong clock")
    problems += storage.wrong_clock(storages, folder / "clock")
    tell("a missing table")
    problems += storage.missing_table(storages, folder / "table")
    return Result(
        "Whatever one participant does, every answer about the room is complete, or says that it "
        "is not, and other rooms are answered. A storage that refuses is left alone. With a wrong "
        "clock, or without its table, the service changes nothing and says why.",
        {
            "rejoins of one person in a call": f"{rejoins:,}",
            "calls of one room in an hour": f"{calls:,}",
            "time": lasted(time.monotonic() - began),
        },
        problems,
    )
