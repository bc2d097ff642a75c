"""The app and its livekit-server, asked from coroutines."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from aiohttp import ClientSession

from rooms.domain.limits import Limits
from rooms.media.livekit.client import LiveKitApi
from rooms.media.signed_json import claims_of, signed
from rooms.settings.media import MediaServer, read_media
from testkit.call_client import CallClient, joined
from testkit.insight import Insight
from testkit.livekit_server import AppWithCalls
from testkit.raw import Raw
from testkit.raw_http import Answer
from testkit.waiting import HANG_SECONDS

ONE_LOOP = pytest.mark.asyncio(loop_scope="session")
"""For tests with Python clients: their library hangs in a second event loop of a process."""

TIMER = "/admin/functions/media"
"""Runs the timer of the calls now."""


@dataclass(frozen=True, slots=True)
class Seat:
    """A device in a call, with the token that it joined with."""

    who: str
    device: str
    token: str
    client: CallClient

    @property
    def identity(self) -> str:
        """What the server calls it."""
        return f"{self.who}#{self.device}"


class Service:
    """One app and its server."""

    def __init__(self, running: AppWithCalls) -> None:
        self.running = running
        self._insight = Insight(running.app, running.app.manage_key)
        self._raw = Raw(running.app.http, running.app.manage_key)
        server = read_media(running.livekit.settings)
        assert server is not None
        self.server: MediaServer = server

    async def send(self, method: str, path: str, body: object = None) -> Answer:
        """Sends a request with the key as it is."""
        return await asyncio.to_thread(self._insight.send, method, path, body)

    async def json(self, path: str) -> Any:
        """Returns the body of an answer, which must be 200."""
        return await asyncio.to_thread(self._insight.json, path)

    async def log(self, room_id: str, kind: str) -> list[dict[str, Any]]:
        """Returns the records of a kind in a room's log, the newest first."""
        return await asyncio.to_thread(self._insight.all, f"/rooms/{room_id}/log?kind={kind}")

    async def new_room(self, people: Mapping[str, str]) -> str:
        """Returns the id of a room for these people, in these roles."""
        body = {"participants": {who: {"role": role} for who, role in people.items()}}
        room = await asyncio.to_thread(self._raw.new_room, body)
        room_id: str = room["id"]
        return room_id

    async def patch_people(self, room_id: str, people: Mapping[str, str | None]) -> None:
        """Changes the roster as the SDKs do: None removes."""
        body = {
            "participants": {who: role and {"role": role} for who, role in people.items()},
        }
        answer = await asyncio.to_thread(self._raw.patch, f"/rooms/{room_id}/participants", body)
        assert answer.status == 200, answer

    async def patch_room(self, room_id: str, body: object) -> None:
        """Changes a room as the SDKs do."""
        answer = await asyncio.to_thread(self._raw.patch, f"/rooms/{room_id}", body)
        assert answer.status == 200, answer

    async def delete_room(self, room_id: str) -> None:
        """Deletes a room as the SDKs do."""
        answer = await asyncio.to_thread(self._raw.send, "DELETE", f"/rooms/{room_id}")
        assert answer.status == 204, answer

    async def admission(self, room_id: str, who: str, device: str = "tab") -> Answer:
        """Asks for admission."""
        body = {"rawId": who, "device": device}
        return await self.send("POST", f"/rooms/{room_id}/admission", body)

    async def token(self, room_id: str, who: str, device: str = "tab") -> str:
        """Returns the token of somebody who is admitted."""
        answer = await self.admission(room_id, who, device)
        assert answer.status == 200, answer
        token: str = answer.json()["media"]["token"]
        return token

    async def join(
        self, room_id: str, who: str, device: str = "tab", *, watches: bool = False
    ) -> Seat:
        """Asks for admission, and joins."""
        token = await self.token(room_id, who, device)
        client = await joined(self.server.url, token, watches=watches)
        return Seat(who, device, token, client)

    def renewed(self, token: str) -> str:
        """Returns the token that whoever joined with `token` has, too: the server gives each client
        another one, good for ten minutes."""
        claims = claims_of(token, self.server.keys)
        return signed(self.server.keys[0], claims | {"exp": int(time.time()) + 600})

    async def run_timer(self) -> None:
        """Starts a run of the timer, and does not wait for its end."""
        body = b"{}"
        answer = await asyncio.to_thread(
            self.running.app.devhost.request,
            "POST",
            TIMER,
            "Content-Type: application/json",
            body=body,
        )
        assert answer.status == 202, answer

    async def people(self, room_id: str) -> dict[str, dict[str, Any]]:
        """Returns the participants that the server has in a room, by identity."""
        answer = await self.call_api("ListParticipants", {"room": room_id})
        return {each["identity"]: each for each in answer["participants"]}

    async def call_api(self, method: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Calls a method of the server with the key of the service."""
        api = LiveKitApi(self.server, Limits(media_seconds=HANG_SECONDS))
        try:
            answer = await api.call(method, body, roomAdmin=True, room=body.get("room"))
        finally:
            await api.close()
        assert answer is not None, method
        return answer

    async def status_with(self, token: str, method: str, body: Mapping[str, Any]) -> int:
        """Returns what the server's API answers to somebody with this token."""
        url = f"{self.server.api}/twirp/livekit.RoomService/{method}"
        headers = {"Authorization": f"Bearer {token}"}
        async with (
            ClientSession() as session,
            session.post(url, json=body, headers=headers) as answer,
        ):
            return answer.status

    async def status_of_joining(self, token: str) -> int:
        """Returns what the server answers to somebody who would join with this token."""
        url, query = f"{self.server.api}/rtc/validate", {"access_token": token}
        async with ClientSession() as session, session.get(url, params=query) as answer:
            return answer.status


async def eventually(true: Callable[[], Awaitable[object]]) -> None:
    """Waits until `true` returns something true. Raises AssertionError if that hangs."""
    deadline = time.monotonic() + HANG_SECONDS
    while not await true():
        assert time.monotonic() < deadline, f"This has not become true in {HANG_SECONDS} s."
        await asyncio.sleep(0.05)


async def seen(true: Callable[[], object]) -> None:
    """Waits until `true`, which asks nobody, returns something true."""

    async def now() -> object:
        return true()

    await eventually(now)
