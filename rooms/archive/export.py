"""Writes the log into an archive, a day after the other.

Every step can be repeated, and killed at any point. A file is there as a whole or not at all, and
what is there stays: a run that was killed goes on behind its last line. The manifest is the last
file of a day.
"""

import time
import uuid
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field

from azure.data.tables import TableEntity

from rooms.archive.days import (
    MANIFEST,
    File,
    Manifest,
    day_of,
    days_in,
    next_day,
    read_manifest,
    sha256,
    start_of,
)
from rooms.archive.lines import Line, key_id, line_of, read_lines, record_of
from rooms.archive.places import ArchiveUnavailable, Place
from rooms.domain.time import DAY, Ticks, format_time
from rooms.storage import keys
from rooms.storage.archives import Archives, Exported
from rooms.storage.arrivals import Arrivals
from rooms.storage.parallel import in_parallel
from rooms.storage.table import MAX_PAGE, Table

FILE_RECORDS = 10_000
"""Lines of a file, at most: some 4 MiB. A run ends between files."""


@dataclass(slots=True)
class Report:
    """What a run did: the days that it completed, and whether it has left some."""

    days: list[str] = field(default_factory=list)
    records: int = 0
    done: bool = False

    def __str__(self) -> str:
        records = "1 record" if self.records == 1 else f"{self.records:,} records"
        which = "no day" if not self.days else self.days[0]
        if len(self.days) > 1:
            which = f"{len(self.days)} days until {self.days[-1]}"
        return f"exported {which}, {records}" + ("" if self.done else "; goes on later")


@dataclass(frozen=True, slots=True)
class _Last:
    """The last day of an archive. `day` is None if it has none yet."""

    archive: str
    day: str | None
    manifest: str | None


