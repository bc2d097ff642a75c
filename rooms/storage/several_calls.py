"""Reads several calls of a room at once."""

from collections.abc import Sequence
from contextlib import aclosing
from itertools import batched
from typing import NamedTuple

from rooms.domain.limits import Limits
from rooms.domain.time import Ticks
from rooms.storage import keys
from rooms.storage.call_walk import walked
from rooms.storage.folds import Folded, Folds, folded
from rooms.storage.parallel import AT_ONCE, in_parallel
from rooms.storage.table import Table

WALK_FROM = 64
"""Calls from which on a walk through the room's events is cheaper than a request for each."""

_WALKS = 4
"""Walks at the same time, each of a part of the calls."""


class CallsRead(NamedTuple):
    """Calls by their ids. `is_whole` if they are all that were asked for."""

    calls: dict[str, Folded]
    is_whole: bool


class SeveralCalls:
    """The calls of all rooms."""

    def __init__(self, table: Table, folds: Folds, limits: Limits) -> None:
        self._table = table
        self._folds = folds
        self._limits = limits

    async def read(self, room_id: str, calls: Sequence[str], now: Ticks) -> CallsRead:
        """Returns these calls at `now`, the first ones if they have too many events.

        One request for each; if there are many, for a thousand events of the room.
        """
        read: dict[str, Folded] = {}
        one_by_one, left = calls, self._limits.events
        if len(calls) > WALK_FROM:
            read, one_by_one, left = await self._walk(room_id, calls, now)
        for batch in batched(one_by_one, AT_ONCE, strict=False):
            if left < 0:
                return CallsRead(read, is_whole=False)
            for call, found in zip(
                batch,
                await in_parallel(self._folds.read(room_id, call, now) for call in batch),
                strict=True,
            ):
                left -= len(found.times)
                if left >= 0 or not read:
                    read[call] = found
        return CallsRead(read, is_whole=left >= 0 or len(calls) == 1)

    async def _walk(
        self, room_id: str, calls: Sequence[str], now: Ticks
    ) -> tuple[dict[str, Folded], list[str], int]:
        """Returns the calls that are small, the ids of those that are large, and how many events
        may still be read."""
        by_hash = {keys.hashed(call): call for call in calls}
        share = -(-len(by_hash) // _WALKS)
        read: dict[str, Folded] = {}
        large: list[str] = []
        left = self._limits.events

        async def take(hashes: Sequence[str]) -> None:
            nonlocal left
            most = self._limits.kept_events + 1
            async with aclosing(walked(self._table, room_id, hashes, most)) as found:
                async for each, events in found:
                    if len(events) == most:
                        large.append(by_hash[each])
                        continue
                    left -= len(events)
                    if left < 0:
                        return
                    read[by_hash[each]] = folded([one for one in events if one.at <= now], now)

        await in_parallel(take(part) for part in batched(sorted(by_hash), share, strict=False))
        return read, large, left
