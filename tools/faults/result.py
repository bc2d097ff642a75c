"""What a part of `make faults` has to say."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

type Tell = Callable[[str], None]
"""Takes a line of progress."""


@dataclass(frozen=True, slots=True)
class Result:
    """One part's outcome."""

    holds: str
    """What must hold, in a sentence."""
    figures: Mapping[str, str]
    """What was done and measured, as people read it, in order."""
    problems: Sequence[str]
    """What did not hold; none if all did."""


def lasted(seconds: float) -> str:
    """How long something took, as people read it."""
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"
