"""Why digits are not moved.

GrowthError
├── Held         another run moves digits
├── TakenOver    another run has taken over
└── ErasureOpen  the erasure of a person is not over
"""

from rooms.domain.time import Ticks
from rooms.storage.entities import stored_time


class GrowthError(Exception):
    """Base of the errors of this package."""


class Held(GrowthError):
    """Another run moves digits, until `until` at least."""

    def __init__(self, until: Ticks) -> None:
        super().__init__(stored_time(until))
        self.until = until


class TakenOver(GrowthError):
    """Another run has taken over, as this one seemed to be dead."""


class ErasureOpen(GrowthError):
    """The erasure of a person is not over."""
