"""One filled table for all tests that damage it."""

import asyncio
import uuid
from random import Random
from typing import Any

import pytest
from azure.data.tables.aio import TableClient

from rooms.domain.room import RoomChange
from rooms.domain.time import DAY
from rooms.storage.archives import Archives, Exported
from rooms.storage.erasures import Erasures
from rooms.storage.marks import Create, Marks
from rooms.storage.probes import Probes
from rooms.storage.pull_state import PullStates
from rooms.storage.table import Table
from rooms.upkeep.walk import Upkeep
from rooms_cli.check.places import Row
from testkit.identifiers import raw_id
from tests.check.filled import EVENTS_ONLY, ORIGIN, Filling


@pytest.fixture(scope="session")
def rows(azurite: str) -> list[Row]:
    """All rows of a table with something of everything."""
    return asyncio.run(_filled(azurite))


async def _filled(azurite: str) -> list[Row]:
    async with TableClient.from_connection_string(azurite, f"t{uuid.uuid4().hex}") as client:
        filling = Filling(client)
        room_id = await filling.a_room_of_everything()
        await filling.a_deleted_room()
        await filling.a_room_of_many()
        await filling.a_room_of_acs()
        await filling.meeting(EVENTS_ONLY, "another call")
        await filling.quarantine.put("broken", "why")
        await filling.quarantine.put(Random(1).randbytes(25_000).hex(), "large")
        user, _ = await filling.identities.create_with_token(["voip"], 60)
        await filling.identities.revoke(user)
        for seconds in (20, 0):  # one is done, the other is under way
            erasures = Erasures(Table(client), lambda: filling.now)
            erasure = await erasures.start(raw_id(1_000 + seconds), None, ORIGIN)
            await erasures.run(erasure.id, seconds)
        archives = Archives(Table(client))
        await archives.made_key()
        await archives.note(Exported("a" * 32, "/archive", "2026-05-04", "0" * 64, filling.now))
        marks = Marks(Table(client), lambda: filling.now)
        await marks.write(marks.of_change(f"{10**16 + 7}", ORIGIN, deletes=True))
        states = PullStates(Table(client), lambda: filling.now)
        await states.hold(0)
        await states.ask("full")
        await states.note_unknown(f"{10**16 + 8}")
        await marks.begin(marks.of_create(ORIGIN, RoomChange(), {}, Create("c", "now", "hash")))
        await Probes(Table(client)).hear("anteroom check 1", finished=True)
        await Upkeep(Table(client), filling.rooms, lambda: filling.now, DAY * 30, DAY * 400).run(20)
        for external_id in ("A-9", None):
            await filling.rooms.patch_details(room_id, {"externalId": external_id}, ORIGIN)
        return [dict[str, Any](row) async for row in client.list_entities()]
