"""A call that is played to a service in this process, whose webhooks come over HTTP, with faults;
and the truth of it beside the attendance that the service tells."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

import azure.functions as func
from aiohttp import web
from azure.data.tables.aio import TableClient

from rooms.api.extension import attendance, livekit_events
from rooms.app import App
from rooms.domain.limits import LIMITS
from rooms.domain.room import RoomChange
from rooms.domain.roster import Role, Roster
from rooms.domain.time import (
    DAY,
    SECOND,
    Ticks,
    format_time,
    from_unix_milliseconds,
    parse_time,
    unix_seconds,
)
from rooms.media.carrier import Joining
from rooms.storage.table import Table
from testkit.identifiers import raw_id
from testkit.livekit_double import LiveKitDouble
from testkit.running import new_key
from testkit.serving import serve
from testkit.storage import ORIGIN, Clock
from tests.media.meeting import livekit_of

ANN, BOB = raw_id(1), raw_id(2)
ROSTER: Roster = {ANN: "Presenter", BOB: "Attendee"}
BEGAN = parse_time("2026-05-04T10:00:00Z")

SWEEP = 60 * SECOND


@dataclass(frozen=True, slots=True)
class Told:
    """A stay of somebody. `estimated`: its end is."""

    who: str
    start: Ticks
    end: Ticks | None
    estimated: bool = False


@dataclass
class FaultyCall:
    """The call. `clock` is that of the service and of the server; the timer looks once a minute."""

    app: App
    server: LiveKitDouble
    room_id: str
    clock: Clock
    key: str
    swept_at: Ticks

    async def pass_time(self, seconds: int) -> None:
        """Lets all webhooks come, and then so many seconds pass, with the timer's looks."""
        await self.deliver()
        until = self.clock.now + seconds * SECOND
        while self.swept_at + SWEEP <= until:
            self.swept_at += SWEEP
            self.clock.now = self.swept_at
            await self.app.sweep.run()
            await self.deliver()
        self.clock.now = until

    async def deliver(self) -> None:
        """Waits until all webhooks are delivered, or lost."""
        await asyncio.to_thread(self.server.settle)

    async def join(self, who: str, device: str) -> None:
        """Lets somebody in who was admitted."""
        role: Role = ROSTER[who]
        media = livekit_of(self.app)
        await media.provision(self.room_id)
        way = media.sign(self.room_id, Joining(who, device, role))
        await asyncio.to_thread(self.server.join, way.token)

    async def leave(self, who: str, device: str) -> None:
        await asyncio.to_thread(self.server.leave, self.room_id, f"{who}#{device}")

    async def play(self) -> None:
        """Plays the whole call: four stays of two people, over five minutes."""
        await self.join(ANN, "laptop")
        await self.pass_time(45)
        await self.join(BOB, "laptop")
        await self.pass_time(45)
        await self.join(ANN, "phone")
        await self.pass_time(75)
        await self.leave(BOB, "laptop")
        await self.pass_time(15)
        await self.join(BOB, "laptop")
        await self.pass_time(90)
        await self.leave(ANN, "phone")
        await self.leave(ANN, "laptop")
        await self.pass_time(10)
        await self.leave(BOB, "laptop")
        await self.pass_time(20)
        await asyncio.to_thread(self.server.time_out, self.room_id)
        await self.pass_time(10)

    @property
    def truth(self) -> list[Told]:
        """What truly happened, by person and device."""
        return [
            Told(
                stay.identity.partition("#")[0],
                from_unix_milliseconds(stay.joined_ms),
                None if stay.left_ms is None else from_unix_milliseconds(stay.left_ms),
            )
            for stay in self.server.stays
        ]

    async def legs(self) -> list[Told]:
        """What the service tells of each device, in the order of the truth."""
        calls = await self.app.calls.overlapping(
            self.room_id, BEGAN - DAY, BEGAN + DAY, self.clock.now
        )
        legs = {leg.participant_id: leg for call in calls for leg in call.legs}
        known = [stay.participant_id for stay in self.server.stays]
        assert set(legs) <= set(known), "somebody was never there"
        return [
            Told(leg.raw_id or "", leg.joined_at, leg.left_at, leg.leave_estimated)
            for leg in (legs[each] for each in known if each in legs)
        ]

    async def attendance(self) -> dict[str, Any]:
        """The answer of the service, of the hour of the call."""
        (route,) = attendance.routes.all
        request = func.HttpRequest(
            "GET",
            "http://localhost/attendance",
            headers={"x-api-key": self.key},
            params={"from": format_time(BEGAN - SECOND), "until": format_time(BEGAN + DAY)},
            route_params={"roomId": self.room_id},
            body=b"",
        )
        answer = await route.handle(self.app, request)
        assert answer.status_code == 200, answer.get_body()
        told: dict[str, Any] = json.loads(answer.get_body())
        return told


@asynccontextmanager
async def faulty_call(client: TableClient, server: LiveKitDouble) -> AsyncIterator[FaultyCall]:
    """A room that is open, and the service that takes the webhooks of its call."""
    key, clock = new_key(), Clock(BEGAN)
    settings = {"ROOMS_STORAGE": "UseDevelopmentStorage=true", "ROOMS_MANAGE_KEY__test": key}
    limits = replace(LIMITS, media_seconds=0.5)  # that the server's answer never comes is a fault
    app = App(settings | server.settings, clock, limits)
    app.table = Table(client)
    made = await app.rooms.create(RoomChange(), ROSTER, None, ORIGIN)
    server.clock = server.webhooks.clock = lambda: unix_seconds(clock.now)
    async with _taken(app) as server.webhooks.url:
        yield FaultyCall(app, server, made.room.id, clock, key, swept_at=BEGAN)
        await asyncio.to_thread(server.webhooks.forget_queues)
    await app.media.close()


@asynccontextmanager
async def _taken(app: App) -> AsyncIterator[str]:
    """Takes in webhooks; yields where."""
    (route,) = livekit_events.routes.all

    async def take(request: web.Request) -> web.Response:
        body = await request.read()
        http = func.HttpRequest("POST", str(request.url), headers=request.headers, body=body)
        answer = await route.handle(app, http)
        return web.Response(status=answer.status_code, body=answer.get_body())

    server = web.Application()
    server.router.add_post("/media/livekit", take)
    runner, port = await serve(server)
    try:
        yield f"http://127.0.0.1:{port}/media/livekit"
    finally:
        await runner.cleanup()
