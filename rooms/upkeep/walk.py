"""Upkeep: walks through the whole table, bit by bit, and removes the rows that are too old.

Each partition has a row that says how far it has come, and when this pass began. It is saved every
few seconds: after a run that was killed or lost the storage, the next one goes on from there. A
pass that is over rests until a day after it began.
"""

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import batched, groupby, takewhile

from azure.data.tables import TableEntity

from rooms.domain.limits import LIMITS, Limits
from rooms.domain.time import DAY, Ticks, parse_time
from rooms.storage import keys
from rooms.storage.entities import room_id_of, stored_time
from rooms.storage.errors import ContentRefused, StorageUnavailable
from rooms.storage.operations import replace
from rooms.storage.parallel import in_parallel
from rooms.storage.rooms import Rooms
from rooms.storage.table import Table
from rooms.upkeep.retention import SHOWN, Retention, log_failures

_log = logging.getLogger(__name__)

PASS: Ticks = DAY
"""The shortest time between the beginnings of two passes."""

BATCH = 100
"""Rows that one read takes."""

INVITEES_AT_A_TIME = 10
"""Rows of invitees that are looked at in one step: each may be of another room. A run can end, and
go on, between steps."""

SAVE_SECONDS = 2.0


@dataclass(slots=True)
class Report:
    """What a run did. `done` counts the partitions that rest now, `unavailable` those that the
    storage did not let go on."""

    rooms: int = 0
    removed: Counter[str] = field(default_factory=Counter)
    done: int = 0
    unavailable: int = 0

    def __str__(self) -> str:
        counted = sorted((what, count) for what, count in self.removed.items() if count)
        removed = ", ".join(
            f"{count:,} {what.removesuffix('s') if count == 1 else what}" for what, count in counted
        )
        partitions = f"{self.done} of {len(keys.partitions())} partitions done"
        unavailable = (
            f", {self.unavailable} left as the storage is not available" if self.unavailable else ""
        )
        return (
            f"looked at {self.rooms:,} rooms; removed {removed or 'nothing'}; "
            f"{partitions}{unavailable}"
        )


type _Step = tuple[str, Awaitable[None]]
"""Some work, and where the rows behind it begin."""
type _Steps = Callable[[Sequence[TableEntity], Retention, Report], Iterator[_Step]]


def _rooms(rows: Sequence[TableEntity], retention: Retention, report: Report) -> Iterator[_Step]:
    async def one(room_id: str) -> None:
        with log_failures("the room", room_id):
            await retention.purge_room(room_id)
        report.rooms += 1

    for room_id in dict.fromkeys(map(room_id_of, rows)):
        yield keys.after_room(room_id), one(room_id)


def _in_batches(
    work: Callable[[Retention, Sequence[TableEntity]], Awaitable[None]], size: int
) -> _Steps:
    def steps(rows: Sequence[TableEntity], retention: Retention, _: Report) -> Iterator[_Step]:
        for some in batched(rows, size, strict=False):
            yield keys.after(some[-1]["RowKey"]), work(retention, some)

    return steps


def _arrivals(rows: Sequence[TableEntity], retention: Retention, _: Report) -> Iterator[_Step]:
    """Above each floor, passes by all that arrived after the first that is kept; and by all above
    the first floor that is not old."""
    for floor, above in groupby(
        rows, lambda row: keys.arrival_floor(keys.arrival_of(row["RowKey"]))
    ):
        if floor >= retention.kept:
            yield keys.LAST_ARRIVED, retention.purge_arrivals([])
            return
        same = list(above)
        old = list(takewhile(retention.is_old_arrival, same))
        behind = keys.after(old[-1]["RowKey"]) if len(old) == len(same) else keys.after_floor(floor)
        yield behind, retention.purge_arrivals(old)


def _join_links(rows: Sequence[TableEntity], retention: Retention, _: Report) -> Iterator[_Step]:
    """Passes by all that expire after the first that is kept."""
    if rows:
        old = list(takewhile(retention.is_old_link, rows))
        all_are = len(old) == len(rows)
        behind = keys.after(rows[-1]["RowKey"]) if all_are else keys.LAST_JOIN_LINK
        yield behind, retention.purge_join_links(old)


type _Range = tuple[str, str, _Steps]
"""The first row, the end, and what is done with the rows between them."""

