"""The lists of rooms: all, some, and those to which a person is invited. Newest first, by the time
of their creation."""

import re
import time
from collections.abc import Callable, Sequence
from itertools import batched
from typing import NamedTuple

from azure.data.tables import TableEntity

from rooms.domain.details import names_in, people_with, scheduled
from rooms.domain.limits import LIMITS, Limits
from rooms.domain.room import Room
from rooms.domain.room_filter import RoomFilter, RoomInList, RoomQuery
from rooms.domain.time import DAY, MAX_TIME, Ticks, parse_time
from rooms.storage import keys
from rooms.storage.all_partitions import first_of_all, page_of_all
from rooms.storage.cursors import Page, read_cursor, read_start, to_cursor
from rooms.storage.first_pass import FirstPass
from rooms.storage.history import History, RoomSnapshot
from rooms.storage.index_rows import (
    ROOM_SHOWN,
    SEARCHED,
    SHOWN,
    is_whole,
    listed_room_of,
    room_in_list,
    where_of,
)
from rooms.storage.invitees import places_of
from rooms.storage.parallel import in_parallel
from rooms.storage.table import Table

_WIDER = 4

_FIRST_CREATED = parse_time("2020-01-01T00:00:00Z")
"""No room is older. A search reads everything before this time in one step."""


class FoundRoom(NamedTuple):
    """A room that a person finds, also a deleted one, and its place in their list."""

    place: str
    room: Room
    known: RoomSnapshot

    @property
    def in_list(self) -> RoomInList:
        """Returns the room as lists have it."""
        return _in_list(self.room, self.known)


