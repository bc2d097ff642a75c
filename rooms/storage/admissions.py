"""Reads who is in the call of a room, for a decision who may join, and records the decision."""

import logging
from collections.abc import Callable, Mapping
from typing import Any

from rooms.domain.admission import Occupancy, occupancy_at
from rooms.domain.presence import call_at
from rooms.domain.time import Ticks
from rooms.storage.arrivals import Arrivals
from rooms.storage.calls import Calls
from rooms.storage.changes import Origin, log_record
from rooms.storage.join_links import HeldLink, is_bound
from rooms.storage.operations import Conflict, insert
from rooms.storage.single_flight import SingleFlight
from rooms.storage.table import Table

_log = logging.getLogger(__name__)


class Admissions:
    """The admissions to all rooms. Raises StorageUnavailable as Table does."""

    def __init__(self, table: Table, calls: Calls, clock: Callable[[], Ticks]) -> None:
        self._table = table
        self._arrivals = Arrivals(table, clock)
        self._calls = calls
        self._clock = clock
        self._occupancies = SingleFlight(self._occupancy_now)

    async def occupancy(self, room_id: str) -> Occupancy:
        """Returns who is in the room's call now. One request, one for each call that goes on, and
        some more where there are several.

        Simultaneous callers share these requests. Hundreds of reads of a call of 350 people would
        take too long.
        """
        return await self._occupancies.get(room_id)

    async def occupancy_at(self, room_id: str, at: Ticks, now: Ticks) -> Occupancy:
        """Returns who was in the room's call at `at`: nobody in the future. Requests as
        `occupancy`."""
        calls = await self._calls.overlapping(room_id, at, at, now)
        found = occupancy_at(call_at(calls, at), at)
        if found.incomplete:
            _log.warning(
                "only some of the people in room %s are counted: its calls have too many events",
                room_id,
            )
        return found

    async def record(
        self,
        room_id: str,
        at: Ticks,
        kind: str,
        detail: Mapping[str, Any],
        origin: Origin,
        binds: HeldLink | None = None,
    ) -> None:
        """Writes a decision into the room's log, and binds a join link to its browser with it. One
        request, and two more if the same browser was faster.

        Raises:
            JoinLinkUsed: another browser was faster. The log has nothing.
        """
        record = insert(log_record(room_id, at, kind, origin, detail))
        if binds is None:
            await self._arrivals.commit(room_id, [record])
            return
        try:
            await self._arrivals.commit(room_id, [record, insert(binds.entity)])
        except Conflict:
            await is_bound(self._table, binds)
            await self._arrivals.commit(room_id, [record])

    async def is_bound(self, held: HeldLink) -> bool:
        """Returns whether the join link is bound to this browser already. One request.

        Raises:
            JoinLinkUsed: it is bound to another one.
        """
        return await is_bound(self._table, held)

    async def _occupancy_now(self, room_id: str) -> Occupancy:
        now = self._clock()
        return await self.occupancy_at(room_id, now, now)
