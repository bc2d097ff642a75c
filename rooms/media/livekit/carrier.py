"""LiveKit as the carrier of calls: a room of ours is a room there, by its id.

The server must not make rooms by itself (`auto_create: false`): an earlier token would open a call
that was ended. `metadata` of a room says which deployment made it: others on the same server are
left alone. A table that was copied has the ids of rooms whose calls may be another deployment's.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from typing import Any

from rooms.domain.connection import CarriedCall, Connection
from rooms.domain.events import is_call_room_id
from rooms.domain.in_call import Participant
from rooms.domain.limits import LIMITS, Limits
from rooms.domain.media_check import ServerState
from rooms.domain.room import Room
from rooms.domain.roster import Role
from rooms.domain.time import SECOND, Ticks, from_unix_milliseconds, unix_seconds
from rooms.log_text import escaped
from rooms.media.carrier import Joining, WayIn
from rooms.media.errors import MediaRefusesUs, MediaUnavailable
from rooms.media.livekit import grants
from rooms.media.livekit.client import LiveKitApi
from rooms.media.livekit.identity import identity_of, raw_id_of
from rooms.media.livekit.probe import NO_ROOM, new_probe
from rooms.media.signed_json import InvalidToken, claims_of, signed
from rooms.settings.media import ApiKey, MediaServer
from rooms.storage.single_flight import SingleFlight

_log = logging.getLogger(__name__)

_EMPTY_SECONDS = 120
"""How long a room waits for the first person."""

_DEPARTURE_SECONDS = 20
"""How long a room waits for somebody to come back after the last one has left."""


class LiveKit:
    """One LiveKit server. `carrier.Carrier` says what each method is for."""

    lacks = grants.LACKS
    lets_in = True

    def __init__(
        self,
        server: MediaServer,
        deployment: str,
        clock: Callable[[], Ticks],
        limits: Limits = LIMITS,
    ) -> None:
        self._server = server
        self._mark = mark_of(deployment)
        self._clock = clock
        self._api = LiveKitApi(server, limits)
        self._creations = SingleFlight(self._create_room)

    async def provision(self, room_id: str) -> None:
        """Makes the server ready for the call of a room. Changes nothing if it is. Another
        deployment's call of a room with this id is none for us: MediaUnavailable."""
        await self._creations.get(room_id)

    async def way_in(self, room: Room, joining: Joining) -> WayIn:
        await self.provision(room.id)
        return self.sign(room.id, joining)

    def sign(self, room_id: str, joining: Joining) -> WayIn:
        """Returns the way into the call of a room for which the server is ready."""
        seconds, now = self._server.token_seconds, self._clock()
        claims = {
            "sub": identity_of(joining.raw_id, joining.device),
            "name": joining.display_name or "",
            "attributes": {"role": joining.role},
            "exp": unix_seconds(now) + seconds,
            "video": {"roomJoin": True, "room": room_id} | grants.in_token(joining.role),
        }
        token = signed(self._server.keys[0], claims)
        return WayIn(self._server.url, token, now + seconds * SECOND)

    def holder_of(self, token: str) -> Participant | None:
        try:
            claims = claims_of(token, self._server.keys)
        except InvalidToken:
            return None
        return _participant(claims)

    async def call(self, room_id: str) -> CarriedCall | None:
        return next(iter(await self._calls(names=[room_id])), None)

    async def calls(self) -> list[CarriedCall]:
        return await self._calls()

    async def _calls(self, **only: Any) -> list[CarriedCall]:
        """Returns calls of rooms of ours. Those of checks have no id of a room as their name."""
        answer = await self._api.call("ListRooms", only, roomList=True) or {}
        return [
            CarriedCall(
                room["name"],
                room["sid"],
                from_unix_milliseconds(int(room["creation_time_ms"])),
            )
            for room in answer.get("rooms", ())
            if room.get("metadata") == self._mark and is_call_room_id(room["name"])
        ]

    async def connections(self, room_id: str) -> list[Connection]:
        answer = await self._call("ListParticipants", room_id) or {}
        found = (_connection(each) for each in answer.get("participants", ()))
        return [connection for connection in found if connection is not None]

    async def set_role(self, room_id: str, identity: str, role: Role) -> bool:
        change = {"attributes": {"role": role}, "permission": grants.as_permission(role)}
        answer = await self._call("UpdateParticipant", room_id, identity=identity, **change)
        return answer is not None

    async def mute(self, room_id: str, identity: str) -> None:
        found = await self._call("GetParticipant", room_id, identity=identity) or {}
        await asyncio.gather(
            *(
                self._call(
                    "MutePublishedTrack",
                    room_id,
                    identity=identity,
                    track_sid=track["sid"],
                    muted=True,
                )
                for track in found.get("tracks", ())
                if track.get("source") == "MICROPHONE" and not track.get("muted")
            )
        )

    async def remove(self, room_id: str, identity: str) -> bool:
        return await self._call("RemoveParticipant", room_id, identity=identity) is not None

    async def end(self, room_id: str) -> bool:
        return await self._api.call("DeleteRoom", {"room": room_id}, roomCreate=True) is not None

    async def state(self) -> ServerState:
        try:
            await self._calls()
            refused = [key.name for key in self._server.keys[1:] if not await self._takes(key)]
            return ServerState("answers", tuple(refused), await self._makes_rooms())
        except MediaRefusesUs:
            return ServerState("refuses")
        except MediaUnavailable:
            return ServerState("silent")

    async def probe(self) -> str:
        name = new_probe()
        await self.provision(name)
        await self.end(name)
        return name

    async def _takes(self, key: ApiKey) -> bool:
        try:
            await self._api.call("ListRooms", {}, key, roomList=True)
        except MediaRefusesUs:
            return False
        return True

    async def _makes_rooms(self) -> bool | None:
        """Returns whether somebody could join a room that is not there; None if the answer is none
        of the two that are known."""
        status, text = await self._api.validate("check", roomJoin=True, room=NO_ROOM)
        if status == 404 and "room does not exist" in text:
            return False
        return True if status == 200 else None

    async def close(self) -> None:
        await self._api.close()

    async def _create_room(self, room_id: str) -> None:
        room = {
            "name": room_id,
            "emptyTimeout": _EMPTY_SECONDS,
            "departureTimeout": _DEPARTURE_SECONDS,
            "metadata": self._mark,
        }
        made = await self._api.call("CreateRoom", room, roomCreate=True) or {}
        mark = made.get("metadata")
        if not mark:  # a server with auto_create opened it, for an earlier token
            await self._call("UpdateRoomMetadata", room_id, metadata=self._mark)
        elif mark != self._mark:
            _log.error("media: the call of room %s is another deployment's", escaped(room_id))
            raise MediaUnavailable

    async def _call(self, method: str, room_id: str, **body: Any) -> dict[str, Any] | None:
        return await self._api.call(method, {"room": room_id, **body}, roomAdmin=True, room=room_id)


def mark_of(deployment: str) -> str:
    """Returns what the rooms of a deployment have as metadata."""
    return f"anteroom:{deployment}"


def _participant(claims: Mapping[str, Any]) -> Participant | None:
    """Returns whom the claims of a token let in. Keys of the server sign other things, too."""
    video, identity = claims.get("video"), claims.get("sub")
    if not (isinstance(video, dict) and isinstance(identity, str)):
        return None
    room_id, raw_id = video.get("room"), raw_id_of(identity)
    if video.get("roomJoin") is not True or not isinstance(room_id, str) or raw_id is None:
        return None
    return Participant(room_id, identity, raw_id)


def _connection(participant: Mapping[str, Any]) -> Connection | None:
    """Returns a participant of the API as a connection, or None if it is no device of a person."""
    raw_id = raw_id_of(participant["identity"])
    if raw_id is None or participant.get("state") != "ACTIVE":
        return None
    return Connection(
        identity=participant["identity"],
        participant_id=participant["sid"],
        raw_id=raw_id,
        display_name=participant.get("name") or None,
        role=participant.get("attributes", {}).get("role"),
        joined_at=from_unix_milliseconds(int(participant["joined_at_ms"])),
    )
