"""Pages of lists of calls, from the rows that say in which hours calls had events."""

from collections import defaultdict
from collections.abc import Sequence
from itertools import batched, takewhile
from typing import Literal, NamedTuple

from azure.data.tables import TableEntity

from rooms.domain.call import Call
from rooms.domain.limits import Limits
from rooms.domain.time import HOUR, Ticks
from rooms.storage import keys
from rooms.storage.call_events import CALLS_AT_ONCE
from rooms.storage.cursors import Page, Start
from rooms.storage.endings import Endings
from rooms.storage.folds import CallKey, Folded, Folds
from rooms.storage.parallel import in_parallel


class RoomCall(NamedTuple):
    """A call, and the room that it is of."""

    room_id: str
    call: Call


type Only = Literal["live", "unended"]
"""Calls that go on, or all that have not ended as far as their own events tell: another call of the
room may show that they are over."""


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
    def key(self) -> CallKey:
        return self.room_id, self.call


class _Heard(NamedTuple):
    """A call, and its last event in the time of a list."""

    at: Ticks
    call: Call


class CallPages:
    """The pages of all lists of calls."""

    def __init__(self, folds: Folds, endings: Endings, limits: Limits) -> None:
        self._folds = folds
        self._endings = endings
        self._limits = limits

    async def page(
        self,
        rows: Sequence[TableEntity],
        more: bool,
        start: Ticks,
        end: Ticks,
        begin: Start,
        only: Only | None = None,
    ) -> Page[RoomCall]:
        """Returns the calls of these rows, or of these only some.

        A call is shown once, at the row of the hour of its last event between the times.
        """
        places = [_place_of(row) for row in rows]
        ended = {place.key for place in places if only is not None and place.ended}
        unread = [key for key in dict.fromkeys(each.key for each in places) if key not in ended]
        heard = await self._last_heard(unread, start, end, begin.as_of)
        read = list(takewhile(lambda each: each.key in ended or each.key in heard, places))
        shown: list[tuple[str, _Heard]] = []
        for place in read:
            last = heard.get(place.key)
            if last is not None and last.at - last.at % HOUR == place.hour:
                shown.append((place.room_id, last))
        shown.sort(key=lambda each: (-each[1].at, each[0], each[1].call.id))
        calls = [RoomCall(room_id, last.call) for room_id, last in shown]
        if only != "unended":
            calls = await self._settled(calls, begin.as_of)
        if only is not None:
            calls = [each for each in calls if each.call.ended_at is None]
        is_last = len(read) == len(rows) and not more
        return Page(calls, None if is_last else begin.cursor(read[-1].row))

    async def _last_heard(
        self, wanted: Sequence[CallKey], start: Ticks, end: Ticks, now: Ticks
    ) -> dict[CallKey, _Heard | None]:
        """Reads as many of the calls as a page has, or fewer when it has read many events.

        A large call that is not at hand begins a page, so that no other call waits for it.
        """
        heard: dict[CallKey, _Heard | None] = {}
        rows = 0
        for batch in batched(wanted[: self._limits.calls_page], CALLS_AT_ONCE, strict=False):
            at_hand = await in_parallel(
                self._folds.at_hand(room_id, call, now) for room_id, call in batch
            )
            for key, found in zip(batch, at_hand, strict=True):
                if found is None and heard:
                    self._folds.begin(*key, now)
                    return heard
                folded = found or await self._folds.read(*key, now)
                heard[key] = _heard_in(folded, start, end)
                rows += folded.rows
                if rows >= self._limits.calls_page_events:
                    return heard
        return heard

    async def _settled(self, calls: Sequence[RoomCall], now: Ticks) -> list[RoomCall]:
        """Returns these calls in their order. Of a room, only the one that started last may still
        go on."""
        by_room: defaultdict[str, list[Call]] = defaultdict(list)
        for room_id, call in calls:
            by_room[room_id].append(call)
        settled = await in_parallel(
            self._endings.all_settled(room_id, some, now) for room_id, some in by_room.items()
        )
        ends = {
            (room_id, call.id): call
            for room_id, some in zip(by_room, settled, strict=True)
            for call in some
        }
        return [RoomCall(room_id, ends[room_id, call.id]) for room_id, call in calls]


def _place_of(row: TableEntity) -> _Place:
    hour, room_id = keys.activity_of(row["RowKey"])
    return _Place(row["RowKey"], room_id, row["call"], hour, bool(row.get("ended")))


def _heard_in(folded: Folded, start: Ticks, end: Ticks) -> _Heard | None:
    """Returns a call, or None if it had no event from `start` until `end`."""
    last = folded.last_event(start, end)
    return None if last is None or folded.call is None else _Heard(last, folded.call)