class Export:
    """The export of a table to a place.

    Raises StorageUnavailable as Table does, and ArchiveUnavailable: also if the archive is not as
    it was left, as nothing must be added to one that was changed.
    """

    def __init__(
        self,
        table: Table,
        place: Place,
        clock: Callable[[], Ticks],
        monotonic: Callable[[], float] = time.monotonic,
        file_records: int = FILE_RECORDS,
    ) -> None:
        self._table = table
        self._place = place
        self._clock = clock
        self._monotonic = monotonic
        self._file_records = file_records
        self._archives = Archives(table)
        self._arrivals = Arrivals(table, clock)

    async def run(self, seconds: float | None = None) -> Report:
        """Exports all days that have passed and are not in the archive. After that time it begins
        no second file of a day, nor another day. One request if there are none."""
        deadline = None if seconds is None else self._monotonic() + seconds
        today = day_of(self._clock())
        report = Report()
        known = await self._archives.known()
        here = known.at(self._place.address)
        if any(next_day(each.day) >= today for each in here):
            report.done = True
            return report
        key = known.key or await self._archives.made_key()
        names = await self._place.names()
        last = await self._last(names, known.archives, here)
        day = await self._first_day(today) if last.day is None else next_day(last.day)
        while day < today:
            if report.days and deadline is not None and self._monotonic() >= deadline:
                return report
            if not await self._is_final(day):
                return report
            manifest = await self._day(key, last, day, names, deadline)
            if manifest is None:
                return report
            last = await self._completed(last, manifest)
            report.days.append(day)
            report.records += manifest.records
            day = next_day(day)
        report.done = True
        return report

    async def _last(
        self, names: Sequence[str], known: dict[str, Exported], here: Sequence[Exported]
    ) -> _Last:
        days = days_in(names)
        if not days:
            if here:
                raise ArchiveUnavailable(
                    f"{self._place.address} is empty, but the log was exported there until "
                    f"{here[0].day}. Bring the files back, or export to another place."
                )
            return _Last(uuid.uuid4().hex, None, None)
        name = f"{days[-1]}/{MANIFEST}"
        data = await self._place.read(name)
        try:
            found = read_manifest(data)
        except ValueError:
            raise ArchiveUnavailable(
                f"{self._place.address}: {name} is no manifest of a log."
            ) from None
        told = known.get(found.archive)
        if told is not None and (
            told.day > found.day or (told.day == found.day and told.manifest != sha256(data))
        ):
            raise ArchiveUnavailable(
                f"{self._place.address} is not as it was left on {told.day}. Run: rooms verify-log"
            )
        return _Last(found.archive, found.day, sha256(data))

    async def _first_day(self, today: str) -> str:
        """Returns the day of the oldest record, or yesterday if there is none."""
        firsts = await in_parallel(
            self._table.first(partition, keys.ARRIVED_START, keys.ARRIVED_END, 1, ["RowKey"])
            for partition in await self._table.partitions()
        )
        yesterday = day_of(start_of(today) - DAY)
        arrivals = (keys.arrival_of(row["RowKey"]) for rows in firsts for row in rows)
        days = (day_of(keys.arrival_floor(arrival)) for arrival in arrivals)
        return min([*days, yesterday])

    async def _is_final(self, day: str) -> bool:
        """Returns whether nothing of that day can arrive any more. Raises floors for it."""
        end = start_of(day) + DAY
        return all(
            await in_parallel(
                self._is_above(partition, end) for partition in await self._table.partitions()
            )
        )

    async def _is_above(self, partition: str, end: Ticks) -> bool:
        floor = await self._arrivals.floor(partition, end)
        if floor is not None and floor < end:
            floor = await self._arrivals.raised(partition, floor)
            return floor is not None and floor >= end
        return True

    async def _day(
        self, key: bytes, last: _Last, day: str, names: Sequence[str], deadline: float | None
    ) -> Manifest | None:
        """Writes the files of a day. Returns its manifest; None if the time is over."""
        files: list[File] = []
        times: list[Ticks] = []
        made = False
        for partition in await self._table.partitions():
            before = [name for name in names if name.startswith(f"{day}/{partition}-")]
            behind = None
            for name in before:
                lines, file = await self._read(name)
                files.append(file)
                times += (line.received for line in lines)
                behind = lines[-1].arrival
            async with aclosing(self._parts(key, partition, day, behind)) as parts:
                number = len(before)
                async for lines in parts:
                    number += 1
                    if made and deadline is not None and self._monotonic() >= deadline:
                        return None
                    made = True
                    name = f"{day}/{partition}-{number:04d}.ndjson"
                    data = "".join(line.text() for line in lines).encode()
                    if not await self._place.create(name, data):
                        raise ArchiveUnavailable(
                            f"{self._place.address}: {name} was made by another export just now."
                        )
                    files.append(File(name.partition("/")[2], len(lines), sha256(data)))
                    times += (line.received for line in lines)
        return Manifest(
            day=day,
            archive=last.archive,
            key=key_id(key),
            files=tuple(files),
            records=sum(file.records for file in files),
            first=format_time(min(times)) if times else None,
            last=format_time(max(times)) if times else None,
            previous=last.manifest,
        )

    async def _completed(self, last: _Last, manifest: Manifest) -> _Last:
        """Writes the manifest of a day, and notes it in the table."""
        name, data = f"{manifest.day}/{MANIFEST}", manifest.data()
        if not await self._place.create(name, data) and await self._place.read(name) != data:
            raise ArchiveUnavailable(
                f"{self._place.address}: {name} was made by another export just now."
            )
        noted = Exported(
            last.archive, self._place.address, manifest.day, sha256(data), self._clock()
        )
        await self._archives.note(noted)
        return _Last(last.archive, manifest.day, sha256(data))

    async def _read(self, name: str) -> tuple[list[Line], File]:
        """Returns a file that a run before this one has made."""
        data = await self._place.read(name)
        try:
            lines = read_lines(data)
        except ValueError:
            lines = []
        if not lines:
            raise ArchiveUnavailable(f"{self._place.address}: {name} is no file of a log.")
        return lines, File(name.partition("/")[2], len(lines), sha256(data))

    async def _parts(
        self, key: bytes, partition: str, day: str, behind: str | None
    ) -> AsyncGenerator[list[Line]]:
        """Yields the lines of each further file of a day and partition."""
        start, end = keys.arrivals_range(start_of(day), start_of(day) + DAY)
        if behind is not None:
            start = keys.behind_arrival(None, behind)
        lines: list[Line] = []
        async with aclosing(self._table.each(partition, start, end, MAX_PAGE)) as rows:
            async for row in rows:
                lines.append(line_of(key, row, await self._whole(row)))
                if len(lines) == self._file_records:
                    yield lines
                    lines = []
        if lines:
            yield lines

    async def _whole(self, row: TableEntity) -> TableEntity | None:
        """Returns the row with the detail of a record. A request if the detail is large: the room
        may be in another storage account by now."""
        if "data0" in row:
            return row
        partition = await self._table.partition_of(keys.listed_room_id(row["RowKey"]))
        return await self._table.get(partition, record_of(row))
