"""Stands where a LiveKit server does: its API, tokens and webhooks, without any media.

People come and go by the methods of `LiveKitDouble`, which a test may call from any thread.
`tests/media` holds it to what livekit-server 1.13.5 does.
"""

import asyncio
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import Enum, auto
from typing import Self

from aiohttp import web

from rooms.media.signed_json import InvalidToken, claims_of
from rooms.settings.media import ApiKey
from testkit.livekit_api import ApiError, LiveKitMethods, refusal_of
from testkit.livekit_state import (
    SOURCES,
    Json,
    Participant,
    Room,
    Stay,
    Track,
    granted,
    in_snake_case,
    in_webhook,
)
from testkit.livekit_webhooks import Webhooks
from testkit.loop_thread import LoopThread
from testkit.serving import serve
from testkit.waiting import until

LEEWAY = 60
"""Seconds by which the times of a token may be off."""


class ApiFault(Enum):
    """What becomes of a request to the API."""

    DOWN = auto()
    """The connection is cut; nothing is carried out."""
    FAILS = auto()
    """Answered with 500; nothing is carried out."""
    REFUSES = auto()
    """Answered with 401 and the token in plain text; nothing is carried out."""
    SLOW = auto()
    """Carried out, and answered only when nobody waits for the answer any longer."""


