"""What a run that moves digits says of itself."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

type Doing = Literal[
    "preparing", "copying", "closing", "frozen", "moved", "taken back", "waiting", "removing"
]
"""What is done with digits. `preparing`: until all processes know that the digit moves. `waiting`:
until nobody reads any more what is to be removed."""


@dataclass(slots=True)
class Counts:
    """What has been done: rows that were read, copied and removed."""

    read: int = 0
    copied: int = 0
    removed: int = 0


@dataclass(frozen=True, slots=True)
class Progress:
    """What is done now with which digits, of which account or from which to which.

    `refused_seconds`: for how long changes of a digit that has moved were refused.
    """

    doing: Doing
    digits: str
    accounts: Sequence[int]
    counts: Counts
    refused_seconds: float | None = None


type Tell = Callable[[Progress], None]
