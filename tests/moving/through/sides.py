"""A service in mode through, and the instance that stands where its ACS does."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

from azure.data.tables.aio import TableClient

from rooms.app import App
from rooms.domain.limits import LIMITS
from rooms.domain.room import Room
from rooms.domain.roster import Roster
from rooms.domain.time import now
from rooms.storage.marks import Mark
from rooms.storage.table import Table
from testkit.acs_instance import AcsInstance
from testkit.functions import ask
from testkit.identifiers import raw_id
from testkit.raw import NEWEST
from testkit.raw_http import Answer
from testkit.running import new_key
from testkit.storage import know_floors
from testkit.waiting import HANG_SECONDS
from testkit.whole import StoredRoom, stored_rooms

KEY = new_key()
PATIENT = replace(
    LIMITS, acs_seconds=HANG_SECONDS, request_seconds=2 * HANG_SECONDS, quiet_seconds=0
)
"""Nothing is late on a slow machine, and what stands for ACS never is."""
ALICE, BOB, CAROL = raw_id(1), raw_id(2), raw_id(3)
PEOPLE = {"participants": {ALICE: {"role": "Presenter"}, BOB: {}}}
DIAL_OUT = {"pstnDialOutEnabled": True}


@dataclass
class Sides:
    """Both of them."""

    app: App
    acs: AcsInstance
    client: TableClient

    async def send(
        self,
        method: str,
        path: str,
        body: object = None,
        headers: Mapping[str, str] | None = None,
        version: str = NEWEST,
    ) -> Answer:
        """Sends a signed request to the service."""
        return await ask(self.app, KEY, method, path, body, headers, version)

    async def make(self, body: object = PEOPLE) -> str:
        """Makes a room, and forgets the requests of it. Returns its id."""
        answer = await self.send("POST", "/rooms", body)
        assert answer.status == 201, answer
        self.acs.received.clear()
        room_id: str = answer.json()["id"]
        return room_id

    async def here(self, room_id: str) -> tuple[Room, Roster]:
        """The room and its roster here."""
        found = await self.app.rooms.with_roster(room_id)
        return found.room, found.roster

    def there(self, room_id: str) -> tuple[Room, Roster]:
        """The same at ACS."""
        found = self.acs.run(self.acs.app.rooms.with_roster(room_id))
        return replace(found.room, carrier="acs"), found.roster

    async def stored(self, room_id: str) -> StoredRoom:
        """What the table has of a room. All its rows agree."""
        return stored_rooms([row async for row in self.client.list_entities()])[room_id]

    async def told(self, room_id: str) -> list[tuple[str, str]]:
        """The kinds and actors of the log of a room, the oldest first."""
        log = (await self.stored(room_id)).log
        return [(record["kind"], record["actor"]) for record in reversed(log)]

    async def marks(self) -> list[Mark]:
        """All marks that are open."""
        return [mark for partition in "0123456789" for mark in await self.app.marks.open(partition)]

    async def changes(self) -> list[Mark]:
        """Those of changes."""
        return [mark for mark in await self.marks() if mark.create is None]

    async def agree(self, room_id: str) -> None:
        """Asserts that both sides have the same, and that nothing is in doubt."""
        assert await self.here(room_id) == self.there(room_id)
        assert await self.changes() == []


@asynccontextmanager
async def sides_of(
    client: TableClient, acs: AcsInstance, settings: Mapping[str, str] | None = None
) -> AsyncIterator[Sides]:
    """Makes a service whose ACS is that instance."""
    env = {"ROOMS_MANAGE_KEY__app": KEY, "ROOMS_ACS_MODE": "through", **acs.settings}
    app = App({**env, **(settings or {})}, now, PATIENT)
    app.table = Table(client)
    await know_floors(app.table)
    yield Sides(app, acs, client)
    assert app.acs is not None
    await app.acs.close()


def code_of(answer: Answer) -> tuple[int, Any]:
    """The status and the code of an error."""
    return answer.status, answer.json()["error"]["code"]
