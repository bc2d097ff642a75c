"""Removes calls that were over too long ago."""

from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from azure.data.tables import TableEntity

from rooms.domain.time import MAX_TIME, Ticks
from rooms.storage import keys
from rooms.storage.operations import Conflict
from rooms.storage.parallel import in_parallel
from rooms.upkeep.cutoffs import Cutoffs
from rooms.upkeep.removal import Removal


@dataclass(frozen=True, slots=True)
class CallRows:
    """The calls of all rooms. Raises StorageUnavailable as Table does."""

    removal: Removal
    cutoffs: Cutoffs

    async def purge(self, partition: str, room_id: str) -> None:
        """Deletes calls that had their last event before the hour in which the retention begins. A
        call goes as a whole, or its fold would change. Before them go all log records that are too
        old. Two requests, if there are none of either.

        An event that is delivered again is recognised by its own row, and could not be kept if only
        its log record were there.
        """
        removal, before = self.removal, self.cutoffs.kept_calls
        limit = removal.limits.upkeep_rows
        start, end = keys.activity_range(room_id, 0, before - 1)
        while True:
            rows = await removal.table.first(partition, start, end, limit)
            hours: defaultdict[str, list[TableEntity]] = defaultdict(list)
            for row in rows:
                hours[row["call"]].append(row)
            events = await in_parallel(self._events(partition, room_id, call) for call in hours)
            await self._clear_log(partition, room_id)
            await in_parallel(
                self._remove(partition, room_id, call, hours[call], of_call)
                for call, of_call in zip(hours, events, strict=True)
                if of_call is not None
            )
            if len(rows) < limit:
                return
            start = keys.after(rows[-1]["RowKey"])

    async def _events(self, partition: str, room_id: str, call: str) -> list[str] | None:
        """Returns the keys of the first events of a call; None if it has any that are kept."""
        table, before = self.removal.table, self.cutoffs.kept_calls
        first_kept, end = keys.events_range(room_id, call, MAX_TIME + 1, before)
        start, _ = keys.events_range(room_id, call, before)
        limit = self.removal.limits.upkeep_rows
        rows = await table.first(partition, start, end, limit, ["RowKey"])
        events = [row["RowKey"] for row in rows]
        if events and events[-1] >= first_kept:
            return None
        if len(events) == limit and await table.first(partition, first_kept, end, 1, ["RowKey"]):
            return None
        return events

    async def _remove(
        self,
        partition: str,
        room_id: str,
        call: str,
        hours: Sequence[TableEntity],
        events: Sequence[str],
    ) -> None:
        """Deletes a call, with the rows that say in which hours it had events: in one transaction,
        if it is not large.

        These must not have changed since before the events were read: an event that arrives
        meanwhile is found by them.
        """
        limit = self.removal.limits.upkeep_rows
        at = [keys.activity_of(row["RowKey"])[0] for row in hours]
        rows = [keys.all_activity_row(room_id, call, hour) for hour in at]
        if len(events) < limit and len(rows) + len(events) + len(hours) <= limit:
            with suppress(Conflict):
                await self.removal.table.delete(partition, [*events, *rows], unchanged=hours)
                self.removal.removed["calls"] += bool(events)
                self.removal.removed["events"] += len(events)
                return
        for hour in at:
            await self._remove_hour(partition, room_id, call, hour)

    async def _remove_hour(self, partition: str, room_id: str, call: str, hour: Ticks) -> None:
        """Deletes the events of the call, and then the two rows of its activity in that hour."""
        table = self.removal.table
        activity = (
            keys.activity_row(room_id, call, hour),
            keys.all_activity_row(room_id, call, hour),
        )
        while rows := [
            row for key in activity if (row := await table.get(partition, key)) is not None
        ]:
            self.removal.removed["calls"] += await self._clear_events(partition, room_id, call)
            with suppress(Conflict):
                await table.delete(partition, [], unchanged=rows)
                return

    async def _clear_events(self, partition: str, room_id: str, call: str) -> bool:
        """Deletes the events of the call, and before them their log records. Returns whether there
        were any."""
        start, end = keys.events_range(room_id, call, self.cutoffs.kept_calls)
        found = False
        while rows := await self.removal.some(partition, start, end):
            found = True
            await self._clear_log(partition, room_id)
            done = await self.removal.together(partition, rows, "events")
            if done and len(rows) < self.removal.limits.upkeep_rows:
                break
        return found

    async def _clear_log(self, partition: str, room_id: str) -> None:
        old = keys.log_range(room_id, 0, self.cutoffs.kept)
        await self.removal.in_range(partition, *old, "log records")
