"""The lists of rooms: all, some, and those to which a person is invited. Newest first, by the time
of their creation."""

import re
import time
from collections.abc import Callable, Sequence
from itertools import batched
from typing import NamedTuple

from rooms.domain.details import people_with
from rooms.domain.limits import LIMITS, Limits
from rooms.domain.room import Room
from rooms.domain.room_filter import RoomFilter, RoomQuery, TitledRoom
from rooms.domain.time import DAY, MAX_TIME, Ticks, parse_time
from rooms.storage import keys
from rooms.storage.all_partitions import first_of_all, page_of_all
from rooms.storage.cursors import Page, read_cursor, read_start, to_cursor
from rooms.storage.entities import listed_room_of, stored_time
from rooms.storage.history import History, RoomSnapshot
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
    def titled(self) -> TitledRoom:
        """Returns the room with its title."""
        return TitledRoom(self.room, self.known.details.get("title"))


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
        )
        rooms = [listed_room_of(row) for row in rows]
        return Page(rooms, None if last is None else to_cursor(last))

    async def some(self, query: RoomQuery, cursor: str | None, now: Ticks) -> Page[TitledRoom]:
        """Returns a page of the rooms that fit, as of the time of the first page.

        The storage chooses them, among the rooms created on the last day, then in the four days
        before, and so on, until the page is full or the time for a search is over. It reads every
        row that a request is about, so one that finds few may take long. A round is one request
        for each partition, in parallel; seven rounds reach back fourteen years. A later page begins
        with a quarter of what the list has behind it, so that even pages of one round each come to
        an end. Where a round has more rows than one request has, the next one goes on where they
        end. If all rooms fit, one round is about all of them.
        """
        begin = read_start(cursor, re.escape(keys.INDEX_START) + keys.LIST_SUFFIX, now)
        wanted = query.at(begin.as_of)
        limits, where = self._limits, _where(wanted)
        until = self._monotonic() + limits.search_seconds
        if begin.after is None:
            start, created = keys.INDEX_START, begin.as_of
        else:
            start, created = keys.after(begin.after), keys.created_of(begin.after)
        span = MAX_TIME if wanted == RoomFilter() else max(DAY, (begin.as_of - created) // _WIDER)
        rooms, per_partition, end, cut_off = list[TitledRoom](), limits.rooms_rows, "", False
        while True:
            if not cut_off:
                created, span = created - span, span * _WIDER
                end = keys.index_start(created) if created > _FIRST_CREATED else keys.INDEX_END
            known, cut_off = await first_of_all(self._table, start, end, per_partition, where=where)
            rooms += filter(
                wanted.fits, (TitledRoom(listed_room_of(row), row.get("title")) for row in known)
            )
            if len(rooms) > limits.rooms_page:
                last = rooms[limits.rooms_page - 1].room
                return Page(
                    rooms[: limits.rooms_page],
                    begin.cursor(keys.index_row(last.id, last.created_at)),
                )
            reached = known[-1]["RowKey"] if cut_off else end
            if reached == keys.INDEX_END:
                return Page(rooms, None)
            if len(rooms) == limits.rooms_page or self._monotonic() > until:
                return Page(rooms, begin.cursor(reached))
            start = keys.after(reached)
            per_partition = min(per_partition * _WIDER, limits.search_rows)

    async def of_participant(
        self, raw_id: str, query: RoomQuery, cursor: str | None, now: Ticks
    ) -> Page[TitledRoom]:
        """Returns a page of the rooms that fit and to which a person is invited.

        They fit as of the time of the first page; who is invited is as of when the page is read.
        Requests as `found_by`.
        """
        return await self._of(raw_id, lambda known: raw_id in known.roster, query, cursor, now)

    async def of_external_id(
        self, external_id: str, query: RoomQuery, cursor: str | None, now: Ticks
    ) -> Page[TitledRoom]:
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
    ) -> Page[TitledRoom]:
        own = keys.invitee_prefix(person)
        begin = read_start(cursor, re.escape(own) + keys.LIST_SUFFIX, now)
        wanted = query.at(begin.as_of)
        after = begin.after and begin.after.removeprefix(own)
        found, last = await self.found_by(
            person,
            after,
            lambda room: (
                not room.known.deleted and has_them(room.known) and wanted.fits(room.titled)
            ),
        )
        return Page(
            [room.titled for room in found], begin.cursor(None if last is None else f"{own}{last}")
        )


def _where(wanted: RoomFilter) -> str:
    """Returns the filter for the storage, without bounds that say nothing."""
    bounds = (
        ("validFrom ge", wanted.opens_from, 0),
        ("validFrom le", wanted.opens_until, MAX_TIME),
        ("validUntil ge", wanted.closes_from, 0),
        ("validUntil le", wanted.closes_until, MAX_TIME),
    )
    chosen = [f"{what} '{stored_time(at)}'" for what, at, nothing in bounds if at != nothing]
    if wanted.title is not None:
        chosen.append("title gt ''")
    if wanted.carrier == "acs":  # rows of others may have no carrier, so no filter finds them
        chosen.append("carrier eq 'acs'")
    return " and ".join(chosen)
