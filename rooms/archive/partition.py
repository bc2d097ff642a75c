"""Checks the log records of all rooms whose ids have the same last digit against those that were
exported.

They stand in one partition, or in one of each storage account. When a room moves to another
account, its log and its own arrivals move with it. Its arrivals among those of all rooms stay.
"""

import zlib
from collections import defaultdict
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from typing import Any

from azure.data.tables import TableEntity

from rooms.archive.days import day_of, start_of
from rooms.archive.findings import Counts, Finding, Tell
from rooms.archive.lines import Line, Row, content_digest, line_of, record_of, row_digest
from rooms.domain.events import EVENT_KINDS
from rooms.domain.limits import LIMITS
from rooms.domain.time import DAY, MAX_TIME, Ticks, parse_time
from rooms.storage import keys
from rooms.storage.arrivals import COPIED
from rooms.storage.entities import binary_of, unpack
from rooms.storage.erasure_receipts import KIND as RECEIPT
from rooms.storage.table import MAX_PAGE, Table

_LOG, _OF_ROOM, _OF_ALL = 1, 2, 4
_WHERE = {
    _LOG: "in the log",
    _OF_ROOM: "in the order of arrival of the room",
    _OF_ALL: "in the order of arrival of all rooms",
}
"""The rows of a record."""

_ALL = _LOG | _OF_ROOM | _OF_ALL


@dataclass(slots=True)
class _Expected:
    """A record that was exported. `seen` has those of its rows that are as they were.

    `partition` is where it arrived. `record` is the key of its log record, as far as a row has told
    it.
    """

    day: str
    partition: str
    line: Line
    seen: int = 0
    record: str = ""


