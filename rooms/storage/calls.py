"""The calls of all rooms in the table: their events go in, one transaction each; calls, folded when
asked for, come out."""

import re
import time
from collections.abc import Callable
from dataclasses import replace

from rooms.domain.call import Call
from rooms.domain.events import CallEvent
from rooms.domain.limits import LIMITS, Limits
from rooms.domain.time import DAY, HOUR, MAX_TIME, Ticks
from rooms.domain.told import SILENCE_TIMEOUT
from rooms.storage import keys
from rooms.storage.activity import Activities, read_activities, rooms_with_activity
from rooms.storage.all_partitions import first_of_all
from rooms.storage.arrivals import Arrivals
from rooms.storage.call_events import CallEvents
from rooms.storage.call_pages import CallPages, Only, RoomCall
from rooms.storage.cursors import Page, PageAsOf, Start, read_start
from rooms.storage.endings import Endings
from rooms.storage.entities import event_entities
from rooms.storage.errors import TooManyEvents
from rooms.storage.folds import Folds
from rooms.storage.operations import Conflict, insert, upsert
from rooms.storage.parallel import AT_ONCE
from rooms.storage.retry import retried
from rooms.storage.several_calls import SeveralCalls
from rooms.storage.table import MAX_PAGE, Table

SEARCH_MARGIN: Ticks = 2 * DAY
"""A question about a time finds the calls with an event within this time before or after it."""

_ROWS = 100
"""Activity rows that a page reads; of all rooms, from each partition, and more if these show
nothing."""


