"""The first pass of upkeep over all rows: it writes what rows of an earlier version lack."""

import time
from collections.abc import Callable, Mapping
from typing import Any

from rooms.storage import keys
from rooms.storage.parallel import in_parallel
from rooms.storage.table import Table

ROWS = 2
"""The version of the rows that a pass over all rows leaves. Version 1 has no schedule, people and
names in the list of all rooms."""

_ASK_AGAIN_SECONDS = 60.0


def is_of_this_version(place: Mapping[str, Any]) -> bool:
    """Returns whether the upkeep that wrote how far it has come writes what this version needs."""
    return place.get("rows") == ROWS


def goes_on(place: Mapping[str, Any]) -> bool:
    """Returns whether the first pass over a partition has begun and is not over."""
    if not is_of_this_version(place):
        return True
    return place["whole"] is True and place["cursor"] != keys.END


class FirstPass:
    """The first pass over all partitions of rooms. Raises StorageUnavailable as Table does."""

    def __init__(self, table: Table, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._table = table
        self._monotonic = monotonic
        self._is_over = False
        self._asked_at: float | None = None

    async def is_over(self) -> bool:
        """Returns whether it is over, so that no row lacks anything. One request for each
        partition, in parallel, and then none for a minute; none any more, once it is over."""
        moment = self._monotonic()
        if self._is_over or (
            self._asked_at is not None and moment < self._asked_at + _ASK_AGAIN_SECONDS
        ):
            return self._is_over
        places = await in_parallel(
            self._table.get(partition, keys.UPKEEP_ROW)
            for partition in await self._table.partitions()
        )
        self._is_over = all(place is not None and not goes_on(place) for place in places)
        self._asked_at = moment
        return self._is_over
