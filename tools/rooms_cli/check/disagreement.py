"""What is found."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Rows of a table that do not agree, or one that cannot be understood."""

    partition: str
    room: str
    """The room's id; "" if it is about none."""
    rows: tuple[str, ...]
    """The keys of the rows that it is about; the first one is that which is wrong, or missing."""
    what: str
    """A sentence."""
    advice: str
    """What can be done, in a sentence; "" if there is nothing to do but to find out how it came to
    that."""


class Tell(Protocol):
    """Takes what was found in the rows of one room, or of one event in quarantine."""

    def __call__(self, what: str, *rows: str, advice: str = "") -> None: ...
