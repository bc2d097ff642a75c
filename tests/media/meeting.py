"""A service in this process, whose calls a stand-in of a LiveKit server carries."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from azure.data.tables.aio import TableClient

from rooms.app import App
from rooms.domain.call import Call
from rooms.domain.connection import Connection
from rooms.domain.log import LogRecord
from rooms.domain.log_kinds import kinds_from
from rooms.domain.room import Room, RoomChange
from rooms.domain.roster import Role, Roster, RosterPatch
from rooms.domain.time import MAX_TIME, now
from rooms.media.carrier import Joining
from rooms.media.livekit.carrier import LiveKit
from rooms.storage.table import Table
from testkit.livekit_double import LiveKitDouble
from testkit.livekit_state import Participant
from testkit.storage import ORIGIN, Clock


@dataclass
class Meeting:
    """A room, and what people do in its call. `clock` is that of the service."""

    app: App
    server: LiveKitDouble
    room: Room
    clock: Clock

    @property
    def id(self) -> str:
        return self.room.id

    async def token(self, who: str, role: Role = "Attendee", device: str = "laptop") -> str:
        """The token that somebody got who was admitted in that role."""
        way = await self.app.media.way_in(self.room, Joining(who, device, role))
        return way.token

    async def join(self, who: str, role: Role = "Attendee", device: str = "laptop") -> Participant:
        """Lets somebody in who was admitted in that role."""
        return self.server.join(await self.token(who, role, device))

    async def change(self, patch: RosterPatch) -> None:
        """Changes the roster."""
        await self.app.rooms.patch_roster(self.id, patch, ORIGIN)

    async def hear(self) -> None:
        """Takes in what the server has to tell since the last time."""
        made = self.server.webhooks.made
        while made:
            await self.app.livekit_intake.accept(made.pop(0).body.decode())

    def miss(self) -> None:
        """Loses what the server has to tell since the last time."""
        self.server.webhooks.made.clear()

    async def calls(self) -> list[Call]:
        """The calls of the room as the service knows them, the first one first."""
        start = self.room.created_at
        return await self.app.calls.overlapping(self.id, start, self.clock.now, self.clock.now)

    async def connection(self, who: str) -> Connection:
        """The device of a person who is in the call."""
        connections = await self.app.media.connections(self.id)
        (found,) = (each for each in connections if each.raw_id == who)
        return found

    async def roles(self) -> dict[str, str | None]:
        """Who is in the call, with the roles of their devices."""
        connections = await self.app.media.connections(self.id)
        return {each.raw_id: each.role for each in connections}

    async def begin_call_of(self, room_id: str) -> None:
        """Makes the server ready for the call of another room."""
        await livekit_of(self.app).provision(room_id)

    def has_call(self) -> bool:
        """Whether the server has a call of the room."""
        return self.id in self.server.rooms

    async def done(self) -> list[tuple[str, str]]:
        """What was done in the call, as the log has it: kind and actor, oldest first."""
        records = await self.log()
        return [(each.kind, each.actor) for each in records if each.kind in kinds_from("call")]

    async def log(self) -> list[LogRecord]:
        """The log of the room, oldest first."""
        page = await self.app.history.log(self.id, 0, MAX_TIME, None, None, None)
        return page.items[::-1]


def livekit_of(app: App) -> LiveKit:
    """The carrier of a service whose calls a LiveKit server carries."""
    assert isinstance(app.media, LiveKit)
    return app.media


@asynccontextmanager
async def meeting_of(
    client: TableClient, server: LiveKitDouble, roster: Roster
) -> AsyncIterator[Meeting]:
    """Makes a room with these people. Its service uses that table and that server."""
    clock = Clock(now())
    async with instance(client, server, clock) as app:
        made = await app.rooms.create(RoomChange(), roster, None, ORIGIN)
        yield Meeting(app, server, made.room, clock)


@asynccontextmanager
async def instance(client: TableClient, server: LiveKitDouble, clock: Clock) -> AsyncIterator[App]:
    """An instance of that service."""
    app = App({"ROOMS_STORAGE": "UseDevelopmentStorage=true"} | server.settings, clock)
    app.table = Table(client)
    yield app
    await app.media.close()
