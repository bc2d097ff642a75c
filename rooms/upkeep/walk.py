"""Upkeep: removes what is too old, bit by bit.

A pass looks only at what is due: by the keys of rows that have a time first, and what the storage
finds. The first pass over a partition looks at all of its rows, as those of an earlier version may
lack what leads to them.

Each partition has a row that says how far it has come, and when this pass began. It is saved every
few seconds: after a run that was killed or lost the storage, the next one goes on from there. A
pass that is over rests until a day after it began.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from azure.data.tables import TableEntity

from rooms.domain.limits import LIMITS, Limits
from rooms.domain.time import DAY, Ticks, parse_time
from rooms.storage import keys
from rooms.storage.accounts import account_of
from rooms.storage.entities import Entity, stored_time
from rooms.storage.errors import ContentRefused, StorageUnavailable
from rooms.storage.first_pass import ROWS, is_of_this_version
from rooms.storage.operations import replace
from rooms.storage.parallel import in_parallel
from rooms.storage.rooms import Rooms
from rooms.storage.rows_of_rooms import room_of_row
from rooms.storage.spread import Spread
from rooms.storage.table import Table
from rooms.upkeep.cutoffs import Cutoffs
from rooms.upkeep.ranges import DUE, OF_USERS, WHOLE, Range
from rooms.upkeep.removal import Removal
from rooms.upkeep.report import Report
from rooms.upkeep.steps import Parts

PASS: Ticks = DAY
"""The shortest time between the beginnings of two passes."""

SAVE_SECONDS = 2.0


@dataclass(slots=True)
class Place:
    """How far upkeep has come in a partition.

    `whole`: this pass looks at all rows. `left`: it has left something. `cleared`: all that should
    have gone before then is gone; None, before the first pass is over.
    """

    cursor: str
    began: Ticks
    whole: bool = True
    left: bool = False
    cleared: Ticks | None = None
    is_earlier: bool = False
    """Whether an earlier version made this pass: the next one looks at all rows."""

    @property
    def is_over(self) -> bool:
        """Returns whether the pass is over."""
        return self.cursor == keys.END

    def overdue(self, now: Ticks) -> Ticks:
        """Returns since when, at most, the oldest thing that is there should be gone; 0 if nothing
        should."""
        if self.is_over and not self.left:
            return 0
        return now - (self.began if self.cleared is None else self.cleared)

    def begin(self, now: Ticks) -> None:
        """Begins the next pass."""
        if not self.left:
            self.cleared = self.began
        self.cursor, self.began, self.left = "", now, False
        self.whole, self.is_earlier = self.is_earlier, False


class Upkeep:
    """The upkeep of a table. Rooms are deleted when they could last be joined longer ago than
    `expired`; what is older than `retention` is removed. If it `reads_acs`, deleted rooms that ACS
    may still have stay longer."""

    def __init__(
        self,
        table: Table,
        rooms: Rooms,
        clock: Callable[[], Ticks],
        expired: Ticks,
        retention: Ticks,
        limits: Limits = LIMITS,
        monotonic: Callable[[], float] = time.monotonic,
        *,
        reads_acs: bool = False,
    ) -> None:
        self._table = table
        self._rooms = rooms
        self._clock = clock
        self._expired = expired
        self._retention = retention
        self._limits = limits
        self._monotonic = monotonic
        self._reads_acs = reads_acs

    async def run(self, seconds: float) -> Report:
        """Runs for that time. Then it may take `upkeep_overtime` to end the step that it has
        begun."""
        now, report = self._clock(), Report()
        cutoffs = Cutoffs(
            expired=now - self._expired,
            kept=now - self._retention,
            marks_kept=now - self._limits.mark_kept,
            unknown_kept=now - self._limits.unknown_kept,
            reads_acs=self._reads_acs,
        )
        deadline = self._monotonic() + seconds
        partitions = await self._partitions()
        report.partitions = len(partitions)
        try:
            async with asyncio.timeout(seconds + self._limits.upkeep_overtime):
                await in_parallel(
                    (self._partition(each, now, cutoffs, deadline, report) for each in partitions),
                    at_once=len(partitions),
                )
        except TimeoutError:  # with a room of very many rows, or a storage that hardly answers
            pass
        return report

    async def _partitions(self) -> list[str]:
        """Returns all partitions: those of account 0, and of rooms in further accounts."""
        of_rooms = await self._table.partitions()
        return [*keys.partitions(), *(each for each in of_rooms if account_of(each) > 0)]

    async def _partition(
        self, partition: str, now: Ticks, cutoffs: Cutoffs, deadline: float, report: Report
    ) -> None:
        """Goes through one partition. Leaves it for this time if the storage fails."""
        place: Place | None = None
        try:
            await self._table.known_spread.anew()  # once for all: rooms may move, or have moved
            place = await self._load(partition, now)
            if place.is_over and now >= place.began + PASS:
                place.begin(now)
            if not place.is_over:
                await self._walk(partition, place, cutoffs, deadline, report)
            report.done += place.is_over
        except (StorageUnavailable, ContentRefused):
            report.unavailable += 1
        finally:
            if place is not None:
                report.overdue = max(report.overdue, place.overdue(now))

    async def _walk(
        self, partition: str, place: Place, cutoffs: Cutoffs, deadline: float, report: Report
    ) -> None:
        """Makes at least one step, however short the time."""
        removal = Removal(self._table, self._limits, report.removed)
        parts = Parts(removal, cutoffs, self._rooms, report.looked_at)
        saved = self._monotonic()
        ranges = _ranges(partition, place.whole)
        starts = [*(each.start for each in ranges), keys.END]
        while not place.is_over:
            number = next(
                (n for n, each in enumerate(ranges) if each.start <= place.cursor < each.end), 0
            )
            rows, is_last = await self._read(partition, ranges[number], place, cutoffs)
            own = await self._own(partition, rows, removal)
            place.left = place.left or removal.left > 0
            for behind, work in ranges[number].steps(parts, own):
                await work
                place.cursor, place.left = behind, place.left or removal.left > 0
                if (moment := self._monotonic()) >= min(deadline, saved + SAVE_SECONDS):
                    await self._save(partition, place)
                    saved = moment
                if moment >= deadline:
                    return
            if is_last:
                place.cursor = starts[number + 1]
            elif len(own) < len(rows):
                place.cursor = max(place.cursor, keys.after(rows[-1]["RowKey"]))
            if self._monotonic() >= max(deadline, saved + SAVE_SECONDS):
                break
        await self._save(partition, place)

    async def _read(
        self, partition: str, range_: Range, place: Place, cutoffs: Cutoffs
    ) -> tuple[list[TableEntity], bool]:
        """Returns the next rows of a range, and whether they are its last."""
        start, end = range_.bounds(cutoffs)
        start = max(start, place.cursor)
        if start >= end:
            return [], True
        where = range_.filter(cutoffs, place.whole)
        rows = await self._table.first(partition, start, end, range_.batch, range_.select, where)
        return rows, len(rows) < range_.batch

    async def _own(
        self, partition: str, rows: Sequence[TableEntity], removal: Removal
    ) -> Sequence[TableEntity]:
        """Returns those of the rows that stand where they belong, but not of rooms that are being
        moved to another storage account: the next pass finds them."""
        spread = await self._table.spread()
        own = [row for row in rows if spread.has(partition, row["RowKey"])]
        staying = [row for row in own if not _is_moving(spread, row["RowKey"])]
        removal.left += len(own) - len(staying)
        return staying

    async def _load(self, partition: str, now: Ticks) -> Place:
        row = await self._table.get(partition, keys.UPKEEP_ROW)
        if row is None:
            return Place("", now)
        cursor, began = row["cursor"], parse_time(row["beganAt"])
        if not is_of_this_version(row):
            is_over = cursor == keys.END
            return Place(cursor if is_over else "", began, is_earlier=is_over)
        cleared = row.get("clearedAt")
        return Place(
            cursor,
            began,
            row["whole"],
            row["left"],
            None if cleared is None else parse_time(cleared),
        )

    async def _save(self, partition: str, place: Place) -> None:
        row: Entity = {
            "PartitionKey": partition,
            "RowKey": keys.UPKEEP_ROW,
            "cursor": place.cursor,
            "beganAt": stored_time(place.began),
            "rows": ROWS,
            "whole": place.whole,
            "left": place.left,
        }
        if place.cleared is not None:
            row["clearedAt"] = stored_time(place.cleared)
        await self._table.commit([replace(row)])


def _is_moving(spread: Spread, row: str) -> bool:
    is_arrival = row.startswith(keys.ARRIVED_START)
    room_id = keys.listed_room_id(row) if is_arrival else room_of_row(row)
    return room_id is not None and spread.is_moving(room_id)


def _ranges(partition: str, whole: bool) -> tuple[Range, ...]:
    if partition == keys.IDENTITY_PARTITION:
        return tuple(OF_USERS)
    return tuple(WHOLE if whole else DUE)
