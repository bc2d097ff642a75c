"""Reads the events of a call."""

from rooms.domain.events import CallEvent
from rooms.domain.limits import Limits
from rooms.domain.time import Ticks
from rooms.storage import keys
from rooms.storage.entities import event_of
from rooms.storage.errors import TooManyEvents
from rooms.storage.table import Table

CALLS_AT_ONCE = 5
"""Calls whose events are read at once."""


class CallEvents:
    """The events of all calls."""

    def __init__(self, table: Table, limits: Limits) -> None:
        self._table = table
        self._limits = limits

    async def of(self, room_id: str, call: str, now: Ticks) -> list[CallEvent]:
        """Returns the events of a call by `now`. One request.

        Raises:
            TooManyEvents: there are more than `limits` allows.
        """
        found = await self._first(room_id, call, now, self._limits.events + 1)
        if len(found) > self._limits.events:
            raise TooManyEvents(self._limits.events, self._limits.calls)
        return found

    async def first(self, room_id: str, call: str, now: Ticks) -> CallEvent | None:
        """Returns the first event of a call, if that is not later than `now`. One request."""
        return next(iter(await self._first(room_id, call, now, 1)), None)

    async def _first(self, room_id: str, call: str, now: Ticks, count: int) -> list[CallEvent]:
        start, end = keys.events_range(room_id, call, now + 1)
        rows = await self._table.first(keys.partition(room_id), start, end, count, ["event"])
        return [event_of(row) for row in rows]
