"""Who makes the changes of tests, and their clock."""

from dataclasses import dataclass

from rooms.domain.time import Ticks, now
from rooms.storage import keys
from rooms.storage.arrivals import Arrivals
from rooms.storage.changes import Origin
from rooms.storage.table import Table

ORIGIN = Origin("tester", "request-1")


async def know_floors(table: Table) -> None:
    """Makes a process know the floors of all partitions, which are made if there are none."""
    arrivals = Arrivals(table, now)
    for partition in keys.PARTITIONS:
        await arrivals.made_floor(partition)


@dataclass
class Clock:
    """A clock that shows the time that the test sets."""

    now: Ticks

    def __call__(self) -> Ticks:
        return self.now
