"""A running app to measure, its table and rooms, and the requests to it."""

import random
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path

from azure.data.tables.aio import TableClient

from bench.load import Connection
from rooms.domain.room import Room
from rooms.domain.roster import Roster
from rooms.domain.time import DAY, Ticks, now
from rooms.storage import keys
from rooms.storage.arrivals import Arrivals, floor_entity, with_arrivals
from rooms.storage.changes import Origin
from rooms.storage.creation import creation
from rooms.storage.operations import Operation, placed, touch
from rooms.storage.table import Table
from testkit.events import Meeting, live_meeting
from testkit.identifiers import raw_id
from testkit.partitions import all_at_home
from testkit.raw import NEWEST, encoded, signed
from testkit.running import RunningApp, running_app
from testkit.stored_events import operations_of, write

TABLE = "bench"
ORIGIN = Origin("bench", "")
PRESENTER = raw_id(1)
ROSTER: Roster = {PRESENTER: "Presenter", raw_id(2): "Attendee"}

NOTIFICATION = {"aeg-event-type": "Notification"}
_ROOMS = 128
"""Rooms of two people; requests are to one after the other, so that no two change the same one at
the same time."""


@dataclass(frozen=True, slots=True)
class Site:
    """An app, its table and rooms in it. `clock` gives times that come only once."""

    app: RunningApp
    table: TableClient
    """As azure-data-tables makes it, with nothing set."""
    connections: Sequence[Connection]
    rooms: Sequence[Room]
    crowd: Meeting
    """A call that goes on, of many people."""
    floors: Mapping[str, Ticks]
    """By partition."""
    clock: Iterator[Ticks] = field(default_factory=lambda: count(now()))

    def arriving(self, operations: Sequence[Operation]) -> list[Operation]:
        """What the app makes of a transaction: it has the arrivals of its log records, too."""
        partition = all_at_home(operations[:1])[0][1]["PartitionKey"]
        floor = self.floors[partition]
        first, *others = placed(partition, with_arrivals(operations, floor, now()))
        return [first, touch(floor_entity(partition, floor)), *others]

    def room(self, number: int) -> Room:
        """One of the rooms, one after the other."""
        return self.rooms[number % len(self.rooms)]

    def signed(self, method: str, path: str, body: object = None) -> bytes:
        """A request of the Rooms API, signed as the SDKs do it."""
        target, host = f"{path}?api-version={NEWEST}", f"localhost:{self.app.port}"
        return request_bytes(
            method,
            target,
            host,
            body,
            signed(self.app.manage_key, method, target, host, encoded(body)),
        )

    def keyed(
        self, method: str, path: str, body: object = None, headers: Mapping[str, str] | None = None
    ) -> bytes:
        """A request of ours, with the key as it is."""
        host = f"localhost:{self.app.port}"
        return request_bytes(
            method, path, host, body, {"x-api-key": self.app.manage_key, **(headers or {})}
        )


@asynccontextmanager
async def site(
    folder: Path,
    storage: str,
    people: int,
    at_once: int = 1,
    table: str = TABLE,
    through: str | None = None,
    settings: Mapping[str, str] | None = None,
) -> AsyncIterator[Site]:
    """An app with some rooms.

    Args:
        storage: connection string.
        people: in the call of one more room.
        at_once: connections to the app.
        through: the connection string that the app gets, if it is another.
        settings: more settings of the app.
    """
    async with AsyncExitStack() as stack:
        app = stack.enter_context(
            running_app(
                folder,
                {"ROOMS_STORAGE": through or storage, "ROOMS_TABLE": table, **(settings or {})},
            )
        )
        client = await stack.enter_async_context(TableClient.from_connection_string(storage, table))
        rooms = [new_room(number) for number in range(_ROOMS)]
        await write(
            Table(client),
            (each for room in rooms for each in creation(room, ROSTER, None, ORIGIN)),
        )
        crowd = await _meet(client, people)
        connections = [await Connection.open(app.port) for _ in range(at_once)]
        for connection in connections:
            stack.callback(connection.close)
        warm = Site(app, client, connections, rooms, crowd, {})
        for room in rooms[: len(keys.PARTITIONS)]:  # one of each: the app knows all floors then
            path = f"/rooms/{room.id}/admission"
            await connections[0].send(warm.keyed("POST", path, {"rawId": PRESENTER}))
        floors = Arrivals(Table(client), now)
        known = {each: await floors.made_floor(each) for each in keys.PARTITIONS}
        yield replace(warm, floors=known)


def new_room(number: int | None = None) -> Room:
    """A room that is open; with a number, in the partition of its last digit."""
    end = random.randrange(10) if number is None else number % 10
    at = now()
    return Room(f"994{random.randrange(10**13):013d}{end}", at, at - DAY, at + 30 * DAY, False)


async def _meet(table: TableClient, people: int) -> Meeting:
    """A room with so many people, who are all in its call."""
    roster: Roster = {raw_id(number): "Attendee" for number in range(people)}
    room = new_room()
    await write(Table(table), creation(room, roster, None, ORIGIN))
    meeting = live_meeting(room.id)
    joined = [
        meeting.added(number / 10, person, f"Person {number}")
        for number, person in enumerate(roster)
    ]
    await write(Table(table), operations_of([meeting.started(), *joined]))
    return meeting


def request_bytes(
    method: str, target: str, host: str, body: object, headers: Mapping[str, str]
) -> bytes:
    """A request as it is sent."""
    content = encoded(body)
    sent = {"Host": host, **headers}
    if content:
        sent |= {"Content-Type": "application/json", "Content-Length": str(len(content))}
    lines = [
        f"{method} {target} HTTP/1.1",
        *(f"{name}: {value}" for name, value in sent.items()),
        "",
        "",
    ]
    return "\r\n".join(lines).encode() + content
