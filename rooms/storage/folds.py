"""Calls, folded from their events. A large one is kept folded for a while.

What is kept of a large call are its events until a minute ago, or until the last thousand if these
are younger. Each question reads the rest. So the cost of a question does not grow with the call.
"""

import asyncio
from array import array
from bisect import bisect_left
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass, replace
from typing import Any

from rooms.domain.call import Call
from rooms.domain.events import CallEvent
from rooms.domain.fold import CallFold, fold_call
from rooms.domain.limits import Limits
from rooms.domain.time import SECOND, Ticks
from rooms.storage.call_events import CallEvents
from rooms.storage.errors import StorageUnavailable
from rooms.storage.single_flight import error_is_known

LATE: Ticks = 60 * SECOND
"""Events that are younger than this are not kept folded: others may still come between them."""

RETRY_AFTER = 2
"""Seconds after which a question about a call that is being folded has a chance."""

EARLIER = 4
"""Folds as of earlier times that may be under way. Each list has a time of its own, so there would
be as many as there are lists."""

type CallKey = tuple[str, str]
"""A room's id, and a call's."""

type _Question = tuple[CallKey, Ticks | None]
"""What a large call is folded for: a call, and an earlier time than about now."""


@dataclass(frozen=True, slots=True)
class Folded:
    """A call at some time; None if it has no event by then. `rows` were read for it."""

    call: Call | None
    rows: int
    times: Sequence[Ticks]
    """Those of its events, in order."""

    def last_event(self, start: Ticks, end: Ticks) -> Ticks | None:
        """Returns the time of its last event from `start` until just before `end`."""
        before = bisect_left(self.times, end)
        return self.times[before - 1] if before and self.times[before - 1] >= start else None


@dataclass(frozen=True, slots=True)
class _Kept:
    """The events of a large call before `until`, folded; `is_whole` if more may follow."""

    read_at: Ticks
    """When its first event was read: later ones may have come in between since."""
    until: Ticks
    fold: CallFold
    times: "array[Ticks]"
    is_whole: bool = True

    def serves(self, now: Ticks) -> bool:
        """Returns whether all of these events have happened by `now`."""
        return self.until <= now + 1


