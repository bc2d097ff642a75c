"""Walks through the events of the calls of a room, in the order of the hashes of their ids.

Of many calls this takes far fewer requests than asking for each.
"""

import asyncio
from bisect import bisect_right
from collections.abc import AsyncGenerator, Sequence

from rooms.domain.events import CallEvent
from rooms.storage import keys
from rooms.storage.entities import rare_event_of
from rooms.storage.table import MAX_PAGE, Table

_FEWEST = 50
"""Rows of a step where most are of calls that nobody asked for."""

_TURN = 100
"""Rows after which other requests have their turn."""


async def walked(
    table: Table, room_id: str, hashes: Sequence[str], most: int
) -> AsyncGenerator[tuple[str, list[CallEvent]]]:
    """Yields the hash and the events, in the order of time, of each of these calls that has events.

    Skips other calls. Ends a call after `most` events. One request for at most a thousand rows.

    Args:
        hashes: sorted.
    """
    wanted = set(hashes)
    start, end = keys.calls_range(room_id, hashes[0], hashes[-1])
    count = MAX_PAGE
    current, events = "", list[CallEvent]()
    while True:
        rows = await table.first(
            await table.partition_of(room_id), start, end, count, ["RowKey", "event"]
        )
        useful = 0
        for number, row in enumerate(rows):
            if number % _TURN == 0:
                await asyncio.sleep(0)
            call = keys.call_hash_of(row["RowKey"])
            if call != current:
                if events:
                    yield current, events
                current, events = call, []
            if call in wanted and len(events) < most:
                events.append(rare_event_of(row))
                useful += 1
        if len(rows) < count:
            break
        if current in wanted and len(events) < most:
            start = keys.after(rows[-1]["RowKey"])
        else:
            behind = bisect_right(hashes, current)
            if behind == len(hashes):
                break
            start, _ = keys.calls_range(room_id, hashes[behind], hashes[behind])
        count = min(MAX_PAGE, max(_FEWEST, 2 * useful))
    if events:
        yield current, events
