"""The port to what carries calls: how people get in, and what is done to those who are in."""

import re
from dataclasses import dataclass, field
from typing import Protocol

from rooms.domain.connection import CarriedCall, Connection
from rooms.domain.in_call import Participant
from rooms.domain.media_check import ServerState
from rooms.domain.room import Room
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


@dataclass(frozen=True, slots=True)
class AcsToken:
    """A token of ACS. With it a person joins the rooms that invite them until `expires_at`, each by
    its id, with ACS's calling SDK."""

    token: str = field(repr=False)
    expires_at: Ticks


class Entry(Protocol):
    """How people get into the calls of rooms."""

    lacks: frozenset[str]
    """The capabilities that nobody has in these calls."""
    lets_in: bool
    """Whether people need a way in from us. Else they get one only if it is asked for."""

    async def way_in(self, room: Room, joining: Joining) -> WayIn | AcsToken:
        """Returns how an admitted person gets in, once what carries the call is ready for them.
        Changes nothing that another way in could not change again.

        Raises:
            NoMediaPlane, CallsAtAcs: there is no way in from us.
            OtherResource: ACS does not know the person.
            MediaError, AcsError: what carries the call does not answer, or refuses.
        """
        ...


class Carrier(Entry, Protocol):
    """A media plane. It has no state of its own: the media server has it.

    All that it asks of the server raises MediaUnavailable or MediaRefusesUs, and takes at most
    `Limits.media_seconds`.
    """

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
