"""The calls of all rooms in the table: their events go in, one transaction each; calls, folded when
asked for, come out."""

import logging
import re
from collections.abc import Callable, Sequence
from itertools import batched, takewhile
from typing import NamedTuple

from azure.data.tables import TableEntity

from rooms.domain.call import Call
from rooms.domain.events import CallEvent
from rooms.domain.fold import SILENCE_TIMEOUT, fold_call, fold_calls
from rooms.domain.limits import LIMITS, Limits
from rooms.domain.time import DAY, HOUR, MAX_TIME, Ticks
from rooms.storage import keys
from rooms.storage.activity import read_activities
from rooms.storage.all_partitions import first_of_all
from rooms.storage.arrivals import Arrivals
from rooms.storage.call_events import CALLS_AT_ONCE, CallEvents
from rooms.storage.cursors import Page, PageAsOf, Start, read_start
from rooms.storage.endings import Endings
from rooms.storage.entities import event_entities
from rooms.storage.errors import TooManyEvents
from rooms.storage.operations import Conflict, insert, upsert
from rooms.storage.parallel import in_parallel
from rooms.storage.retry import retried
from rooms.storage.table import Table

_log = logging.getLogger(__name__)

SEARCH_MARGIN: Ticks = 2 * DAY
"""A question about a time finds the calls with an event within this time before or after it."""

_ROWS = 100
"""Activity rows that a page reads; of all rooms, from each partition."""


class RoomCall(NamedTuple):
    """A call, and the room that it is of."""

    room_id: str
    call: Call


type _CallKey = tuple[str, str]
"""A room's id, and a call's."""


class _Place(NamedTuple):
    """An activity row: the call had an event in the hour that begins at `hour`.

    `ended`: the event was a CallEnded.
    """

    row: str
    room_id: str
    call: str
    hour: Ticks
    ended: bool

    @property
    def key(self) -> _CallKey:
        return self.room_id, self.call


class _Heard(NamedTuple):
    """A call, and its last event in the time of a list."""

    at: Ticks
    call: Call


