"""Reads the events of a call, one after another."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

from rooms.domain.events import CallEvent
from rooms.domain.time import Ticks
from rooms.storage import keys
from rooms.storage.entities import event_of, rare_event_of
from rooms.storage.table import MAX_PAGE, Table

CALLS_AT_ONCE = 5
"""Calls of a page whose events are read at once: few are read in vain when the page ends."""

_TURN = 100
"""Events of a large call after which other requests have their turn."""


class CallEvents:
    """The events of all calls."""

    def __init__(self, table: Table) -> None:
        self._table = table

    async def first(self, room_id: str, call: str, now: Ticks, count: int) -> list[CallEvent]:
        """Returns the first `count` events of a call by `now`. One request for a thousand."""
        start, end = keys.events_range(room_id, call, now + 1)
        rows = await self._table.first(
            await self._table.partition_of(room_id), start, end, count, ["event"]
        )
        return [event_of(row) for row in rows]

    async def since(
        self, room_id: str, call: str, start: Ticks, now: Ticks
    ) -> AsyncGenerator[CallEvent]:
        """Yields the events of a large call from `start` until `now`, in the order of time. One
        request for a thousand."""
        first, end = keys.events_range(room_id, call, now + 1, start)
        async with aclosing(
            self._table.each(
                await self._table.partition_of(room_id), first, end, MAX_PAGE, ["event"]
            )
        ) as rows:
            count = 0
            async for row in rows:
                yield rare_event_of(row)
                count += 1
                if count % _TURN == 0:
                    await asyncio.sleep(0)
