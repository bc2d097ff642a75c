"""Events that were not understood, kept whole, with the reason, until someone redrives or deletes
them."""

from collections.abc import Callable

from azure.data.tables import TableEntity

from rooms.domain.events import EventSource, Quarantined
from rooms.domain.limits import LIMITS, Limits
from rooms.domain.time import Ticks, parse_time
from rooms.storage import keys
from rooms.storage.all_partitions import ONE_ACCOUNT, page_of_all
from rooms.storage.cursors import Page, read_cursor, to_cursor
from rooms.storage.entities import (
    Entity,
    binary_of,
    binary_properties,
    compressed,
    decompressed,
    stored_time,
)
from rooms.storage.errors import QuarantinedEventNotFound, StorageUnavailable
from rooms.storage.operations import Conflict, insert, replace
from rooms.storage.retry import retried
from rooms.storage.table import Table

_SHOWN = ["RowKey", "receivedAt", "reason", "size", "excerpt", "source"]


class Quarantine:
    """All events in quarantine."""

    def __init__(self, table: Table, clock: Callable[[], Ticks], limits: Limits = LIMITS) -> None:
        self._table = table
        self._clock = clock
        self._limits = limits

    async def put(self, text: str, reason: str, source: EventSource = "acs") -> str:
        """Keeps an event; delivered again, it is kept once. The id is a hash of the text.

        One request, or one more for each 704 KiB after the first, compressed; the last one makes it
        seen.
        """
        event_id = keys.hashed(text)
        data = compressed(text)
        size = self._limits.quarantine_part_bytes
        parts = [data[at : at + size] for at in range(0, len(data), size)]
        for number, part in enumerate(parts[1:], 1):
            await self._table.commit(
                [
                    replace(
                        _row(event_id, keys.quarantine_part_row(event_id, number))
                        | binary_properties(part)
                    )
                ]
            )
        properties = {
            "receivedAt": stored_time(self._clock()),
            "reason": reason,
            "size": len(text),
            "excerpt": text[: self._limits.excerpt],
            "parts": len(parts),
        }
        if source != "acs":
            properties["source"] = source
        row = _row(event_id, keys.quarantine_row(event_id))
        await self._table.commit([insert(row | properties | binary_properties(parts[0]))])
        return event_id

    async def page(self, cursor: str | None) -> Page[Quarantined]:
        """Returns a page of the events, in the order of their ids."""
        after = None if cursor is None else read_cursor(cursor, keys.QUARANTINE_ROW)
        rows, last = await page_of_all(
            self._table,
            keys.QUARANTINE_START,
            keys.QUARANTINE_END,
            after,
            self._limits.quarantine_page,
            self._limits.quarantine_rows,
            _SHOWN,
            ONE_ACCOUNT,
        )
        events = [_quarantined(row) for row in rows]
        return Page(events, None if last is None else to_cursor(last))

    async def get(self, event_id: str) -> tuple[Quarantined, str]:
        """Returns an event and its whole text. One request, or one more for each further part.
        Raises QuarantinedEventNotFound."""
        row = await self._row(event_id)
        data = [binary_of(row)]
        for key in _part_rows(event_id, row["parts"]):
            part = await self._table.get(row["PartitionKey"], key)
            if part is None:  # deleted meanwhile
                raise QuarantinedEventNotFound
            data.append(binary_of(part))
        return _quarantined(row), decompressed(b"".join(data))

    async def remove(self, event_id: str) -> None:
        """Deletes an event that is there, with all its parts. Two requests. Raises
        QuarantinedEventNotFound.

        If it is delivered again meanwhile, that one stays.
        """
        row = await self._row(event_id)
        parts = _part_rows(event_id, row["parts"])

        async def delete() -> None:
            try:
                await self._table.delete(row["PartitionKey"], parts, unchanged=[row])
            except Conflict:
                if not parts:  # another request was faster, or the answer to this one was lost
                    return
                # Or parts are gone, as the event came again while it was removed. Upkeep removes
                # what is left of them.
                parts.clear()
                await delete()

        await retried(delete, StorageUnavailable)

    async def _row(self, event_id: str) -> TableEntity:
        row = None
        if keys.QUARANTINE_ROW.fullmatch(keys.quarantine_row(event_id)):
            row = await self._table.get(
                keys.quarantine_partition(event_id), keys.quarantine_row(event_id)
            )
        if row is None:
            raise QuarantinedEventNotFound
        return row


def _part_rows(event_id: str, parts: int) -> list[str]:
    return [keys.quarantine_part_row(event_id, number) for number in range(1, parts)]


def _row(event_id: str, row: str) -> Entity:
    return {"PartitionKey": keys.quarantine_partition(event_id), "RowKey": row}


def _quarantined(row: TableEntity) -> Quarantined:
    return Quarantined(
        id=row["RowKey"].rpartition(":")[2],
        received_at=parse_time(row["receivedAt"]),
        reason=row["reason"],
        size=row["size"],
        excerpt=row["excerpt"],
        source=row.get("source", "acs"),
    )
