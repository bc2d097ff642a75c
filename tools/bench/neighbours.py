"""An abusive room beside good ones: what the people in the good ones feel of it.

In the abusive room one person has left and come back ten thousand times, and goes on doing so.
Several pages show that room, or, in turn, a calm one of fifty people. The good rooms get the same
requests at the same rate meanwhile.
"""

import asyncio
import json
import random
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Self

from bench.load import Connection, Measured, Refused
from bench.operations import ADMISSION, EVENT, GET, PRESENCE, delivered
from bench.site import ORIGIN, PRESENTER, ROSTER, Site, new_room, site
from faults.result import Tell
from rooms.domain.time import SECOND, now
from rooms.storage.creation import creation
from rooms.storage.table import Table
from testkit.events import Meeting
from testkit.stored_events import operations_of, write

LIMIT = 1.2
"""With an abusive room, the slowest hundredth of requests to others takes at most so many times as
long."""

GOOD_RATE = 40
"""Requests a second to the good rooms."""

REJOINS_A_SECOND = 1
"""Of the person in the abusive room; each is two events."""

PAGES = 4
"""Pages that show one room and all live ones: each asks every five seconds, as the console does."""

_POLL_SECONDS = 5
_TRIES = 5


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Requests to the good rooms, beside a calm room and beside the abusive one: medians of the
    rounds."""

    rejoins: int
    calm: Measured
    abused: Measured

    @property
    def ratio(self) -> float:
        """The slowest hundredth, of that beside a calm room."""
        return self.abused.p99 / self.calm.p99


async def neighbours(
    folder: Path, storage: str, rejoins: int, seconds: float, rounds: int, tell: Tell
) -> Neighbours:
    """Measures requests to good rooms, in each round for so many seconds beside a calm room and
    beside an abusive one, that has `rejoins` already.

    Raises:
        Refused: a request was not answered with success.
    """
    async with site(folder, storage, people=50, at_once=8) as at:
        tell(f"an abusive room with {rejoins:,} rejoins")
        abuse = await _Abuse.begin(at, rejoins)
        numbers = count()
        found: tuple[list[Measured], list[Measured]] = [], []
        for each in range(rounds):
            for abused in (False, True) if each % 2 else (True, False):
                tell(f"round {each + 1} of {rounds}, {'abused' if abused else 'calm'}")
                async with asyncio.TaskGroup() as group:
                    work = group.create_task(abuse.go_on() if abused else abuse.rest())
                    await asyncio.sleep(1)
                    found[abused].append(await _good(at, numbers, seconds))
                    work.cancel()
        await abuse.check()
    return Neighbours(rejoins, *map(Measured.median, found))


async def _good(at: Site, numbers: Iterator[int], seconds: float) -> Measured:
    """Sends requests at GOOD_RATE, whether or not the one before was answered, for so long."""
    kinds = (GET, ADMISSION, EVENT, PRESENCE)
    free = asyncio.Queue[Connection]()
    for connection in at.connections:
        free.put_nowait(connection)
    took = list[float]()

    async def send(due: float, request: bytes) -> None:
        connection = await free.get()  # that none is free counts as waiting
        await connection.send(request)
        free.put_nowait(connection)
        took.append(time.perf_counter() - due)

    began = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for each in range(round(GOOD_RATE * seconds)):
            due = began + each / GOOD_RATE
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            group.create_task(send(due, kinds[each % len(kinds)].request(at, next(numbers))))
    return Measured.of(took, time.perf_counter() - began)


@dataclass(frozen=True, slots=True)
class _Abuse:
    """A room in which a person has come back so often, and the pages that show it."""

    at: Site
    meeting: Meeting
    rejoins: int

    @classmethod
    async def begin(cls, at: Site, rejoins: int) -> Self:
        """Writes a room and its call of so many rejoins, a second each."""
        room = new_room()
        meeting = Meeting(room.id, now() - rejoins * SECOND)
        stays = (
            event
            for each in range(rejoins)
            for event in meeting.stay(each, each + 0.5, PRESENTER, "Somebody")
        )
        await write(Table(at.table), creation(room, ROSTER, None, ORIGIN))
        await write(Table(at.table), operations_of([meeting.started(), *stays], with_log=False))
        return cls(at, meeting, rejoins)

    async def go_on(self) -> None:
        """Rejoins, and looks at the room, until it is cancelled."""
        async with self._connections(PAGES + 1) as (one, *others), asyncio.TaskGroup() as group:
            group.create_task(self._rejoin(one))
            for each in others:
                group.create_task(self._watch(each, self.meeting.room_id))

    async def rest(self) -> None:
        """Looks at a calm room, until it is cancelled."""
        async with self._connections(PAGES) as connections, asyncio.TaskGroup() as group:
            for each in connections:
                group.create_task(self._watch(each, self.at.crowd.room_id))

    async def check(self) -> None:
        """Raises Refused if a rejoin is not counted."""
        path = f"/rooms/{self.meeting.room_id}/attendance"
        answer = json.loads(await self._asked_again(path))
        joins = next(each["joins"] for each in answer["value"] if each["rawId"] == PRESENTER)
        if joins < self.rejoins:
            raise Refused(f"{joins:,} joins are counted of at least {self.rejoins:,}")

    async def _asked_again(self, path: str) -> bytes:
        """Returns the answer; a large call is folded while nobody waits, so that one comes."""
        for _ in range(_TRIES):
            with suppress(Refused):
                return await self.at.connections[0].send(self.at.keyed("GET", path))
        raise Refused(f"GET {path}: refused {_TRIES} times")

    async def _rejoin(self, connection: Connection) -> None:
        while True:
            seconds = (now() - self.meeting.start) / SECOND
            for event in self.meeting.stay(seconds, seconds + 0.1, PRESENTER, "Somebody"):
                await connection.send(delivered(self.at, event))
            await asyncio.sleep(1 / REJOINS_A_SECOND)

    async def _watch(self, connection: Connection, room_id: str) -> None:
        await asyncio.sleep(random.uniform(0, _POLL_SECONDS))
        room = f"/rooms/{room_id}"
        while True:
            for path in (f"{room}/presence", f"{room}/attendance", f"{room}/calls", "/live"):
                with suppress(Refused):  # with 503, while a large call is folded for the first time
                    await connection.send(self.at.keyed("GET", path))
            await asyncio.sleep(_POLL_SECONDS)

    @asynccontextmanager
    async def _connections(self, count: int) -> AsyncIterator[list[Connection]]:
        connections = [await Connection.open(self.at.app.port) for _ in range(count)]
        try:
            yield connections
        finally:
            for each in connections:
                each.close()
