"""`rooms import` of very many rooms, killed again and again."""

import asyncio
import os
import random
import threading
import time
from collections import Counter
from itertools import batched

import pytest
from azure.data.tables import TableClient, TableEntity

from rooms.domain.room import ROOM_IDS, Room, numbered_room_id
from rooms.domain.roster import ROLES, Roster
from rooms.domain.time import DAY, SECOND, now
from rooms.storage.arrivals import Arrivals
from rooms.storage.creation import creation
from testkit.acs_double import Received
from testkit.acs_instance import AcsInstance
from testkit.identifiers import raw_id
from testkit.storage import ORIGIN, know_floors
from testkit.waiting import HANG_SECONDS
from testkit.whole import stored_rooms
from tests.cli.line import Line

ROOMS = int(os.environ.get("IMPORT_ROOMS", "1000"))
PEOPLE = 5
"""On each roster; nobody is on two."""
KILLS = 10
AT_ONCE = 8
WRITERS = 16

type Rooms = dict[str, tuple[Room, Roster]]


def made_up(chance: random.Random) -> Rooms:
    """Returns rooms by id, the oldest first. Three are made in the same second, as in bulk."""
    start = now() - DAY
    rooms: Rooms = {}
    for number in range(ROOMS):
        room_id = numbered_room_id(chance.randrange(ROOM_IDS))
        made = start + number // 3 * SECOND + number
        people = (raw_id(number * PEOPLE + each) for each in range(PEOPLE))
        roster: Roster = {person: chance.choice(ROLES) for person in people}
        until = made + chance.randrange(1, 180) * DAY
        rooms[room_id] = (Room(room_id, made, made, until, chance.random() < 0.5), roster)
    return rooms


async def fill(instance: AcsInstance, rooms: Rooms) -> None:
    """Writes rooms into the table of an instance."""
    arrivals = Arrivals(instance.app.table, now)
    await know_floors(instance.app.table)
    for some in batched(rooms.values(), WRITERS, strict=False):
        made = (
            arrivals.commit(room.id, creation(room, roster, None, ORIGIN)) for room, roster in some
        )
        await asyncio.gather(*made)


class Puts:
    """Counts the rooms that arrive, and says when so many have."""

    def __init__(self) -> None:
        self._count = 0
        self._wanted = 0
        self._reached = threading.Event()

    def arrived(self, request: Received) -> None:
        self._count += request.method == "PUT"
        if self._count >= self._wanted:
            self._reached.set()

    def wait_for(self, more: int) -> None:
        self._reached.clear()
        self._wanted = self._count + more
        assert self._reached.wait(HANG_SECONDS)


@pytest.mark.thorough
def test_very_many_rooms_arrive_as_they_are_though_the_import_is_killed_ten_times(
    line: Line, far: AcsInstance, here: AcsInstance
) -> None:
    chance = random.Random(20)
    rooms = made_up(chance)
    far.run(fill(far, rooms))
    command = ("import", "--rate", "1000", "--at-once", str(AT_ONCE))
    puts = Puts()
    here.choose = puts.arrived
    began = time.monotonic()
    for _ in range(KILLS):
        with line.running(*command) as running:
            puts.wait_for(chance.randrange(1, ROOMS // KILLS))
            running.kill()
    ended = line.process(*command, seconds=None)
    seconds = time.monotonic() - began
    assert ended.code == 0

    rosters, pages = far.count("GET", "/participants"), far.count("GET", "/rooms")
    print(
        f"{ROOMS:,} rooms, {KILLS} kills: {rosters:,} rosters and {pages:,} pages read at ACS, "
        f"{here.count('PUT'):,} rooms sent, {seconds:.0f} s\n{ended.out}"
    )
    assert rosters <= ROOMS + KILLS * 2 * AT_ONCE
    assert here.raw.pages() == far.raw.pages()
    stored = stored_rooms(rows_of(here))
    assert {room_id: each.roster for room_id, each in stored.items()} == {
        room_id: roster for room_id, (_, roster) in rooms.items()
    }
    assert Counter(kind for each in stored.values() for kind in each.kinds) == {
        "RoomCreated": ROOMS
    }


def rows_of(instance: AcsInstance) -> list[TableEntity]:
    """Returns all rows of the table of an instance."""
    with TableClient.from_connection_string(instance.storage, instance.table) as client:
        return list(client.list_entities())