class NotLetIn(Exception):
    """The server does not let a client join. `status` is what it answers."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(f"{status} {text}")
        self.status = status


@dataclass
class LiveKitDouble:
    """A server on a free port; use it as a context manager.

    `api` is asked for each request, by its method, for a fault. `webhooks` delivers events, to
    `webhooks.url`: all of them, as a server without a filter does.
    """

    clock: Callable[[], float] = time.time
    key: ApiKey = field(
        default_factory=lambda: ApiKey("devkey", secrets.token_urlsafe(32).encode())
    )
    older_keys: tuple[ApiKey, ...] = ()
    """Keys that it takes beside `key`, as during a rotation."""
    api: Callable[[str], ApiFault | None] = lambda _method: None
    tells_all_rooms: bool = True
    """Whether ListRooms without names is answered: else the app's timer does nothing."""
    rooms: dict[str, Room] = field(default_factory=dict)
    """What it has now, by name."""
    stays: list[Stay] = field(default_factory=list)
    """Who was in which call, from when to when: the truth that attendance is compared with."""
    asked: list[tuple[str, Json]] = field(default_factory=list)
    """The requests of the API that it has answered, without those that met a fault."""

    @property
    def settings(self) -> dict[str, str]:
        """Returns the settings of an app that uses it."""
        return {
            "ROOMS_MEDIA_URL": f"ws://127.0.0.1:{self.port}",
            f"ROOMS_MEDIA_KEY__{self.key.name}": self.key.secret.decode(),
        }

    def join(self, token: str, kind: str = "STANDARD") -> Participant:
        """Connects with a token, as a client does whose media gets through. Raises NotLetIn."""
        return self._loop.call(lambda: self._join(token, kind))

    def abort(self, token: str, reason: str = "SIGNAL_CLOSE") -> None:
        """Connects with a token, and media never gets through. Raises NotLetIn."""

        def connect() -> None:
            room, participant = self._let_in(token, "STANDARD")
            gone = replace(participant, state="DISCONNECTED", reason=reason)
            self._tell(room, "participant_connection_aborted", gone)

        self._loop.call(connect)

    def leave(self, room: str, identity: str, reason: str = "CLIENT_INITIATED") -> None:
        """Disconnects a device: its client did so, or `reason` says why."""
        self._loop.call(lambda: self._leave(self.rooms[room], identity, reason))

    def publish(self, room: str, identity: str, source: str) -> Track:
        """Publishes a track. Raises PermissionError if the device may not."""
        assert source in SOURCES, source
        return self._loop.call(lambda: self._publish(self.rooms[room], identity, source))

    def time_out(self, room: str) -> None:
        """Ends a room that has been empty for as long as it waits for people."""
        assert not self.rooms[room].people
        self._loop.call(lambda: self._end(room))

    def kill(self) -> None:
        """Loses all rooms, and all that is still to be told, as after `kill -9`. It is up again at
        once."""

        def lose() -> None:
            for room in self.rooms.values():
                for participant in room.people.values():
                    self._left(participant)
            self.rooms.clear()
            self.webhooks.forget_queues()

        self._loop.call(lose)

    def release(self) -> None:
        """Sends the webhooks that are late."""
        self._loop.call(self.webhooks.release)

    def settle(self) -> None:
        """Waits until all webhooks are delivered, or lost. Not for the event loop of the app."""
        until(lambda: self.webhooks.pending == 0)

    def __enter__(self) -> Self:
        self._loop = LoopThread()
        self.webhooks = Webhooks(self.key, self.clock)
        self._loop.run(self._start())
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.run(self._stop())
        self._loop.close()

    async def _start(self) -> None:
        self._stopped = asyncio.Event()
        app = web.Application()
        app.router.add_post("/twirp/livekit.RoomService/{method}", self._answer)
        app.router.add_get("/rtc/validate", self._validate)
        app.router.add_get("/", _answers)
        self._runner, self.port = await serve(app)

    async def _stop(self) -> None:
        self._stopped.set()
        await self.webhooks.close()
        await self._runner.cleanup()

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        fault = self.api(method)
        if fault is ApiFault.DOWN:
            return _cut(request)
        if fault is ApiFault.FAILS:
            return web.json_response({"code": "internal", "msg": "of the test"}, status=500)
        if fault is ApiFault.REFUSES:
            return web.Response(status=401, text=f"invalid token: {token}, error: of the test")
        try:
            claims = self._claims(token) if token else {}
            body = in_snake_case(await request.json())
            if method == "ListRooms" and not body.get("names") and not self.tells_all_rooms:
                raise ApiError(503, "unavailable", "twirp error unknown: of the test")
            methods = LiveKitMethods(self.rooms, self.clock, self._tell, self._leave, self._end)
            content = methods.call(method, body, claims.get("video", {}))
            self.asked.append((method, body))
        except NotLetIn as error:
            return web.Response(status=error.status, text=str(error).partition(" ")[2])
        except ApiError as error:
            return web.json_response({"code": error.code, "msg": error.text}, status=error.status)
        if fault is ApiFault.SLOW:
            await self._until_nobody_waits(request)
            return _cut(request)
        return web.json_response(content)

    async def _validate(self, request: web.Request) -> web.Response:
        """Answers what the server would to a client that joins with this token."""
        try:
            header = request.headers.get("Authorization", "").removeprefix("Bearer ")
            self._admit(header or request.query.get("access_token", ""))
        except NotLetIn as error:
            return web.Response(status=error.status, text=str(error).partition(" ")[2])
        return web.Response(text="success")

    async def _until_nobody_waits(self, request: web.Request) -> None:
        while request.transport is not None and not self._stopped.is_set():  # noqa: ASYNC110
            await asyncio.sleep(0.01)  # aiohttp tells nobody that a connection is gone

    def _claims(self, token: str) -> Json:
        try:
            claims = claims_of(token, (self.key, *self.older_keys))
        except InvalidToken:
            raise NotLetIn(401, f"invalid token: {token}, error: of its signature") from None
        now = self.clock()
        if claims.get("exp", now) < now - LEEWAY or claims.get("nbf", now) > now + LEEWAY:
            raise NotLetIn(401, f"invalid token: {token}, error: of its time")
        return claims

    def _admit(self, token: str) -> tuple[Room, Json]:
        claims = self._claims(token)
        if refusal := refusal_of(claims, self.rooms):
            raise NotLetIn(*refusal)
        return self.rooms[claims["video"]["room"]], claims

    def _let_in(self, token: str, kind: str) -> tuple[Room, Participant]:
        room, claims = self._admit(token)
        participant = Participant(
            identity=claims["sub"],
            name=claims.get("name", ""),
            attributes=dict(claims.get("attributes", {})),
            permission=granted(claims["video"]),
            joined_ms=int(self.clock() * 1000),
            kind=kind,
        )
        return room, participant

    def _join(self, token: str, kind: str) -> Participant:
        room, participant = self._let_in(token, kind)
        if participant.identity in room.people:
            self._leave(room, participant.identity, "DUPLICATE_IDENTITY")
        room.people[participant.identity] = participant
        self.stays.append(
            Stay(
                room.sid,
                room.name,
                participant.identity,
                participant.sid,
                participant.joined_ms,
            )
        )
        self._tell(room, "participant_joined", participant)
        return participant

    def _leave(self, room: Room, identity: str, reason: str) -> None:
        participant = room.people.pop(identity)
        self._left(participant)
        gone = replace(participant, state="DISCONNECTED", reason=reason)
        self._tell(room, "participant_left", gone)

    def _left(self, participant: Participant) -> None:
        (stay,) = (each for each in self.stays if each.participant_id == participant.sid)
        stay.left_ms = int(self.clock() * 1000)

    def _publish(self, room: Room, identity: str, source: str) -> Track:
        participant = room.people[identity]
        if not participant.permission.allows(source):
            raise PermissionError(source)
        track = Track(source)
        participant.tracks.append(track)
        about = {
            "room": {"sid": room.sid, "name": room.name},
            "participant": {"sid": participant.sid, "identity": identity},
            "track": in_webhook(track.in_json()),
        }
        self.webhooks.tell(room.name, "track_published", about)
        return track

    def _end(self, name: str) -> None:
        room = self.rooms.pop(name)
        for identity in list(room.people):
            self._leave(room, identity, "ROOM_DELETED")
        self._tell(room, "room_finished")

    def _tell(self, room: Room, event: str, participant: Participant | None = None) -> None:
        about = {"room": in_webhook(room.in_json())}
        if participant is not None:
            about["participant"] = in_webhook(participant.with_its_room())
        self.webhooks.tell(room.name, event, about)


async def _answers(_: web.Request) -> web.Response:
    return web.Response(text="OK")


def _cut(request: web.Request) -> web.Response:
    if request.transport is not None:  # else the other side has cut it
        request.transport.abort()
    return web.Response()
