"""What goes that is of no room, or for which a room need not be looked at."""

from collections.abc import Sequence
from dataclasses import dataclass

from azure.data.tables import TableEntity

from rooms.domain.time import Ticks, parse_time
from rooms.storage import keys
from rooms.upkeep.cutoffs import Cutoffs
from rooms.upkeep.removal import Removal

SHOWN = [
    "PartitionKey",
    "RowKey",
    "Timestamp",
    "receivedAt",
    "parts",
    "usedAt",
    "finishedAt",
    "startedAt",
    "askedAt",
]
"""What has to be known of events in quarantine and their parts, of users, of erasures, of marks and
of rooms that ACS did not know."""


@dataclass(frozen=True, slots=True)
class Others:
    """The quarantine, join links, marks, users and erasures. Raises StorageUnavailable as Table
    does."""

    removal: Removal
    cutoffs: Cutoffs

    async def quarantine(self, rows: Sequence[TableEntity]) -> None:
        """Deletes those of these events that came too long ago. Their rows go first, as a row that
        can be seen has all its parts."""
        old = [row for row in rows if _time(row, "receivedAt") < self.cutoffs.kept]
        if not old:
            return
        removal, partition = self.removal, old[0]["PartitionKey"]
        await removal.each(partition, [row["RowKey"] for row in old], "quarantined events")
        for row in old:
            if row["parts"] > 1:
                start, end = keys.quarantine_parts_range(row["RowKey"].rpartition(":")[2])
                await self.quarantine_parts(
                    await removal.table.first(
                        partition, start, end, removal.limits.upkeep_rows, SHOWN
                    )
                )

    async def quarantine_parts(self, rows: Sequence[TableEntity]) -> None:
        """Deletes those of these parts that were written too long ago and have no event: the event
        was removed, or never written whole."""
        for row in rows:
            written = row.metadata["timestamp"]
            if written and parse_time(written.isoformat()) < self.cutoffs.kept:
                _, event_id, _ = row["RowKey"].split(":")
                event = keys.quarantine_row(event_id)
                if await self.removal.table.get(row["PartitionKey"], event) is None:
                    # Unless the event is being kept just now.
                    await self.removal.unchanged([row], "quarantine parts")

    async def join_links(self, rows: Sequence[TableEntity]) -> None:
        """Deletes these bindings of join links to browsers."""
        if rows:
            partition, row_keys = rows[0]["PartitionKey"], [row["RowKey"] for row in rows]
            await self.removal.each(partition, row_keys, "used join links")

    async def marks(self, rows: Sequence[TableEntity]) -> None:
        """Deletes those of these marks of changes at ACS that began too long ago: what ACS has then
        is taken over as it is."""
        await self._older(rows, "startedAt", self.cutoffs.marks_kept, "mark", "marks")

    async def unknown_at_acs(self, rows: Sequence[TableEntity]) -> None:
        """Deletes those of these rows whose rooms ACS is asked for again anyway."""
        kept = self.cutoffs.unknown_kept
        one, several = "room that ACS did not know", "rooms that ACS did not know"
        await self._older(rows, "askedAt", kept, one, several)

    async def users(self, rows: Sequence[TableEntity]) -> None:
        """Deletes those of these users who got their last token too long ago. Who gets one
        meanwhile has a row that has changed."""
        await self._older(rows, "usedAt", self.cutoffs.kept, "user", "users")

    async def erasures(self, rows: Sequence[TableEntity]) -> None:
        """Deletes those of these erasures that ended too long ago."""
        over = [row for row in rows if "finishedAt" in row]
        await self._older(over, "finishedAt", self.cutoffs.kept, "erasure", "erasures")

    async def _older(
        self, rows: Sequence[TableEntity], name: str, kept: Ticks, one: str, several: str
    ) -> None:
        """Deletes those of the rows whose time of that name is before `kept`, unless they have
        changed since they were read. `one` and `several` name what they are."""
        old = []
        for row in rows:
            with self.removal.logs_failures(f"the {one}", row["RowKey"]):
                if _time(row, name) < kept:
                    old.append(row)
        await self.removal.unchanged(old, several)


def _time(row: TableEntity, name: str) -> Ticks:
    return parse_time(row[name])
