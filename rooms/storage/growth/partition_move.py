"""Moves the rooms of a digit from a partition of one account to that of another: copies their rows,
follows the journal, and removes what is left behind."""

import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import batched

from azure.core.exceptions import HttpResponseError, ResourceNotFoundError
from azure.data.tables import TableEntity
from azure.data.tables.aio import TableClient

from rooms.storage import keys
from rooms.storage.azure_errors import is_conflict
from rooms.storage.growth.batches import FREE_OPERATIONS, in_batches
from rooms.storage.growth.fence import Fence
from rooms.storage.growth.progress import Counts
from rooms.storage.journal import JOURNAL_END, JOURNAL_START, rows_in
from rooms.storage.operations import Operation, remove, replace
from rooms.storage.parallel import in_parallel
from rooms.storage.rows_of_rooms import RANGES, room_of_row
from rooms.storage.spread import digit_of

ROWS = 1_000
"""Rows that a request reads: as many as Table Storage answers one with."""

NOTE_SECONDS = 2.0
"""Seconds of copying that are done again, at most, if a run is killed."""

JOURNAL_ROWS = 50
"""Rows of the journal that are applied at once."""

type Alive = Callable[[], Awaitable[None]]
"""Keeps the lease of this run. Raises if another one has it."""


@dataclass
class PartitionMove:
    """The move of a digit's rooms between two partitions. Raises TakenOver and AzureError, as Fence
    does."""

    source: Fence
    target: Fence
    digit: str
    counts: Counts
    alive: Alive = field(repr=False)

    async def copy(self) -> None:
        """Copies all rows of the digit that were not copied yet. One request for a thousand rows of
        the partition, and one for each 99 of the digit."""
        done, noted = self.source.copied or "", time.monotonic()
        for start, end in RANGES:
            if end <= done:
                continue
            async for page in pages(
                self.source.client, self.source.partition, max(start, done), end
            ):
                self.counts.read += len(page)
                await self._write(row for row in page if is_of(row["RowKey"], self.digit))
                if time.monotonic() >= noted + NOTE_SECONDS:
                    await self.source.note(keys.after(page[-1]["RowKey"]))
                    noted = time.monotonic()
                await self.alive()
        await self.source.note(keys.END)

    async def apply_journal(self, *, whole: bool) -> int:
        """Copies what the journal names as it is now, removes what is not there any more, and
        removes the rows of the journal. Returns how many of these there were.

        Args:
            whole: until there are none; else those that were there in the beginning.
        """
        applied = 0
        while True:
            page = await anext(self._journal(), None)
            if not page:
                return applied
            for some in batched(page, JOURNAL_ROWS, strict=False):
                await self._apply(some)
                applied += len(some)
                await self.alive()
            if not whole and len(page) < ROWS:
                return applied

    async def _apply(self, entries: Sequence[TableEntity]) -> None:
        named = sorted({row for entry in entries for row in rows_in(entry)})
        named = [row for row in named if is_of(row, self.digit)]
        found = await _rows(self.source.client, self.source.partition, named)
        await self._write(row for row in found if row is not None)
        gone = [key for key, row in zip(named, found, strict=True) if row is None]
        there = await _rows(self.target.client, self.target.partition, gone)
        await _remove(self.target, [row["RowKey"] for row in there if row is not None])
        await _remove(self.source, [entry["RowKey"] for entry in entries])

    async def _write(self, rows: Iterable[TableEntity]) -> None:
        for batch in in_batches(rows):
            await self.target.submit([replace(row) for row in batch])
            self.counts.copied += len(batch)

    def _journal(self) -> AsyncIterator[list[TableEntity]]:
        return pages(self.source.client, self.source.partition, JOURNAL_START, JOURNAL_END)


async def clear(fence: Fence, digits: str, counts: Counts, alive: Alive) -> None:
    """Removes the rows of the rooms of these digits from a partition, and the journal. One request
    for a thousand rows of the partition, and one for each 99 that are removed."""
    for start, end in (*(RANGES if digits else ()), (JOURNAL_START, JOURNAL_END)):
        async for page in pages(fence.client, fence.partition, start, end, ["RowKey"]):
            counts.read += len(page)
            counts.removed += await _remove(
                fence,
                [
                    row["RowKey"]
                    for row in page
                    if start == JOURNAL_START or any(is_of(row["RowKey"], each) for each in digits)
                ],
            )
            await alive()


def is_of(row: str, digit: str) -> bool:
    """Returns whether a row stands with a room of the digit, by its key."""
    room_id = room_of_row(row)
    return room_id is not None and digit_of(room_id) == digit


async def pages(
    client: TableClient, partition: str, start: str, end: str, select: list[str] | None = None
) -> AsyncIterator[list[TableEntity]]:
    """Yields the rows from `start` to just before `end` as requests answer them, but empty
    answers."""
    where = f"PartitionKey eq '{partition}' and RowKey ge '{start}' and RowKey lt '{end}'"
    found = client.query_entities(where, results_per_page=ROWS, select=select)
    async for page in found.by_page():
        if rows := [row async for row in page]:
            yield rows


async def _rows(
    client: TableClient, partition: str, wanted: Sequence[str]
) -> list[TableEntity | None]:
    """Returns these rows; None for one that is not there. One request for each."""

    async def read(key: str) -> TableEntity | None:
        try:
            return await client.get_entity(partition, key)
        except ResourceNotFoundError:
            return None

    return await in_parallel(map(read, wanted))


async def _remove(fence: Fence, rows: Sequence[str]) -> int:
    """Removes these rows, and returns how many there were. One request for each 99; more if some
    are gone already."""
    removed = 0
    for some in batched(rows, FREE_OPERATIONS, strict=False):
        left = list(some)
        while left:
            operations: list[Operation] = [remove({"RowKey": row}) for row in left]
            try:
                await fence.submit(operations)
            except HttpResponseError as error:
                if not is_conflict(error):
                    raise
                found = await _rows(fence.client, fence.partition, left)
                left = [row["RowKey"] for row in found if row is not None]
            else:
                removed += len(left)
                break
    return removed