class Lists:
    """The lists of all rooms. Raises StorageUnavailable as Table does."""

    def __init__(
        self,
        table: Table,
        history: History,
        limits: Limits = LIMITS,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._table = table
        self._history = history
        self._limits = limits
        self._monotonic = monotonic
        self._first_pass = FirstPass(table, monotonic)

    async def all(self, cursor: str | None) -> Page[Room]:
        """Returns a page of all rooms. One request for each partition, in parallel."""
        after = None if cursor is None else read_cursor(cursor, keys.INDEX_ROW)
        rows, last = await page_of_all(
            self._table,
            keys.INDEX_START,
            keys.INDEX_END,
            after,
            self._limits.rooms_page,
            self._limits.rooms_rows,
            ROOM_SHOWN,
        )
        rooms = [listed_room_of(row) for row in rows]
        return Page(rooms, None if last is None else to_cursor(last))

    async def some(self, query: RoomQuery, cursor: str | None, now: Ticks) -> Page[RoomInList]:
        """Returns a page of the rooms that fit, as of the time of the first page.

        The storage chooses them, among the rooms created on the last day, then in the four days
        before, and so on, until the page is full or the time for a search is over. It reads every
        row that a request is about, so one that finds few may take long. A round is one request
        for each partition, in parallel; seven rounds reach back fourteen years. A later page begins
        with a quarter of what the list has behind it, so that even pages of one round each come to
        an end. Where a round has more rows than one request has, the next one goes on where they
        end. If all rooms fit, or the schedule says which, one round is about all of them.

        A search by schedule or name asks first whether rows of an earlier version may be there. A
        row that does not say what is asked or shown costs one more.
        """
        begin = read_start(cursor, re.escape(keys.INDEX_START) + keys.LIST_SUFFIX, now)
        wanted = query.at(begin.as_of)
        limits = self._limits
        all_are_whole = wanted.is_of_details and await self._first_pass.is_over()
        where = where_of(wanted, all_are_whole)
        shown = SHOWN if wanted.name is None else SEARCHED
        until = self._monotonic() + limits.search_seconds
        if begin.after is None:
            start, created = keys.INDEX_START, begin.as_of
        else:
            start, created = keys.after(begin.after), keys.created_of(begin.after)
        in_one_round = wanted == RoomFilter() or wanted.is_of_schedule
        span = MAX_TIME if in_one_round else max(DAY, (begin.as_of - created) // _WIDER)
        rooms, per_partition, end, cut_off = list[RoomInList](), limits.rooms_rows, "", False
        while True:
            if not cut_off:
                created, span = created - span, span * _WIDER
                end = keys.index_start(created) if created > _FIRST_CREATED else keys.INDEX_END
            known, cut_off = await first_of_all(
                self._table, start, end, per_partition, shown, where
            )
            for some in batched(known, limits.rooms_page, strict=False):
                rooms += await self._fitting(some, wanted)
                if len(rooms) > limits.rooms_page:
                    last = rooms[limits.rooms_page - 1].room
                    return Page(
                        rooms[: limits.rooms_page],
                        begin.cursor(keys.index_row(last.id, last.created_at)),
                    )
                if some[-1] is not known[-1] and self._monotonic() > until:
                    return Page(rooms, begin.cursor(some[-1]["RowKey"]))
            reached = known[-1]["RowKey"] if cut_off else end
            if reached == keys.INDEX_END:
                return Page(rooms, None)
            if len(rooms) == limits.rooms_page or self._monotonic() > until:
                return Page(rooms, begin.cursor(reached))
            start = keys.after(reached)
            per_partition = min(per_partition * _WIDER, limits.search_rows)

    async def of_participant(
        self, raw_id: str, query: RoomQuery, cursor: str | None, now: Ticks
    ) -> Page[RoomInList]:
        """Returns a page of the rooms that fit and to which a person is invited.

        They fit as of the time of the first page; who is invited is as of when the page is read.
        Requests as `found_by`.
        """
        return await self._of(raw_id, lambda known: raw_id in known.roster, query, cursor, now)

    async def of_external_id(
        self, external_id: str, query: RoomQuery, cursor: str | None, now: Ticks
    ) -> Page[RoomInList]:
        """Returns a page of the rooms that fit and that have this external id, or to which a person
        with it is invited. As `of_participant`."""

        def has_it(known: RoomSnapshot) -> bool:
            people = people_with(known.details, external_id)
            is_own = known.details.get("externalId") == external_id
            return is_own or not people.isdisjoint(known.roster)

        return await self._of(keys.by_external_id(external_id), has_it, query, cursor, now)

    async def found_by(
        self, person: str, after: str | None, fits: Callable[[FoundRoom], bool]
    ) -> tuple[list[FoundRoom], str | None]:
        """Returns the next rooms that a person finds and that fit, newest first; and the place to
        go on behind, if there may be more.

        Two requests for each partition, in parallel, and one for each of 30 rooms; and so on, until
        one fits or the time for a search is over.

        Args:
            person: a raw id, or a result of `keys.by_external_id`.
            after: the place behind which the rooms begin; None: with the newest.
        """
        until = self._monotonic() + self._limits.search_seconds
        while True:
            places, more = await places_of(self._table, person, after, self._limits.rooms_rows)
            for some in batched(places, self._limits.rooms_page, strict=False):
                found = [room for room in await self._rooms_at(some) if fits(room)]
                after = some[-1]
                if after == places[-1] and not more:
                    return found, None
                if found or self._monotonic() > until:
                    return found, after
            if not places:
                return [], None

    async def _fitting(self, rows: Sequence[TableEntity], wanted: RoomFilter) -> list[RoomInList]:
        """Returns the rooms of these rows that fit. One request for each row that does not say all
        of its room."""
        of_room = [row for row in rows if wanted.fits_room(listed_room_of(row), row.get("title"))]
        with_names = wanted.name is not None
        lacking = [row for row in of_room if not is_whole(row, with_names=with_names)]
        rooms = [listed_room_of(row) for row in lacking]
        known = await in_parallel(self._history.snapshot(room.id) for room in rooms)
        read = {room.id: _in_list(room, each) for room, each in zip(rooms, known, strict=True)}
        listed = (
            read.get(keys.listed_room_id(row["RowKey"])) or room_in_list(row) for row in of_room
        )
        return [each for each in listed if wanted.fits_details(each)]

    async def _rooms_at(self, places: Sequence[str]) -> list[FoundRoom]:
        """Returns the rooms of these places that are still there. One request for each."""
        known = await in_parallel(
            self._history.snapshot(keys.listed_room_id(place)) for place in places
        )
        return [
            FoundRoom(place, each.room, each)
            for place, each in zip(places, known, strict=True)
            # Not another room that has the id now.
            if each.room is not None and keys.place(each.room.id, each.room.created_at) == place
        ]

    async def _of(
        self,
        person: str,
        has_them: Callable[[RoomSnapshot], bool],
        query: RoomQuery,
        cursor: str | None,
        now: Ticks,
    ) -> Page[RoomInList]:
        own = keys.invitee_prefix(person)
        begin = read_start(cursor, re.escape(own) + keys.LIST_SUFFIX, now)
        wanted = query.at(begin.as_of)
        after = begin.after and begin.after.removeprefix(own)
        found, last = await self.found_by(
            person,
            after,
            lambda room: (
                not room.known.deleted and has_them(room.known) and wanted.fits(room.in_list)
            ),
        )
        return Page(
            [room.in_list for room in found], begin.cursor(None if last is None else f"{own}{last}")
        )


def _in_list(room: Room, known: RoomSnapshot) -> RoomInList:
    """Returns a room as lists have it, with what its details and its roster say."""
    details = known.details
    names = names_in(details).values()
    return RoomInList(room, details.get("title"), scheduled(details), len(known.roster), names)