_RANGES: Sequence[_Range] = (
    ("", keys.DOTS_START, _rooms),
    (keys.DOTS_END, keys.END, _rooms),
    (
        keys.QUARANTINE_PARTS_START,
        keys.QUARANTINE_PARTS_END,
        _in_batches(Retention.purge_quarantine_parts, BATCH),
    ),
    (keys.QUARANTINE_START, keys.QUARANTINE_END, _in_batches(Retention.purge_quarantine, BATCH)),
    (
        keys.INVITEES_START,
        keys.INVITEES_END,
        _in_batches(Retention.purge_invitees, INVITEES_AT_A_TIME),
    ),
    (keys.ARRIVED_START, keys.ARRIVED_END, _arrivals),
    (keys.JOIN_LINKS_START, keys.JOIN_LINKS_END, _join_links),
    (keys.MARKS_START, keys.MARKS_END, _in_batches(Retention.purge_marks, BATCH)),
    (
        keys.UNKNOWN_AT_ACS_START,
        keys.UNKNOWN_AT_ACS_END,
        _in_batches(Retention.purge_unknown_at_acs, BATCH),
    ),
)
"""What is gone through in a partition of rooms, in that order: rows of invitees after the rooms, of
which some are gone by then. The other rows that begin with a dot go with those of rooms."""

_RANGES_OF_USERS: Sequence[_Range] = (
    (keys.ERASURES_START, keys.ERASURES_END, _in_batches(Retention.purge_erasures, BATCH)),
    (keys.USERS_START, keys.USERS_END, _in_batches(Retention.purge_users, BATCH)),
)
"""The same in the partition of users."""


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
        retention = Retention(
            self._table,
            self._rooms,
            now - self._expired,
            now - self._retention,
            now - self._limits.mark_kept,
            now - self._limits.unknown_kept,
            self._limits,
            report.removed,
            self._reads_acs,
        )
        deadline = self._monotonic() + seconds
        try:
            async with asyncio.timeout(seconds + self._limits.upkeep_overtime):
                await in_parallel(
                    self._partition(p, now, retention, deadline, report) for p in keys.partitions()
                )
        except TimeoutError:  # with a room of very many rows, or a storage that hardly answers
            pass
        return report

    async def _partition(
        self, partition: str, now: Ticks, retention: Retention, deadline: float, report: Report
    ) -> None:
        """Walks through one partition. Leaves it for this time if the storage fails."""
        try:
            done = await self._walk(partition, now, retention, deadline, report)
            report.done += done
        except (StorageUnavailable, ContentRefused):
            report.unavailable += 1

    async def _walk(
        self, partition: str, now: Ticks, retention: Retention, deadline: float, report: Report
    ) -> bool:
        """Returns whether the pass is over. Makes at least one step, however short the time."""
        cursor, began = await self._load(partition, now)
        if cursor == keys.END and now < began + PASS:
            return True
        if cursor == keys.END:
            cursor, began = "", now
        saved = self._monotonic()
        ranges = _RANGES_OF_USERS if partition == keys.IDENTITY_PARTITION else _RANGES
        starts = [*(start for start, _, _ in ranges), keys.END]
        while cursor != keys.END:
            number = next(
                (number for number, (start, end, _) in enumerate(ranges) if start <= cursor < end),
                0,
            )
            start, end, steps = ranges[number]
            select = None if start == keys.INVITEES_START else SHOWN
            rows = await self._table.first(partition, max(start, cursor), end, BATCH, select)
            for behind, work in steps(rows, retention, report):
                await work
                cursor = behind
                if (moment := self._monotonic()) >= min(deadline, saved + SAVE_SECONDS):
                    await self._save(partition, cursor, began)
                    saved = moment
                if moment >= deadline:
                    return False
            if len(rows) < BATCH:
                cursor = starts[number + 1]
        await self._save(partition, cursor, began)
        return True

    async def _load(self, partition: str, now: Ticks) -> tuple[str, Ticks]:
        row = await self._table.get(partition, keys.UPKEEP_ROW)
        return (row["cursor"], parse_time(row["beganAt"])) if row else ("", now)

    async def _save(self, partition: str, cursor: str, began: Ticks) -> None:
        row = {
            "PartitionKey": partition,
            "RowKey": keys.UPKEEP_ROW,
            "cursor": cursor,
            "beganAt": stored_time(began),
        }
        await self._table.commit([replace(row)])