class Folds:
    """The calls of all rooms, folded."""

    def __init__(self, events: CallEvents, clock: Callable[[], Ticks], limits: Limits) -> None:
        self._events = events
        self._clock = clock
        self._limits = limits
        self._kept: dict[CallKey, _Kept] = {}
        """The one that was asked for last is at the end."""
        self._being_folded: dict[_Question, asyncio.Task[_Kept]] = {}
        self._lane = asyncio.Lock()

    async def read(self, room_id: str, call: str, now: Ticks) -> Folded:
        """Returns a call at `now`. One request; two or more if it is large.

        Raises:
            StorageUnavailable: also if folding a large call takes long. It goes on meanwhile.
        """
        return await self.at_hand(room_id, call, now) or await self._large((room_id, call), now)

    async def at_hand(self, room_id: str, call: str, now: Ticks) -> Folded | None:
        """Returns a call at `now`; None if it is large and not kept. One request."""
        if (kept := self._current((room_id, call), now)) is not None:
            return await self._from(kept, (room_id, call), now)
        most = self._limits.kept_events
        events = await self._events.first(room_id, call, now, most + 1)
        return None if len(events) > most else folded(events, now)

    def begin(self, room_id: str, call: str, now: Ticks) -> None:
        """Begins to fold a large call, which somebody will ask for."""
        with suppress(StorageUnavailable):
            self._begin(self._question((room_id, call), now), now)

    async def _large(self, key: CallKey, now: Ticks) -> Folded:
        """Returns a large call that is not kept. All who ask at the same time share the reads."""
        kept = await self._when_folded(self._question(key, now), now)
        if not kept.serves(now):  # it was begun a moment after this question was asked
            kept = await self._when_folded((key, now), now)
        found = await self._from(kept, key, now)
        return replace(found, rows=len(found.times))

    def _question(self, key: CallKey, now: Ticks) -> _Question:
        return key, None if now > self._clock() - LATE else now

    async def _when_folded(self, which: _Question, now: Ticks) -> _Kept:
        task = self._begin(which, now)
        try:
            async with asyncio.timeout(self._limits.fold_wait_seconds):
                return await asyncio.shield(task)
        except TimeoutError:
            raise StorageUnavailable(RETRY_AFTER) from None

    def _begin(self, which: _Question, now: Ticks) -> asyncio.Task[_Kept]:
        """Returns the task that folds a large call from its first event.

        Raises:
            StorageUnavailable: too many others are folded as of earlier times.
        """
        task = self._being_folded.get(which)
        if task is None:
            earlier = sum(time is not None for _, time in self._being_folded)
            if which[1] is not None and earlier >= EARLIER:
                raise StorageUnavailable(RETRY_AFTER)
            task = asyncio.create_task(self._fold(which, now))
            self._being_folded[which] = task
            task.add_done_callback(lambda done: self._has_ended(which, done))
        return task

    def _has_ended(self, which: _Question, task: asyncio.Task[Any]) -> None:
        del self._being_folded[which]
        error_is_known(task)

    async def _fold(self, which: _Question, now: Ticks) -> _Kept:
        key, earlier = which
        async with self._lane:  # one at a time: others need the process, too
            nothing = _Kept(self._clock(), 0, CallFold(), array("q"))
            kept, _ = await self._read_on(nothing, key, now)
            if earlier is None or key not in self._kept:
                self._keep(key, kept)
            return kept

    def _current(self, key: CallKey, now: Ticks) -> _Kept | None:
        """Returns what is kept of a call, if it serves."""
        if (kept := self._kept.pop(key, None)) is None:
            return None
        age = self._clock() - kept.read_at
        if not 0 <= age < self._limits.fold_seconds * SECOND:
            return None
        self._kept[key] = kept
        if not kept.serves(now):
            return None
        if 2 * age >= self._limits.fold_seconds * SECOND:
            self._begin((key, None), now)  # so that nobody who asks often has to wait
        return kept

    async def _from(self, kept: _Kept, key: CallKey, now: Ticks) -> Folded:
        """Returns a call at `now` from what is kept of it, and its events since."""
        before = len(kept.times)
        further, later = await self._read_on(kept, key, now)
        self._keep(key, further)
        fold = further.fold.copy() if later else further.fold
        for event in later:
            fold.add(event)
        call = fold.call(now)
        if call is not None and not further.is_whole:
            call = replace(call, incomplete=True)
        times = further.times + array("q", [event.at for event in later])
        return Folded(call, len(times) - before, times)

    async def _read_on(
        self, kept: _Kept, key: CallKey, now: Ticks
    ) -> tuple[_Kept, Sequence[CallEvent]]:
        """Returns what to keep after reading on until `now`, and the events that are too young for
        that."""
        if not kept.is_whole:
            return kept, ()
        fold, times, until, is_whole = kept.fold, kept.times, kept.until, True
        is_own = not times  # what is kept must not change
        later: deque[CallEvent] = deque()
        async with aclosing(self._events.since(*key, until, now)) as events:
            async for event in events:
                is_whole = len(times) + len(later) < self._limits.call_events
                if is_whole:
                    later.append(event)
                while later and (
                    later[0].at < max(until, now - LATE)
                    or len(later) > self._limits.kept_events
                    or not is_whole
                ):
                    if not is_own:
                        fold, times, is_own = fold.copy(), times[:], True
                    first = later.popleft()
                    fold.add(first)
                    times.append(first.at)
                    until = first.at + 1
                if not is_whole:
                    break
        return _Kept(kept.read_at, until, fold, times, is_whole), later

    def _keep(self, key: CallKey, kept: _Kept) -> None:
        """Keeps a call, unless a newer state of it is kept. Forgets those not asked for so long."""
        before = self._kept.pop(key, kept)
        newer = max(before, kept, key=lambda each: (each.read_at, each.until))
        self._kept[key] = newer
        events = sum(each.fold.events for each in self._kept.values())
        while len(self._kept) > 1 and events > self._limits.folded_events:
            events -= self._kept.pop(next(iter(self._kept))).fold.events


def folded(events: Sequence[CallEvent], now: Ticks) -> Folded:
    """Returns a call at `now` from all its events in the order of time."""
    return Folded(fold_call(events, now), len(events), [event.at for event in events])
