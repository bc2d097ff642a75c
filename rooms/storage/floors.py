"""The floors that this process knows, one a partition.

A floor only rises. So one that has been raised meanwhile is known too low, which costs a request
and loses nothing: what is written by it is refused, and what is below it is final.
"""

import asyncio
from dataclasses import dataclass, field
from weakref import WeakValueDictionary

from rooms.domain.time import Ticks


@dataclass(slots=True)
class Floors:
    """What is known of the floors of a table, by partition.

    `spread` is the version of the spread that a floor says, if it says one. `raised` is when this
    process last raised one, in seconds of its monotonic clock.
    """

    known: dict[str, Ticks] = field(default_factory=dict)
    spread: dict[str, int] = field(default_factory=dict)
    raised: dict[str, float] = field(default_factory=dict)
    _locks: WeakValueDictionary[str, asyncio.Lock] = field(default_factory=WeakValueDictionary)

    def lock(self, partition: str) -> asyncio.Lock:
        """Returns the lock under which a floor is read and raised, once for all who wait."""
        return self._locks.setdefault(partition, asyncio.Lock())

    def learn(self, partition: str, floor: Ticks | None, spread: int = 0) -> None:
        """Takes in what the storage says. None: there is no floor."""
        if floor is None:
            self.known.pop(partition, None)
        else:
            self.known[partition] = floor
            self.spread[partition] = spread

    def forget(self, partition: str, floor: Ticks) -> None:
        """Forgets a floor that was refused, unless a newer one is known by now."""
        if self.known.get(partition) == floor:
            del self.known[partition]
