"""What is stored of a room, beside what its log says of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rooms.domain.details import Details
from rooms.domain.log_details import LoggedRoom
from rooms.domain.time import Ticks
from rooms_cli.check.contents import InForce, Record, RoomState


@dataclass(frozen=True, slots=True)
class Story:
    """What is stored of a room, and what its log says of it."""

    state: RoomState
    details: Details | None
    rosters: Mapping[Ticks, InForce]
    """Rosters and policies, by when each came into force, the oldest first."""
    changes: Sequence[Record]
    """The oldest first."""
    kept: Ticks
    """What is older may have been removed: log records, and rosters but the newest of these."""

    @property
    def certain(self) -> Ticks:
        """None of the log records since then have been removed."""
        return min(self.kept, self.state.changed_at)

    @property
    def begins(self) -> bool:
        """Whether nothing of the room can have been removed."""
        return self.state.room.created_at >= self.kept

    @property
    def kept_rosters(self) -> Sequence[InForce]:
        """Those that upkeep may not be about to remove: people find the room by them."""
        old = [at for at in self.rosters if at < self.kept]
        in_force = old[-1] if old else 0
        return [roster for at, roster in self.rosters.items() if at >= in_force]

    @property
    def goes(self) -> bool:
        """Whether upkeep may be about to remove the room: first its rosters."""
        return self.state.deleted and self.state.changed_at < self.kept


def logged_room(logged: Mapping[str, Any]) -> Mapping[str, Any]:
    """The room in a log record. Records from before open rooms have no policy."""
    room = {name: value for name, value in logged.items() if name in LoggedRoom.__annotations__}
    return {"roomJoinPolicy": "InviteOnly"} | room
