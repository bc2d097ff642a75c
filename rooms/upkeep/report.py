"""What a run of upkeep did, in a line."""

from collections import Counter
from dataclasses import dataclass, field

from rooms.domain.time import DAY, Ticks


@dataclass(slots=True)
class Report:
    """What a run did in so many `partitions`. `done` counts those that rest now, `unavailable`
    those that the storage did not let go on.

    `overdue`: since when, at most, the oldest thing that is there should be gone; 0 if all is done.
    """

    partitions: int = 0
    looked_at: set[str] = field(default_factory=set)
    removed: Counter[str] = field(default_factory=Counter)
    done: int = 0
    unavailable: int = 0
    overdue: Ticks = 0

    @property
    def rooms(self) -> int:
        """Returns how many rooms were looked at."""
        return len(self.looked_at)

    def __str__(self) -> str:
        counted = sorted((what, count) for what, count in self.removed.items() if count)
        removed = ", ".join(
            f"{count:,} {what.removesuffix('s') if count == 1 else what}" for what, count in counted
        )
        unavailable = (
            f", {self.unavailable} left as the storage is not available" if self.unavailable else ""
        )
        return (
            f"looked at {self.rooms:,} rooms; removed {removed or 'nothing'}; "
            f"{self.done} of {self.partitions} partitions done{unavailable}{self._overdue()}"
        )

    def _overdue(self) -> str:
        if self.overdue:
            return f"; oldest overdue {self.overdue / DAY:.1f} days"
        return "" if self.unavailable else "; nothing overdue"
