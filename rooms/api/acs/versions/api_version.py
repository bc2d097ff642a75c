"""What an api-version consists of."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from rooms.api.body import Body
from rooms.domain.room import Room, RoomChange
from rooms.domain.roster import Roster
from rooms.domain.time import Ticks
from rooms.storage.edits import PatchOf


class RoomBody(Body, ABC):
    """The body of POST /rooms, or of PATCH /rooms/{id}."""

    @property
    @abstractmethod
    def change(self) -> RoomChange:
        """What the body sets."""


class CreateBody(RoomBody):
    """The body of POST /rooms."""

    @property
    @abstractmethod
    def roster(self) -> Roster:
        """The people whom the body invites."""


class UpdateBody(RoomBody):
    """The body of PATCH /rooms/{id}."""

    def check(self, before: Room, after: Room, now: Ticks) -> None:
        """Checks what the version does not allow of every change. Raises DomainError."""

    def people(self) -> Collection[str]:
        """Returns the raw ids that the body names."""
        return ()

    @property
    def roster_change(self) -> PatchOf | None:
        """What the body changes of a roster, or None: nothing."""
        return None


@dataclass(frozen=True, slots=True)
class ApiVersion:
    """An api-version of Rooms."""

    name: str
    operations: frozenset[str]
    """The names of the routes that it has."""
    create: type[CreateBody]
    update: type[UpdateBody]
    room: Callable[[Room, Roster], Mapping[str, Any]]
    """Returns the answer to GET /rooms/{id}, and a room in a list."""
    changed_room: Callable[[Room, Roster], Mapping[str, Any]]
    """Returns the answer to a create or an update."""
    participants: Callable[[Roster], Mapping[str, Any]]
    """Returns the answer to GET /rooms/{id}/participants."""
    supported: str
    """The header api-supported-versions."""
    supported_by_participants: str
    """The same on routes of participants."""
    rooms_have_rosters: bool = False
    """Whether the answer to GET /rooms/{id} has the roster."""
    deletes_again: bool = False
    """Whether the delete of a deleted room succeeds."""
