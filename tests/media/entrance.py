"""A room in this process that people enter with join links, and what is asked of it."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, cast

import azure.functions as func

from rooms.api.extension import join, join_links
from rooms.app import App
from rooms.domain.log import LogRecord
from rooms.domain.room import RoomChange
from rooms.domain.roster import Roster
from rooms.domain.time import DAY, MAX_TIME, Ticks, parse_time, unix_seconds
from rooms.storage.history import History
from rooms.storage.table import Table
from testkit.identifiers import raw_id
from testkit.livekit_double import LiveKitDouble
from testkit.running import new_key
from testkit.storage import ORIGIN, Clock

ANN, BOB, STRANGER = (raw_id(number) for number in range(3))
NOW = parse_time("2026-05-04T10:00:00.25Z")
HERE, ELSEWHERE = "a" * 22, "b" * 22
"""The secrets of two browsers."""


class Entrance:
    """The functions, carried out in this process, with a room that is open for a day."""

    def __init__(self, app: App, key: str, room_id: str) -> None:
        self.app = app
        self.key = key
        self.room_id = room_id

    def restarted(self, **settings: str) -> "Entrance":
        """Another process with the same table, and other settings."""
        app = App({"ROOMS_MANAGE_KEY__test": self.key, **settings}, self.app.clock)
        app.table = self.app.table
        return Entrance(app, self.key, self.room_id)

    async def make(self, path: str = "joinLinks", **body: object) -> func.HttpResponse:
        """Asks for a link for Ann, or for whom `body` names."""
        (route,) = join_links.routes.all
        headers = {"x-api-key": self.key}
        return await route.handle(
            self.app, self._request("POST", path, headers, {"rawId": ANN} | body)
        )

    async def token(self, **body: object) -> str:
        """The token of a link that is made."""
        answer = await self.make("joinLinks", **body)
        assert answer.status_code == 201, answer.get_body()
        url: str = json.loads(answer.get_body())["url"]
        return url.partition("#")[2]

    async def look(self, authorization: str, browser: str | None = None) -> func.HttpResponse:
        headers = {} if browser is None else {"join-browser": browser}
        return await self._send("GET", {"authorization": authorization, **headers}, None)

    async def join(self, token: str, browser: object = HERE, **body: object) -> func.HttpResponse:
        body = {"device": "tab-1", "browser": browser} | body
        return await self._send("POST", {"authorization": f"JoinLink {token}"}, body)

    async def log(self) -> list[LogRecord]:
        """The log of the room by kind, as the clock stands still, without its creation."""
        page = await History(self.app.table).log(self.room_id, 0, MAX_TIME, None, None, None)
        records = [record for record in page.items if record.kind != "RoomCreated"]
        return sorted(records, key=lambda record: record.kind)

    async def kinds(self) -> list[str]:
        return [record.kind for record in await self.log()]

    async def _send(
        self, method: str, headers: dict[str, str], body: Mapping[str, object] | None
    ) -> func.HttpResponse:
        (route,) = (route for route in join.routes.all if route.method == method)
        return await route.handle(self.app, self._request(method, "join", headers, body))

    def _request(
        self, method: str, path: str, headers: dict[str, str], body: Mapping[str, object] | None
    ) -> func.HttpRequest:
        content = b"" if body is None else json.dumps(body).encode()
        headers |= {"content-type": "application/json", "content-length": str(len(content))}
        return func.HttpRequest(
            method,
            f"https://rooms.example.com/base/Rooms/{self.room_id}/{path}?x=1",
            headers=headers,
            route_params={"roomId": self.room_id},
            body=content,
        )


def content(answer: func.HttpResponse, status: int) -> dict[str, Any]:
    """What an answer says, which must have this status."""
    assert answer.status_code == status, answer.get_body()
    return cast(dict[str, Any], json.loads(answer.get_body()))


def code(answer: func.HttpResponse, status: int) -> str:
    """The code of an error, which must have this status."""
    said: str = content(answer, status)["error"]["code"]
    assert answer.headers["x-ms-error-code"] == said
    return said


def target(answer: func.HttpResponse) -> str:
    """The field at fault."""
    return cast(str, content(answer, 400)["error"]["target"])


@asynccontextmanager
async def entrance_to(table: Table, server: LiveKitDouble) -> AsyncIterator[Entrance]:
    """Makes a room that is open, to which two people are invited."""
    key, clock = new_key(), Clock(NOW)
    app = App({"ROOMS_MANAGE_KEY__test": key, **server.settings}, clock)
    app.table = table
    people: Roster = {ANN: "Attendee", BOB: "Presenter"}
    room = (await app.rooms.create(RoomChange(NOW, NOW + DAY), people, None, ORIGIN)).room
    server.clock = lambda: unix_seconds(clock.now)
    yield Entrance(app, key, room.id)
    await app.media.close()


def at(entrance: Entrance, time: Ticks) -> None:
    """Sets the clock."""
    cast(Clock, entrance.app.clock).now = time


async def opened(entrance: Entrance) -> None:
    """Lets everybody in, as guests."""
    policy = RoomChange(join_policy="CommunicationServiceUsers")
    await entrance.app.rooms.update(entrance.room_id, policy, ORIGIN)


async def removed(entrance: Entrance, who: str) -> None:
    await entrance.app.rooms.patch_roster(entrance.room_id, {who: None}, ORIGIN)