@dataclass(slots=True)
class Verified:
    """The records of some partitions, which have the same last digit.

    Nothing that arrived before `start` was exported, nor what arrived from `end` on. Of the days in
    `unknown_days` the archive has lost some records.
    """

    table: Table
    partitions: Sequence[str]
    key: bytes
    kept: Ticks
    start: Ticks
    end: Ticks
    unknown_days: set[str]
    tell: Tell
    counts: Counts
    _by_arrival: dict[str, _Expected] = field(default_factory=dict)
    _by_row: dict[str, _Expected] = field(default_factory=dict)
    _receipts: defaultdict[str, dict[str, Ticks]] = field(default_factory=lambda: defaultdict(dict))
    """Records that an erasure has changed, by the erasure, with when that was written."""
    _moved: dict[str, str] = field(default_factory=dict)
    """Arrivals of the records that have another key since an erasure, by that key."""
    _since: set[str] = field(default_factory=set)
    """Records that arrived after what was exported, or on a day that is not known."""
    _large: list[tuple[int, _Expected, TableEntity]] = field(default_factory=list)
    """Arrivals that do not have their detail."""
    _unknown: dict[str, TableEntity] = field(default_factory=dict)
    """Log records that were not exported."""

    def expect(self, day: str, partition: str, line: Line) -> None:
        """Takes in a record that was exported."""
        floor = keys.arrival_floor(line.arrival)
        if not self._by_arrival or floor < self.start:
            self.start = floor
        expected = _Expected(day, partition, line)
        self._by_arrival[line.arrival] = self._by_row[line.row] = expected
        self.counts.records += 1

    async def run(self) -> None:
        """Reads the rows of the partitions, and tells what is not as it was exported."""
        first, last = keys.arrivals_range(0, MAX_TIME)
        for partition in self.partitions:
            async with aclosing(self.table.each(partition, first, last, MAX_PAGE)) as rows:
                async for row in rows:
                    self._arrived(row, keys.listed_room_id(row["RowKey"]), _OF_ALL)
        async with aclosing(self._of_rooms()) as rows:
            async for row in rows:
                room_id, _, rest = row["RowKey"].partition(":")
                if rest.startswith("arrived:"):
                    self._arrived(row, room_id, _OF_ROOM)
                elif keys.is_log_row(row["RowKey"]):
                    self._logged(row)
        for which, expected, row in self._large:
            if await self._is_large_copy(row):
                expected.seen |= which
        for expected in self._by_arrival.values():
            if expected.seen != _ALL:
                await self._judge(expected)
        for row in self._unknown.values():
            await self._judge_unknown(row)

    async def _of_rooms(self) -> AsyncGenerator[TableEntity]:
        """Yields the rows of rooms that are of the log, where the rooms are: only these have a
        kind."""
        for partition in self.partitions:
            for start, end in (("", keys.DOTS_START), (keys.DOTS_END, keys.END)):
                rows = self.table.each(partition, start, end, MAX_PAGE, where="kind ge ''")
                async with aclosing(rows):
                    async for row in rows:
                        room_id, _, _ = row["RowKey"].partition(":")
                        if await self.table.partition_of(room_id) == partition:
                            yield row

    def _arrived(self, row: TableEntity, room_id: str, which: int) -> None:
        arrival = keys.arrival_of(row["RowKey"])
        expected = self._by_arrival.get(arrival)
        if expected is None or expected.line.room_id != room_id:
            self._not_exported(row, room_id, arrival, which)
            return
        expected.record = expected.record or record_of(row)
        if self._is_same_arrival(row, expected.line):
            if "data0" in row:
                expected.seen |= which
            else:
                self._large.append((which, expected, row))

    def _not_exported(self, row: TableEntity, room_id: str, arrival: str, which: int) -> None:
        floor = keys.arrival_floor(arrival)
        if floor >= self.end or day_of(floor) in self.unknown_days:
            self._since.add(record_of(row))
        else:
            what = f"A row was inserted {_WHERE[which]}."
            self.tell(Finding(what, day_of(floor), room=room_id, row=row["RowKey"]))

    def _logged(self, row: TableEntity) -> None:
        if row.get("kind") == RECEIPT:
            self._take_receipt(row)
        expected = self._by_row.get(row_digest(self.key, row["RowKey"]))
        if expected is not None:
            expected.record = row["RowKey"]
            if self._is_same_record(row, expected.line):
                expected.seen |= _LOG
        elif row["RowKey"] not in self._since:
            self._unknown[row["RowKey"]] = row

    def _take_receipt(self, row: TableEntity) -> None:
        try:
            detail = unpack(row)
            at = _time_in(row, "receivedAt")
            told = dict.fromkeys(detail.get("records", ()), MAX_TIME if at is None else at)
            self._receipts[detail["erasure"]].update(told)
        except (zlib.error, ValueError, TypeError, KeyError, AttributeError):
            pass  # it was altered, which is told

    def _is_same_record(self, row: Row, line: Line) -> bool:
        if "erased" in row:
            return False
        return not line.digest or content_digest(self.key, row["RowKey"], row) == line.digest

    def _is_same_arrival(self, row: Row, line: Line) -> bool:
        """Returns whether an arrival has the content of a line; of one without its detail, whether
        it has what the line shows."""
        if "erased" in row:
            return False
        if "data0" in row:
            record = record_of(row)
            return (
                row_digest(self.key, record) == line.row
                and content_digest(self.key, record, row) == line.digest
                and row.get("size") == len(binary_of(row))
            )
        of_all = keys.all_arrived_row(line.room_id, line.arrival)
        return line_of(self.key, {**row, "RowKey": of_all}, None) == replace(line, digest="")

    async def _is_large_copy(self, row: Row) -> bool:
        """Returns whether an arrival without its detail is a copy of the log record, if that is
        there, and its detail is large. One request."""
        size = row.get("size")
        if not isinstance(size, int) or size <= LIMITS.arrival_bytes:
            return False
        key = record_of(row)
        record = await self._of_room(keys.room_of_log_row(key), key)
        return record is None or (
            all(row.get(name) == record.get(name) for name in COPIED)
            and size == len(binary_of(record))
        )

    async def _judge(self, expected: _Expected) -> None:
        """Reads the rows of a record once more, and tells which are altered or missing, but for
        what upkeep removes and erasures change."""
        if await self._may_all_be_removed(expected):
            self.counts.removed += 1
            return
        line = expected.line
        erasures: set[str] = set()
        removed = False
        for which, row_key, row in await self._rows(expected):
            if row is None:
                if self._may_be_removed(line, which):
                    removed = True
                else:
                    self._tell(f"A row was removed {_WHERE[which]}.", expected, row_key)
            elif not await self._is_same(which, row, line):
                erasure = await self._erasure_of(row)
                if erasure and await self._is_only_erased(which, row, expected, erasure):
                    erasures.add(erasure)
                    self._unknown.pop(row["RowKey"], None)
                else:
                    self._tell(f"A row was altered {_WHERE[which]}.", expected, row_key)
        self.counts.removed += removed
        self.counts.erased.update(erasures)

    async def _may_all_be_removed(self, expected: _Expected) -> bool:
        """Returns whether no row of the record was found, and none need be there."""
        return not expected.record and all(
            self._may_be_removed(expected.line, which) for which in _WHERE
        )

    def _may_be_removed(self, line: Line, which: int) -> bool:
        return (line.time if which == _LOG else line.received) < self.kept

    async def _rows(self, expected: _Expected) -> list[tuple[int, str, TableEntity | None]]:
        line = expected.line
        own = keys.arrived_row(line.room_id, line.arrival)
        of_all = keys.all_arrived_row(line.room_id, line.arrival)
        found = [
            (_OF_ROOM, own, await self._of_room(line.room_id, own)),
            (_OF_ALL, of_all, await self.table.get(expected.partition, of_all)),
        ]
        record = expected.record
        row = await self._of_room(line.room_id, record) if record else None
        if row is None:  # an erasure may have given it another key
            for _, _, arrived in found:
                if arrived is not None and await self._erasure_of(arrived):
                    row = await self._of_room(line.room_id, record_of(arrived))
        return [(_LOG, record, row), *found]

    async def _is_same(self, which: int, row: Row, line: Line) -> bool:
        if which == _LOG:
            return row_digest(self.key, row["RowKey"]) == line.row and self._is_same_record(
                row, line
            )
        return self._is_same_arrival(row, line) and (
            "data0" in row or await self._is_large_copy(row)
        )

    async def _erasure_of(self, row: TableEntity) -> str | None:
        """Returns the erasure that has changed a row, if a receipt in its room says so, or the
        erasure is still under way."""
        erasure = str(row.get("erased", ""))
        record = row["RowKey"] if keys.is_log_row(row["RowKey"]) else record_of(row)
        if not erasure or record in self._receipts[erasure]:
            return erasure or None
        job = await self.table.get(keys.IDENTITY_PARTITION, keys.erasure_row(erasure))
        return erasure if job is not None and "finishedAt" not in job else None

    async def _is_only_erased(
        self, which: int, row: TableEntity, expected: _Expected, erasure: str
    ) -> bool:
        """Returns whether nothing but an erasure has changed a row since it was exported. If the
        row was erased on that day or before, all of it is as it was exported."""
        record = row["RowKey"] if which == _LOG else record_of(row)
        if self._receipts[erasure].get(record, MAX_TIME) >= start_of(expected.day) + DAY:
            return self._is_what_an_erasure_leaves(which, row, expected.line)
        plain = {name: value for name, value in row.items() if name != "erased"}
        return await self._is_same(which, plain, expected.line)

    def _is_what_an_erasure_leaves(self, which: int, row: Row, line: Line) -> bool:
        """Returns whether a row that an erasure has changed is still that of a line: it has its
        kind and times and, unless a pseudonym stands there, its actor and request.

        Only events get another key. No two records get the same one.
        """
        record = row["RowKey"] if which == _LOG else record_of(row)
        digest = row_digest(self.key, record)
        is_own = digest == line.row or (
            line.kind in EVENT_KINDS
            and digest not in self._by_row
            and self._moved.setdefault(record, line.arrival) == line.arrival
        )
        return (
            is_own
            and (row.get("kind"), row.get("time")) == (line.kind, line.at)
            and _time_in(row, "receivedAt") == line.received
            and _is_or_is_erased(row.get("actor"), line.actor)
            and (not line.request_id or _is_or_is_erased(row.get("requestId"), line.request_id))
        )

    async def _judge_unknown(self, row: TableEntity) -> None:
        """Tells of a log record that is not in the archive, unless it is older than the archive, or
        has arrived since it was made."""
        key = row["RowKey"]
        at = _time_in(row, "receivedAt" if "receivedAt" in row else "time")
        if at is not None and at < self.start:
            self.counts.uncovered += 1
            return
        room_id = keys.room_of_log_row(key)
        start = keys.behind_arrival(room_id, keys.arrival_start(self.end))
        end = keys.arrived_prefix(room_id) + keys.END
        arrived = f"record eq '{key}'"
        partition = await self.table.partition_of(room_id)
        if not await self.table.first(partition, start, end, 1, ["RowKey"], arrived):
            what = f"A row was inserted {_WHERE[_LOG]}."
            self.tell(Finding(what, room=room_id, row=key))

    async def _of_room(self, room_id: str, row: str) -> TableEntity | None:
        """Returns a row of a room, where the room is. One request."""
        return await self.table.get(await self.table.partition_of(room_id), row)

    def _tell(self, what: str, expected: _Expected, row: str) -> None:
        line = expected.line
        self.tell(
            Finding(what, expected.day, "", line.room_id, row, line.at, line.kind, line.actor)
        )


def _is_or_is_erased(text: Any, exported: str) -> bool:
    return text == exported or (isinstance(text, str) and "erased:" in text)


def _time_in(row: Row, name: str) -> Ticks | None:
    try:
        return parse_time(row[name])
    except (KeyError, TypeError, ValueError):
        return None
