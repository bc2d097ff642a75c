"""Whether a call without a CallEnded has ended by what else is stored of its room."""

from collections.abc import Sequence
from itertools import batched

from rooms.domain.call import Call
from rooms.domain.fold import in_succession, presumed_ended
from rooms.domain.limits import Limits
from rooms.domain.overdue import OVERDUE_TIMEOUT, ended_if_overdue
from rooms.domain.time import HOUR, Ticks
from rooms.storage.activity import Activities, read_activities
from rooms.storage.call_events import CALLS_AT_ONCE, CallEvents
from rooms.storage.folds import Folds
from rooms.storage.history import History
from rooms.storage.parallel import in_parallel
from rooms.storage.several_calls import WALK_FROM, SeveralCalls
from rooms.storage.starts import Starts
from rooms.storage.table import Table


class Endings:
    """The ends of the calls of all rooms."""

    def __init__(
        self,
        table: Table,
        events: CallEvents,
        folds: Folds,
        several: SeveralCalls,
        limits: Limits,
    ) -> None:
        self._table = table
        self._events = events
        self._folds = folds
        self._several = several
        self._starts = Starts()
        self._history = History(table, limits)
        self._limits = limits

    async def all_settled(
        self, room_id: str, calls: Sequence[Call], now: Ticks, known: Activities | None = None
    ) -> list[Call]:
        """Returns calls of a room in the order in which they started. Requests as `settled`, for
        the last of them."""
        settled = in_succession(calls)
        if settled:
            settled[-1] = await self.settled(room_id, settled[-1], now, known)
        return settled

    async def settled(
        self, room_id: str, call: Call, now: Ticks, known: Activities | None = None
    ) -> Call:
        """Returns the call, which has ended if another call of the room has started after it, or
        long after both its last event and what was planned for the room.

        No request for a call that has ended. One more for one of which nothing was heard for long.
        """
        if call.ended_at is not None:
            return call
        if await self._is_superseded(room_id, call, now, known):
            return presumed_ended(call)
        if now - call.last_event_at < OVERDUE_TIMEOUT:
            return call
        room = await self._history.snapshot(room_id)
        return ended_if_overdue(call, room.planned_end, now)

    async def _is_superseded(
        self, room_id: str, call: Call, now: Ticks, known: Activities | None
    ) -> bool:
        """Returns whether another call of the room has started after this live one."""
        if known is None or not known.cover(call.started_at, now):
            known = await read_activities(self._table, room_id, call.started_at, now, self._limits)
        hour = call.started_at - call.started_at % HOUR
        others = [
            other.call
            for other in known.calls
            if other.call != call.id
            and other.hours[0] >= hour
            and not self._starts.is_before(room_id, other.call, call.start_order)
        ]
        if not others:
            return False
        # The most recent one has mostly started last.
        if await self._has_started_after(call, room_id, others[0], now):
            return True
        if len(others) > WALK_FROM:
            return await self._some_has_started_after(call, room_id, others[1:], now)
        for batch in batched(others[1:], CALLS_AT_ONCE, strict=False):
            if any(
                await in_parallel(
                    self._has_started_after(call, room_id, other, now) for other in batch
                )
            ):
                return True
        return False

    async def _some_has_started_after(
        self, call: Call, room_id: str, others: Sequence[str], now: Ticks
    ) -> bool:
        read = await self._several.read(room_id, others[: self._limits.calls], now)
        for other, found in read.calls.items():
            if found.times:
                self._starts.remember(room_id, other, found.times[0])
        return any(
            found.call is not None and found.call.start_order > call.start_order
            for found in read.calls.values()
        )

    async def _has_started_after(self, call: Call, room_id: str, other: str, now: Ticks) -> bool:
        """Returns whether another call of the room has started after `call`. One request; two for
        one without a CallStarted, whose length may tell an earlier start."""
        first = next(iter(await self._events.first(room_id, other, now, 1)), None)
        if first is None:
            return False
        self._starts.remember(room_id, other, first.at)
        if first.kind == "CallStarted" or (first.at, other) <= call.start_order:
            return (first.at, other) > call.start_order
        folded = (await self._folds.read(room_id, other, now)).call
        return folded is not None and folded.start_order > call.start_order
