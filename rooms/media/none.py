"""No media plane: people join elsewhere, and only events tell of their calls."""

from rooms.domain.connection import CarriedCall, Connection
from rooms.domain.media_check import ServerState
from rooms.domain.room import Room
from rooms.domain.roster import Role
from rooms.media.carrier import Joining, WayIn
from rooms.media.errors import NoMediaPlane


class NoCarrier:
    """Carries nothing. `carrier.Carrier` says what each method is for."""

    lacks: frozenset[str] = frozenset()
    lets_in = False

    async def way_in(self, room: Room, joining: Joining) -> WayIn:
        raise NoMediaPlane

    async def call(self, room_id: str) -> CarriedCall | None:
        return None

    def holder_of(self, token: str) -> None:
        return None

    async def calls(self) -> list[CarriedCall]:
        return []

    async def connections(self, room_id: str) -> list[Connection]:
        return []

    async def set_role(self, room_id: str, identity: str, role: Role) -> bool:
        raise NoMediaPlane

    async def mute(self, room_id: str, identity: str) -> None:
        raise NoMediaPlane

    async def remove(self, room_id: str, identity: str) -> bool:
        raise NoMediaPlane

    async def end(self, room_id: str) -> bool:
        raise NoMediaPlane

    async def state(self) -> ServerState:
        raise NoMediaPlane

    async def probe(self) -> str:
        raise NoMediaPlane

    async def close(self) -> None:
        pass
