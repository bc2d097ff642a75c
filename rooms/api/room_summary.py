"""What an operation of ACS Rooms has to say in the operations log."""

from dataclasses import dataclass

from rooms.domain.room import Room
from rooms.domain.roster import Roster, RosterPatch


@dataclass(slots=True)
class RoomSummary:
    """What an operation knows of its room when it is over. The counts are of what was asked for:
    who was invited already counts as upserted. None: that is not known, or not of the operation."""

    room: Room | None = None
    roster: Roster | None = None
    added: int | None = None
    upserted: int | None = None
    removed: int | None = None

    def patched(self, patch: RosterPatch) -> None:
        """Counts a change of a roster."""
        self.removed = sum(role is None for role in patch.values())
        self.upserted = len(patch) - self.removed
