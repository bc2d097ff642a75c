"""Who makes the changes of tests, and their clock."""

from dataclasses import dataclass

from rooms.domain.time import MAX_TIME, Ticks, now
from rooms.storage import keys
from rooms.storage.arrivals import Arrivals
from rooms.storage.changes import Origin
from rooms.storage.edits import Edit
from rooms.storage.rooms import Rooms
from rooms.storage.table import Table

ORIGIN = Origin("tester", "request-1")


async def know_floors(table: Table) -> None:
    """Makes a process know the floors of all partitions, which are made if there are none."""
    arrivals = Arrivals(table, now)
    for partition in keys.PARTITIONS:
        await arrivals.made_floor(partition)


async def change_here(rooms: Rooms, room_id: str, edit: Edit) -> None:
    """Changes a room in the table, wherever its calls run."""
    read = await rooms.rows.read(room_id)
    await rooms.rows.commit(read, edit.applied(read.contents), ORIGIN)


async def delete_here(rooms: Rooms, room_id: str) -> None:
    """Deletes a room in the table, wherever its calls run."""
    assert await rooms.delete_expired(room_id, MAX_TIME, ORIGIN)


@dataclass
class Clock:
    """A clock that shows the time that the test sets."""

    now: Ticks

    def __call__(self) -> Ticks:
        return self.now
