"""Who makes the changes of tests, and their clock."""

from dataclasses import dataclass

from rooms.domain.time import Ticks
from rooms.storage.changes import Origin

ORIGIN = Origin("tester", "request-1")


@dataclass
class Clock:
    """A clock that shows the time that the test sets."""

    now: Ticks

    def __call__(self) -> Ticks:
        return self.now
