"""The port to the media plane: what a carrier does for the call of a room."""

import re
from dataclasses import dataclass, field
from typing import Protocol

from rooms.domain.connection import CarriedCall, Connection
from rooms.domain.in_call import Participant
from rooms.domain.media_check import ServerState
from rooms.domain.roster import Role
from rooms.domain.time import Ticks

DEVICE = re.compile(r"[A-Za-z0-9_-]{1,32}")
"""What tells apart the devices of a person."""


@dataclass(frozen=True, slots=True)
class Joining:
    """Somebody who was admitted, with the device that they join with."""

    raw_id: str
    device: str
    role: Role
    display_name: str | None = None


@dataclass(frozen=True, slots=True)
class WayIn:
    """Where an admitted person connects, and the token that lets them in until `expires_at`."""

    url: str
    token: str = field(repr=False)
    expires_at: Ticks


class Carrier(Protocol):
    """A media plane. It has no state of its own: the media server has it.

    All that it asks of the server raises MediaUnavailable or MediaRefusesUs, and takes at most
    `Limits.media_seconds`.
    """

    lacks: frozenset[str]
    """The capabilities that nobody has in its calls."""
    lets_in: bool
    """Whether people need a way in from us."""

    async def provision(self, room_id: str) -> None:
        """Makes the server ready for the call of a room. Changes nothing if it is. Another
        deployment's call of a room with this id is none for us: MediaUnavailable."""
        ...

    def way_in(self, room_id: str, joining: Joining) -> WayIn:
        """Returns how an admitted person gets in."""
        ...

    def holder_of(self, token: str) -> Participant | None:
        """Returns whom a token lets in, or None if this service, or the media server, did not make
        it. Its times are not checked: the server renews it, and it says only who somebody is."""
        ...

    async def call(self, room_id: str) -> CarriedCall | None:
        """Returns the call that the server has of a room of this deployment, or None."""
        ...

    async def calls(self) -> list[CarriedCall]:
        """Returns the calls of this deployment that the server has."""
        ...

    async def connections(self, room_id: str) -> list[Connection]:
        """Returns who is in the call of a room: nobody if it has none."""
        ...

    async def set_role(self, room_id: str, identity: str, role: Role) -> bool:
        """Gives a device the rights of a role. Returns whether it was there."""
        ...

    async def mute(self, room_id: str, identity: str) -> None:
        """Mutes the microphones of a device. Does nothing if it is gone."""
        ...

    async def remove(self, room_id: str, identity: str) -> bool:
        """Removes a device from the call. Returns whether it was there."""
        ...

    async def end(self, room_id: str) -> bool:
        """Ends the call: everybody is out, and no earlier token lets anybody in. Returns whether
        there was a call."""
        ...

    async def state(self) -> ServerState:
        """Returns what the server tells of itself. Raises nothing."""
        ...

    async def probe(self) -> str:
        """Makes a call that nobody joins, and ends it. Returns its name, which the events of its
        start and end have."""
        ...

    async def close(self) -> None:
        """Closes the connections to the server."""
        ...
