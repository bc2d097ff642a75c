"""The place in the order of arrival at which a time begins."""

from rooms.domain.time import DAY, HOUR, SECOND, Ticks
from rooms.storage import keys
from rooms.storage.arrivals import Arrivals
from rooms.storage.table import Table

_BACK: tuple[Ticks, ...] = (60 * SECOND, HOUR, DAY)
"""How far back a floor is looked for, one after another, before it is looked for in all."""

_LAST = "f" * 16


class ArrivalTimes:
    """When records of a partition arrived, by the clocks of those who wrote them.

    Records are in the order of their floors. So what arrived from a time on is above all floors
    that were raised since, and before these, from that time on, above the last one of before.
    Raises StorageUnavailable as Table does.
    """

    def __init__(self, table: Table, arrivals: Arrivals) -> None:
        self._table = table
        self._arrivals = arrivals

    async def place(self, partition: str, room_id: str | None, at: Ticks) -> str:
        """Returns the place before the first record of a room, or of all rooms if `room_id` is
        None, that arrived at that time or later.

        One request, if nobody has read this log since then. Else some ten: the last floor of before
        is searched for.
        """
        floor = await self._arrivals.floor(partition, at)
        if floor is None:
            return keys.FIRST_ARRIVAL
        if floor >= at:
            floor = await self._last_floor(partition, room_id, at)
        return keys.FIRST_ARRIVAL if floor is None else keys.arrival(floor, at - 1, _LAST)

    async def _last_floor(self, partition: str, room_id: str | None, at: Ticks) -> Ticks | None:
        """Returns the last floor of before then above which anything arrived, or None."""
        low, high = None, at
        for back in (*_BACK, at):
            start = max(0, at - back)
            low = await self._floor(partition, room_id, start, high)
            if low is not None:
                break
            high = start
        if low is None:
            return None
        while (later := await self._floor(partition, room_id, low + 1, high)) is not None:
            middle = (later + high) // 2
            found = await self._floor(partition, room_id, middle, high)
            low, high = (later, middle) if found is None else (found, high)
        return low

    async def _floor(
        self, partition: str, room_id: str | None, start: Ticks, end: Ticks
    ) -> Ticks | None:
        """Returns the first floor from `start` until just before `end` above which anything
        arrived, or None. One request."""
        if start >= end:
            return None
        prefix = keys.arrived_prefix(room_id)
        first, last = (f"{prefix}{keys.arrival_start(floor)}" for floor in (start, end))
        rows = await self._table.first(partition, first, last, 1, ["RowKey"])
        return keys.arrival_floor(keys.arrival_of(rows[0]["RowKey"])) if rows else None
