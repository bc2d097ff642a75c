"""A service in this process between ACS and a stand-in of a LiveKit server, with a room that ACS
has, too."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

from rooms.app import App
from rooms.domain.log import LogRecord
from rooms.domain.room import Room, RoomCarrier, RoomChange
from rooms.domain.roster import Role, Roster, RosterPatch
from rooms.domain.time import MAX_TIME, SECOND, Ticks, now
from rooms.storage.arrivals import Arrivals
from rooms.storage.creation import creation
from rooms.storage.table import Table
from testkit.acs_instance import AcsInstance
from testkit.functions import ask
from testkit.livekit_double import LiveKitDouble
from testkit.raw_http import Answer
from testkit.running import new_key
from testkit.storage import ORIGIN, know_floors

ROLES: tuple[Role, ...] = ("Presenter", "Attendee")


@dataclass
class Both:
    """The service, and its room. `people` are users that ACS made."""

    app: App
    acs: AcsInstance
    key: str
    room: Room
    people: tuple[str, ...]

    @property
    def id(self) -> str:
        return self.room.id

    async def send(
        self, method: str, path: str, body: object = None, key: str | None = None
    ) -> Answer:
        """Asks for something of the room."""
        headers = {"x-api-key": key or self.key}
        return await ask(self.app, self.key, method, f"/rooms/{self.id}{path}", body, headers)

    async def admit(self, who: str, **asked: object) -> Answer:
        return await self.send("POST", "/admission", {"rawId": who} | asked)

    async def move(self, to: RoomCarrier, **asked: object) -> Answer:
        return await self.send("POST", "/carrier", {"carrier": to} | asked)

    async def here(self) -> tuple[Room, Roster]:
        """The room and its roster here."""
        found = await self.app.rooms.with_roster(self.id)
        return found.room, found.roster

    def at_acs(self) -> tuple[Room, Roster]:
        """The room and its roster at ACS."""
        found = self.acs.run(self.acs.app.rooms.with_roster(self.id))
        return found.room, found.roster

    def change_at_acs(self, wanted: RoomChange | None, patch: RosterPatch) -> None:
        """Changes the room at ACS, past this service."""
        rooms = self.acs.app.rooms
        if wanted is not None:
            self.acs.run(rooms.update(self.id, wanted, ORIGIN))
        self.acs.run(rooms.patch_roster(self.id, patch, ORIGIN))

    def is_at_acs(self) -> bool:
        return self.acs.raw.get(f"/rooms/{self.id}").status == 200

    async def log(self) -> list[LogRecord]:
        """The log of the room, the oldest first, without its creation."""
        page = await self.app.history.log(self.id, 0, MAX_TIME, None, None, None)
        return [record for record in page.items[::-1] if record.kind != "RoomCreated"]

    async def kinds(self) -> list[str]:
        return [record.kind for record in await self.log()]


def code(answer: Answer, status: int) -> str:
    """The code of an error, which must have this status."""
    assert answer.status == status, answer
    said: str = answer.json()["error"]["code"]
    return said


def content(answer: Answer) -> Any:
    """What an answer says that is no error."""
    assert answer.status == 200, answer
    return answer.json()


def _later() -> Ticks:
    """The time, once nothing of what was made is too young to be read at ACS."""
    return now() + 60 * SECOND


@asynccontextmanager
async def both_sides(
    table: Table,
    acs: AcsInstance,
    livekit: LiveKitDouble | None,
    settings: Mapping[str, str],
    valid_for: Ticks,
) -> AsyncIterator[Both]:
    """Makes a room at ACS, valid from now, and has it here, too. A minute passes."""
    key = new_key()
    media = {} if livekit is None else livekit.settings
    app = App({"ROOMS_MANAGE_KEY__test": key, **acs.settings, **media, **settings}, _later)
    app.table = table
    await know_floors(table)
    people = tuple(acs.run(acs.app.identities.create()) for _ in ROLES)
    roster = dict(zip(people, ROLES, strict=True))
    start = now()
    made = acs.run(
        acs.app.rooms.create(RoomChange(start, start + valid_for), roster, None, ORIGIN)
    ).room
    room = replace(made, carrier="acs")
    await Arrivals(table, now).commit(room.id, creation(room, roster, None, ORIGIN))
    acs.received.clear()
    yield Both(app, acs, key, room, people)
    await app.media.close()
    if app.acs is not None:
        await app.acs.close()