class Calls:
    """All calls, also of rooms that are deleted or were never made here.

    Raises StorageUnavailable as Table does; TooManyEvents for what cannot be read at once.
    """

    def __init__(self, table: Table, clock: Callable[[], Ticks], limits: Limits = LIMITS) -> None:
        self._table = table
        self._events = CallEvents(table, limits)
        self._endings = Endings(table, self._events, limits)
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
        await retried(lambda: self._arrivals.commit(operations), Conflict)

    async def call(self, room_id: str, call: str, now: Ticks) -> Call | None:
        """Returns one call at `now`. One request; some more for a live one."""
        folded = fold_call(await self._events.of(room_id, call, now), now)
        return folded and await self._endings.settled(room_id, folded, now)

    async def overlapping(self, room_id: str, start: Ticks, end: Ticks, now: Ticks) -> list[Call]:
        """Returns the calls, as they are at `now`, that may have gone on between these times, or at
        `start` if they are the same.

        One request, one for each of these calls, and rarely some for a live one.
        """
        until = min(end, now)
        if start > until:
            return []
        earliest = max(0, start - (SILENCE_TIMEOUT if start >= now else SEARCH_MARGIN))
        latest = min(until + SEARCH_MARGIN, now)
        activities = await read_activities(self._table, room_id, earliest, latest, self._limits)
        # Of now, a CallEnded that has happened is enough to know that the call is over.
        only_now = start == end == now
        wanted = [
            activity.call
            for activity in activities.calls
            if activity.may_overlap(start, until, now) and not (only_now and activity.ended)
        ]
        if len(wanted) > self._limits.calls:
            raise self._too_many_events()
        events: list[CallEvent] = []
        for batch in batched(wanted, CALLS_AT_ONCE, strict=False):
            for history in await in_parallel(self._events.of(room_id, call, now) for call in batch):
                events += history
            if len(events) > self._limits.events:
                raise self._too_many_events()
        return [
            await self._endings.settled(room_id, call, now, activities)
            for call in fold_calls(events, now)
        ]

    async def page(self, room_id: str, cursor: str | None, now: Ticks) -> Page[RoomCall]:
        """Returns a page of the calls of a room, as of the time of the first page.

        They are in the order of the hour of their last event, newest first.
        """
        begin = read_start(
            cursor, re.escape(keys.activity_prefix(room_id)) + keys.ACTIVITY_SUFFIX, now
        )
        start, end = keys.activity_range(room_id, 0, begin.as_of)
        first = start if begin.after is None else keys.after(begin.after)
        rows = await self._table.first(keys.partition(room_id), first, end, _ROWS)
        return await self._page(rows, len(rows) == _ROWS, 0, begin.as_of + 1, begin)

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
        page = await self._page_of_all(start, MAX_TIME, begin, live=True)
        return PageAsOf(page.items, page.cursor, begin.as_of)

    async def _page_of_all(
        self, start: Ticks, end: Ticks, begin: Start, live: bool = False
    ) -> Page[RoomCall]:
        end = min(end, begin.as_of + 1)
        if start >= end:
            return Page([], None)
        first, last = keys.all_activity_range(start, end - 1)
        rows, more = await first_of_all(
            self._table, first if begin.after is None else keys.after(begin.after), last, _ROWS
        )
        return await self._page(rows, more, start, end, begin, live)

    async def _page(
        self,
        rows: Sequence[TableEntity],
        more: bool,
        start: Ticks,
        end: Ticks,
        begin: Start,
        live: bool = False,
    ) -> Page[RoomCall]:
        """Returns the calls of these rows, or of these the live ones.

        A call is shown once, at the row of the hour of its last event between the times.
        """
        places = [_place_of(row) for row in rows]
        ended = {place.key for place in places if live and place.ended}
        unread = [key for key in dict.fromkeys(each.key for each in places) if key not in ended]
        heard = await self._last_heard(unread, start, end, begin.as_of)
        read = list(takewhile(lambda each: each.key in ended or each.key in heard, places))
        shown: list[tuple[str, _Heard]] = []
        for place in read:
            last = heard.get(place.key)
            if last is not None and last.at - last.at % HOUR == place.hour:
                shown.append((place.room_id, last))
        shown.sort(key=lambda each: (-each[1].at, each[0], each[1].call.id))
        calls = await in_parallel(
            self._room_call(room_id, last.call, begin.as_of) for room_id, last in shown
        )
        if live:
            calls = [each for each in calls if each.call.ended_at is None]
        is_last = len(read) == len(rows) and not more
        return Page(calls, None if is_last else begin.cursor(read[-1].row))

    async def _last_heard(
        self, wanted: Sequence[_CallKey], start: Ticks, end: Ticks, now: Ticks
    ) -> dict[_CallKey, _Heard | None]:
        """Reads as many of the calls as a page has, or fewer when it has read many events."""
        heard: dict[_CallKey, _Heard | None] = {}
        events = 0
        for batch in batched(wanted[: self._limits.calls_page], CALLS_AT_ONCE, strict=False):
            histories = await in_parallel(
                self._events_if_not_too_many(room_id, call, now) for room_id, call in batch
            )
            for key, history in zip(batch, histories, strict=True):
                heard[key] = _heard_in(history, start, end, now)
                events += len(history)
            if events >= self._limits.calls_page_events:
                break
        return heard

    async def _room_call(self, room_id: str, call: Call, now: Ticks) -> RoomCall:
        return RoomCall(room_id, await self._endings.settled(room_id, call, now))

    def _too_many_events(self) -> TooManyEvents:
        return TooManyEvents(self._limits.events, self._limits.calls)

    async def _events_if_not_too_many(self, room_id: str, call: str, now: Ticks) -> list[CallEvent]:
        """Returns the events of a call; none if there are too many, so that a list leaves the call
        out."""
        try:
            return await self._events.of(room_id, call, now)
        except TooManyEvents:
            _log.warning(
                "a call of room %s is left out of a list: it has more than %d events",
                room_id,
                self._limits.events,
            )
            return []


def _place_of(row: TableEntity) -> _Place:
    hour, room_id = keys.activity_of(row["RowKey"])
    return _Place(row["RowKey"], room_id, row["call"], hour, bool(row.get("ended")))


def _heard_in(history: Sequence[CallEvent], start: Ticks, end: Ticks, now: Ticks) -> _Heard | None:
    """Returns the call of these events, or None if it had none from `start` until `end`."""
    last = max((event.at for event in history if start <= event.at < end), default=None)
    call = fold_call(history, now)
    return None if last is None or call is None else _Heard(last, call)


def _start_of_all(cursor: str | None, now: Ticks) -> Start:
    return read_start(cursor, re.escape(keys.ALL_ACTIVITY_START) + keys.ALL_ACTIVITY_SUFFIX, now)