class Calls:
    """All calls, also of rooms that are deleted or were never made here.

    Raises StorageUnavailable as Table does, and if it takes long to fold a large call: it is folded
    meanwhile.
    """

    def __init__(self, table: Table, clock: Callable[[], Ticks], limits: Limits = LIMITS) -> None:
        self._table = table
        events = CallEvents(table)
        self._folds = Folds(events, clock, limits)
        self._several = SeveralCalls(table, self._folds, limits)
        self._endings = Endings(table, events, self._folds, self._several, limits)
        self._pages = CallPages(self._folds, self._endings, limits)
        self._arrivals = Arrivals(table, clock)
        self._clock = clock
        self._limits = limits

    async def record(self, room_id: str, event: CallEvent, text: str) -> None:
        """Keeps an event, with the `text` that was delivered. Changes nothing if the event is there
        already. One request."""
        log, row, *activity = event_entities(
            room_id, event, text, self._clock(), self._limits.event_bytes
        )
        operations = [insert(row), insert(log), *(upsert(entity) for entity in activity)]
        # A conflict is one with another event of the call, about its activity.
        await retried(lambda: self._arrivals.commit(room_id, operations), Conflict)

    async def call(self, room_id: str, call: str, now: Ticks) -> Call | None:
        """Returns one call at `now`. One request; some more for a large or a live one."""
        found = (await self._folds.read(room_id, call, now)).call
        return found and await self._endings.settled(room_id, found, now)

    async def told(self, room_id: str, call: str, now: Ticks) -> Call | None:
        """Returns one call at `now` as its own events tell it. One request; some more for a large
        one."""
        return (await self._folds.read(room_id, call, now)).call

    async def overlapping(self, room_id: str, start: Ticks, end: Ticks, now: Ticks) -> list[Call]:
        """Returns the calls, as they are at `now`, that may have gone on between these times, or at
        `start` if they are the same.

        One request, one for each of these calls or, of many, for a thousand events of the room, and
        rarely some for a live one. `incomplete`: there are too many calls or events for one answer.

        Raises:
            TooManyEvents: it would be incomplete, and would not be for a shorter time.
        """
        until = min(end, now)
        if start > until:
            return []
        activities = await self._activities(room_id, start, until, now)
        # Of now, a CallEnded that has happened is enough to know that the call is over.
        only_now = start == end == now
        wanted = [
            activity.call
            for activity in activities.calls
            if activity.may_overlap(start, until, now) and not (only_now and activity.ended)
        ]
        may_be_shorter = _may_be_shorter(start, until)
        if may_be_shorter and len(wanted) > self._limits.calls:
            raise self._too_many_events()
        read = await self._several.read(room_id, wanted[: self._limits.calls], now)
        if may_be_shorter and not read.is_whole:
            raise self._too_many_events()
        calls = await self._endings.all_settled(
            room_id,
            [each.call for each in read.calls.values() if each.call is not None],
            now,
            activities,
        )
        if activities.is_whole and read.is_whole and len(wanted) <= self._limits.calls:
            return calls
        return [replace(call, incomplete=True) for call in calls]

    async def _activities(self, room_id: str, start: Ticks, until: Ticks, now: Ticks) -> Activities:
        """Returns which calls had events in this time, or before and after it if these are not too
        many."""
        earliest = max(0, start - (SILENCE_TIMEOUT if start >= now else SEARCH_MARGIN))
        latest = min(until + SEARCH_MARGIN, now)
        around = await read_activities(self._table, room_id, earliest, latest, self._limits)
        if around.start <= start:
            return around
        within = await read_activities(self._table, room_id, start, until, self._limits)
        if not within.is_whole and _may_be_shorter(start, until):
            raise self._too_many_events()
        return replace(within, is_whole=False)

    async def last(self, room_id: str, now: Ticks) -> Call | None:
        """Returns the call that started last, of those of the most recent hour with an event.

        One request for a room without calls, else two; one for each further call of that hour, and
        some more for a large or a live one.
        """
        start, end = keys.activity_range(room_id, 0, now)
        partition = await self._table.partition_of(room_id)
        rows = await self._table.first(partition, start, end, AT_ONCE, ["RowKey", "call"])
        hours = [keys.activity_of(row["RowKey"])[0] for row in rows]
        newest = [row["call"] for row, hour in zip(rows, hours, strict=True) if hour == hours[0]]
        read = await self._several.read(room_id, newest, now)
        calls = [each.call for each in read.calls.values() if each.call is not None]
        settled = await self._endings.all_settled(room_id, calls, now)
        return settled[-1] if settled else None

    async def page(self, room_id: str, cursor: str | None, now: Ticks) -> Page[RoomCall]:
        """Returns a page of the calls of a room, as of the time of the first page.

        They are in the order of the hour of their last event, newest first.
        """
        begin = read_start(
            cursor, re.escape(keys.activity_prefix(room_id)) + keys.ACTIVITY_SUFFIX, now
        )
        start, end = keys.activity_range(room_id, 0, begin.as_of)
        first = start if begin.after is None else keys.after(begin.after)
        rows = await self._table.first(await self._table.partition_of(room_id), first, end, _ROWS)
        return await self._pages.page(rows, len(rows) == _ROWS, 0, begin.as_of + 1, begin)

    async def page_of_all(
        self, start: Ticks, end: Ticks, cursor: str | None, now: Ticks
    ) -> Page[RoomCall]:
        """Returns a page of the calls that had an event from `start` until just before `end`.

        They are as of the time of the first page, of all rooms, and in the order of the hour of
        their last event in that time, newest first.
        """
        return await self._page_of_all(start, end, _start_of_all(cursor, now))

    async def live(self, cursor: str | None, now: Ticks) -> PageAsOf[RoomCall]:
        """Returns a page of the live calls of all rooms, as of the time of the first page.

        They are in the order of the hour of their last event, newest first.
        """
        begin = _start_of_all(cursor, now)
        start = max(0, begin.as_of - SILENCE_TIMEOUT)
        page = await self._page_of_all(start, MAX_TIME, begin, "live")
        return PageAsOf(page.items, page.cursor, begin.as_of)

    async def rooms_with_events(self, start: Ticks, end: Ticks) -> dict[str, bool]:
        """Returns the rooms that had events of calls in the hours of `start` to `end`, and whether
        such a call has not ended. Ten requests for a thousand calls of each partition."""
        return await rooms_with_activity(self._table, start, end)

    async def unended(self, now: Ticks) -> list[RoomCall]:
        """Returns the calls of all rooms of the last day that have not ended at `now` as far as
        their own events tell: another call of the room may show that they are over.

        Ten requests for thirty of them, and one for each.
        """
        found: list[RoomCall] = []
        start, cursor = max(0, now - SILENCE_TIMEOUT), None
        while True:
            begin = _start_of_all(cursor, now)
            page = await self._page_of_all(start, MAX_TIME, begin, "unended")
            found += page.items
            cursor = page.cursor
            if cursor is None:
                return found

    async def _page_of_all(
        self, start: Ticks, end: Ticks, begin: Start, only: Only | None = None
    ) -> Page[RoomCall]:
        """Returns the next calls, of the first page that has any; an empty page after a while."""
        end = min(end, begin.as_of + 1)
        if start >= end:
            return Page([], None)
        first, last = keys.all_activity_range(start, end - 1)
        until = time.monotonic() + self._limits.search_seconds
        count = _ROWS
        while True:
            rows, more = await first_of_all(
                self._table, first if begin.after is None else keys.after(begin.after), last, count
            )
            page = await self._pages.page(rows, more, start, end, begin, only)
            if page.items or page.cursor is None or time.monotonic() > until:
                return page
            begin, count = _start_of_all(page.cursor, begin.as_of), min(4 * count, MAX_PAGE)

    def _too_many_events(self) -> TooManyEvents:
        return TooManyEvents(self._limits.events, self._limits.calls)


def _may_be_shorter(start: Ticks, until: Ticks) -> bool:
    """Returns whether a shorter time has fewer calls: what had events is known by the hour."""
    return start - start % HOUR != until - until % HOUR


def _start_of_all(cursor: str | None, now: Ticks) -> Start:
    return read_start(cursor, re.escape(keys.ALL_ACTIVITY_START) + keys.ALL_ACTIVITY_SUFFIX, now)
