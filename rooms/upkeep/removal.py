"""Deletes rows: what is gone already is no error, and what cannot be deleted is left."""

import logging
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import batched

from azure.data.tables import TableEntity

from rooms.domain.limits import Limits
from rooms.log_text import escaped
from rooms.storage.errors import StorageUnavailable
from rooms.storage.operations import Conflict
from rooms.storage.table import Table

_log = logging.getLogger(__name__)

TRIES = 3
"""How often something is looked at again, if it has changed since it was read."""


@dataclass(slots=True)
class Removal:
    """What goes of a partition in a run. `removed` counts it, `left` what could not be looked at
    or removed: the next pass finds it again. Raises StorageUnavailable as Table does."""

    table: Table
    limits: Limits
    removed: Counter[str] = field(default_factory=Counter)
    left: int = 0

    @contextmanager
    def logs_failures(self, what: str, which: str) -> Iterator[None]:
        """Logs what goes wrong with one room, user or erasure: it must not end the upkeep of
        all."""
        try:
            yield
        except StorageUnavailable:
            raise
        except Exception:
            self.left += 1
            _log.exception("upkeep: left %s %s", what, escaped(which))

    async def in_range(self, partition: str, start: str, end: str, what: str) -> None:
        """Deletes all rows from `start` until just before `end`. A request, if there are none."""
        while rows := await self.some(partition, start, end):
            done = await self.together(partition, rows, what)
            if done and len(rows) < self.limits.upkeep_rows:
                return

    async def some(self, partition: str, start: str, end: str) -> list[str]:
        """Returns the keys of the first rows of a range: as many as are removed at once."""
        rows = await self.table.first(
            partition, start, end, self.limits.upkeep_rows, select=["RowKey"]
        )
        return [row["RowKey"] for row in rows]

    async def together(self, partition: str, rows: Sequence[str], what: str) -> bool:
        """Deletes rows in one request. Returns False if some of them are gone already: then none
        was deleted."""
        try:
            await self.table.delete(partition, rows)
        except Conflict:
            return False
        self.removed[what] += len(rows)
        return True

    async def each(self, partition: str, rows: Sequence[str], what: str) -> None:
        """Deletes those of the rows that are there."""
        for some in batched(rows, self.limits.upkeep_rows, strict=False):
            if not await self.together(partition, some, what):
                for row in some:
                    await self.together(partition, [row], what)

    async def unchanged(self, rows: Sequence[TableEntity], what: str) -> None:
        """Deletes those of the rows that have not changed since they were read."""
        for some in batched(rows, self.limits.upkeep_rows, strict=False):
            try:
                await self.table.delete(some[0]["PartitionKey"], [], unchanged=some)
                self.removed[what] += len(some)
            except Conflict:
                for row in some if len(some) > 1 else ():
                    with suppress(Conflict):
                        await self.table.delete(row["PartitionKey"], [], unchanged=[row])
                        self.removed[what] += 1
