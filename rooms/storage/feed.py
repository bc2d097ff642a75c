"""Log records in the order in which they arrive: each once, none left out, late ones too."""

import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from azure.data.tables import TableEntity

from rooms.domain.limits import LIMITS, Limits
from rooms.domain.log import LogRecord
from rooms.domain.time import Ticks
from rooms.storage import keys
from rooms.storage.arrival_times import ArrivalTimes
from rooms.storage.arrivals import Arrivals
from rooms.storage.cursors import read_cursor, to_cursor
from rooms.storage.errors import InvalidCursor
from rooms.storage.history import log_record_of
from rooms.storage.parallel import in_parallel
from rooms.storage.table import Table

BEGINNING, NOW = "beginning", "now"
"""Where to begin without a cursor: with the oldest record there is, or behind the newest."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """A log record, and the room that it is of."""

    room_id: str
    record: LogRecord


@dataclass(frozen=True, slots=True)
class ArrivalsPage:
    """Records in the order of arrival. `cursor` leads to what arrives behind them. `more`: some of
    that is there already."""

    items: list[Arrived]
    cursor: str
    more: bool


@dataclass(frozen=True, slots=True)
class _Part:
    """Rows of a partition behind the place `after`, and whether there are more."""

    after: str
    rows: Sequence[TableEntity]
    more: bool
    known_until: str | None = None
    """The time of the first one that is not among these, at the earliest, as `_timed` has it."""


class Feed:
    """The log of a room, or of all rooms, as it arrives.

    Gives only what is below the floor of its partition: nothing can come between any more. A reader
    that finds records above the floor raises it. Raises StorageUnavailable as Table does.
    """

    def __init__(
        self,
        table: Table,
        clock: Callable[[], Ticks],
        limits: Limits = LIMITS,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._table = table
        self._arrivals = Arrivals(table, clock, monotonic)
        self._times = ArrivalTimes(table, self._arrivals)
        self._clock = clock
        self._limits = limits

    async def page(
        self,
        room_id: str | None,
        since: str | Ticks,
        kind: str | None = None,
        actor: str | None = None,
    ) -> ArrivalsPage:
        """Returns what has arrived since then, in a room, or in all rooms if `room_id` is None.

        Only records of `kind` and of `actor`, if these are given. One request for each partition;
        two more if there is something new, and one for each record with a large detail. Those of
        `ArrivalTimes`, if it begins at a time.

        Args:
            since: the cursor of another page; or BEGINNING; or NOW, for an empty page; or a time,
                for what arrived then or later. One in the future counts as now.

        Raises:
            InvalidCursor: `since` is none of these, or the cursor is of another room.
        """
        places = _read_since(room_id, since) if isinstance(since, str) else None
        while True:
            partitions = await self._partitions(room_id, places or [])
            if isinstance(since, int):
                places = await self._places_at(partitions, room_id, min(since, self._clock()))
            page = await self._page_of(room_id, partitions, places, kind, actor)
            # Arrivals of a room that has moved go on in another partition.
            if room_id is None or await self._partitions(room_id) == partitions:
                return page

    async def _page_of(
        self,
        room_id: str | None,
        partitions: Sequence[str],
        known: Sequence[str] | None,
        kind: str | None,
        actor: str | None,
    ) -> ArrivalsPage:
        if known is None:
            ends = await in_parallel(self._end(partition) for partition in partitions)
            return ArrivalsPage([], _to_cursor(room_id, ends), more=False)
        places = [*known, *[keys.FIRST_ARRIVAL] * (len(partitions) - len(known))]
        parts = await in_parallel(
            self._part(partition, room_id, after)
            for partition, after in zip(partitions, places, strict=True)
        )
        rows, places, cut_off = self._that_fit(parts)
        chosen = [
            row for row in rows if kind in (None, row["kind"]) and actor in (None, row["actor"])
        ]
        return ArrivalsPage(
            await self._records(chosen),
            _to_cursor(room_id, places),
            bool(rows) and (cut_off or any(part.more for part in parts)),
        )

    async def _partitions(self, room_id: str | None, places: Sequence[str] = ()) -> Sequence[str]:
        """Returns the partitions of a room, or of all. Raises InvalidCursor if there are more
        places."""
        if room_id is not None:
            return [await self._table.partition_of(room_id)]
        partitions = await self._table.partitions()
        if len(places) > len(partitions):  # another process may know of more accounts already
            partitions = (await self._table.known_spread.anew()).partitions
            if len(places) > len(partitions):
                raise InvalidCursor
        return partitions

    async def _places_at(
        self, partitions: Sequence[str], room_id: str | None, at: Ticks
    ) -> list[str]:
        return await in_parallel(
            self._times.place(partition, room_id, at) for partition in partitions
        )

    async def _end(self, partition: str) -> str:
        """Returns a place behind all that has arrived, but for the last second."""
        floor = await self._arrivals.floor(partition)
        if floor is None:
            return keys.FIRST_ARRIVAL
        higher = await self._arrivals.raised(partition, floor)
        return keys.arrival_start(floor if higher is None else higher)

    async def _part(self, partition: str, room_id: str | None, after: str) -> _Part:
        # The floor comes first: only what was below it before the rows are read is final in them.
        floor = await self._arrivals.floor(partition, keys.arrival_floor(after))
        if floor is None:
            return _Part(after, [], more=False)
        if keys.arrival_floor(after) > floor:  # that was another table, which is gone
            after = keys.FIRST_ARRIVAL
        limits = self._limits
        count = limits.arrivals_rows if room_id is None else limits.arrivals_page
        start = keys.behind_arrival(room_id, after)
        end = keys.arrived_prefix(room_id) + keys.END
        rows = await self._table.first(partition, start, end, count)
        final = _below(floor, rows)
        if len(final) < len(rows):
            higher = await self._arrivals.raised(partition, floor)
            if higher is not None:
                rows = await self._table.first(partition, start, end, count)
                final = _below(higher, rows)
        more = len(final) == count
        if more or len(final) < len(rows):
            known_until = max(row["receivedAt"] for row in rows[: len(final) + 1])
            return _Part(after, final, more, known_until)
        return _Part(after, final, more)

    def _that_fit(self, parts: Sequence[_Part]) -> tuple[list[TableEntity], list[str], bool]:
        """Returns the rows that fit on a page, the place behind them in each partition, and whether
        others are left."""
        places = [part.after for part in parts]
        waiting = [
            (at, number, row) for number, part in enumerate(parts) for at, row in _timed(part.rows)
        ]
        waiting.sort(key=lambda each: each[:2])  # which keeps the order within a partition
        if len(parts) > len(keys.PARTITIONS):
            # Records of a room that has moved are in two partitions, the earlier ones in one.
            known = min((each.known_until for each in parts if each.known_until), default=keys.END)
        else:
            known = keys.END
        fitting = [each for each in waiting if each[0] <= known]
        taken: list[TableEntity] = []
        size = 0
        for _, number, row in fitting:
            size += row["size"]
            if taken and size > self._limits.arrivals_page_bytes:
                return taken, places, True
            taken.append(row)
            places[number] = keys.arrival_of(row["RowKey"])
        return taken, places, len(fitting) < len(waiting)

    async def _records(self, rows: Sequence[TableEntity]) -> list[Arrived]:
        """Returns the records of these rows, but those that upkeep has removed meanwhile."""
        apart = [row for row in rows if "data0" not in row]
        found = await in_parallel(self._record(row["record"]) for row in apart)
        logged = dict(zip((row["record"] for row in apart), found, strict=True))
        records = ((row["record"], logged.get(row["record"], row)) for row in rows)
        return [
            Arrived(keys.room_of_log_row(key), log_record_of(row, key))
            for key, row in records
            if row is not None
        ]

    async def _record(self, row: str) -> TableEntity | None:
        partition = await self._table.partition_of(keys.room_of_log_row(row))
        return await self._table.get(partition, row)


def _below(floor: Ticks, rows: Sequence[TableEntity]) -> Sequence[TableEntity]:
    return [row for row in rows if keys.arrival_floor(keys.arrival_of(row["RowKey"])) < floor]


def _timed(rows: Sequence[TableEntity]) -> Iterator[tuple[str, TableEntity]]:
    """Yields rows with times that never go back, as those of different clocks may."""
    return zip(accumulate((row["receivedAt"] for row in rows), max), rows, strict=True)


def _read_since(room_id: str | None, since: str) -> list[str] | None:
    """Returns the places of a cursor, one a partition: of fewer, if it is from before there were
    more; no places of BEGINNING, and None of NOW."""
    if since == NOW:
        return None
    if since == BEGINNING:
        return []
    expected = re.compile(f"{re.escape(_name(room_id))}( {keys.ARRIVAL})+")
    places = read_cursor(since, expected).split(" ")[1:]
    fits = len(places) == 1 if room_id is not None else len(places) % len(keys.PARTITIONS) == 0
    if not fits:
        raise InvalidCursor
    return places


def _to_cursor(room_id: str | None, places: Sequence[str]) -> str:
    return to_cursor(f"{_name(room_id)} {' '.join(places)}")


def _name(room_id: str | None) -> str:
    """Returns what a cursor begins with, so that it fits one room only, or all of them."""
    return keys.ARRIVED_START if room_id is None else room_id
