"""Why digits are not moved.

GrowthError
├── Held            another run moves digits
├── TakenOver       another run has taken over
├── Unsure          it is not known what became of a write
├── AccountRefused  an account has a table of another deployment
├── FirstPassOpen   upkeep has not looked at all rows yet
└── ErasureOpen     the erasure of a person is not over
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


class Unsure(GrowthError):
    """It is not known what became of a write of this run, or of one before: it must look."""


class AccountRefused(GrowthError):
    """The table in this account is of another deployment, or of another program."""

    def __init__(self, account: int) -> None:
        super().__init__(account)
        self.account = account


class FirstPassOpen(GrowthError):
    """Upkeep has not looked yet at all rows that an earlier version wrote."""


class ErasureOpen(GrowthError):
    """The erasure of a person is not over."""
