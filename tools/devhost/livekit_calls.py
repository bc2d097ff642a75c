"""Ends the calls of a livekit-server before it stops.

livekit-server itself waits until everybody has left. If it is told twice to stop, it ends the calls
and does not say so any more.
"""

import asyncio
import contextlib
import json
from collections.abc import Mapping
from dataclasses import replace

from devhost.livekit import WEBHOOK
from devhost.message import Answer, Handler, Request

_TELLING_SECONDS = 15
"""How long the events about the end may take to the app. Without them the repair ends the calls
after the next start."""


class Calls:
    """The calls of one server, as the app hears of them."""

    def __init__(self) -> None:
        self._ended: set[str] = set()
        self._heard = asyncio.Condition()

    def around(self, handler: Handler) -> Handler:
        """Returns a handler that notices which rooms end by the events that this one takes."""

        async def handle(request: Request) -> Answer:
            if request.path != WEBHOOK:
                return await handler(request)
            body = await request.body()

            async def read() -> bytes:
                return body

            answer = await handler(replace(request, body=read))
            if answer.status == 200:
                async with self._heard:
                    self._ended |= _finished(body)
                    self._heard.notify_all()
            return answer

        return handle

    async def end(self, settings: Mapping[str, str]) -> None:
        """Ends all calls of the server that these settings name, and waits until the app knows.

        Comes after the app is loaded, which brings `rooms` along.
        """
        from rooms.media.errors import MediaRefusesUs, MediaUnavailable
        from rooms.media.livekit.client import LiveKitApi
        from rooms.settings.media import read_media

        server = read_media(settings)
        assert server is not None
        api = LiveKitApi(server)
        with contextlib.suppress(MediaUnavailable, MediaRefusesUs, TimeoutError):  # it has ended
            answer = await api.call("ListRooms", {}, roomList=True) or {}
            sids = {room["sid"] for room in answer.get("rooms", ())}
            for room in answer.get("rooms", ()):
                await api.call("DeleteRoom", {"room": room["name"]}, roomCreate=True)
            async with asyncio.timeout(_TELLING_SECONDS), self._heard:
                await self._heard.wait_for(lambda: sids <= self._ended)
        await api.close()


def _finished(body: bytes) -> set[str]:
    """Returns the sid of the room whose end an event tells, if it does. The app has verified it."""
    event = json.loads(body)
    return {event["room"]["sid"]} if event.get("event") == "room_finished" else set[str]()
