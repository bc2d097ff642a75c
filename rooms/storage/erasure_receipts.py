"""What an erasure writes into logs: which records it has changed, and nothing of the person."""

from collections import Counter
from collections.abc import Callable
from contextlib import aclosing
from itertools import batched

from rooms.domain.events import SERVICE_LOG
from rooms.domain.limits import LIMITS, Limits
from rooms.domain.time import MAX_TIME, Ticks
from rooms.storage import keys
from rooms.storage.arrivals import Arrivals
from rooms.storage.changes import log_record
from rooms.storage.entities import unpack
from rooms.storage.erasure_state import Erasure
from rooms.storage.operations import insert
from rooms.storage.table import MAX_PAGE, Table

KIND = "PersonErased"


class Receipts:
    """The receipts of erasures. Raises StorageUnavailable as Table does."""

    def __init__(self, table: Table, clock: Callable[[], Ticks], limits: Limits = LIMITS) -> None:
        self._table = table
        self._arrivals = Arrivals(table, clock)
        self._clock = clock
        self._limits = limits

    async def write(self, erasure: Erasure, room_id: str) -> Counter[str]:
        """Writes into the log of a room which of its records were changed, as far as that is not
        written yet. Returns what was changed, by kinds."""
        changed: Counter[str] = Counter()
        records: list[str] = []
        arrived: list[str] = []  # also of records that upkeep has removed
        async with aclosing(
            self._table.each(
                await self._table.partition_of(room_id),
                *keys.room_range(room_id),
                MAX_PAGE,
                ["RowKey", "record"],
                f"erased eq '{erasure.id}'",
            )
        ) as rows:
            async for row in rows:
                changed[_kind_of(row["RowKey"])] += 1
                if keys.is_log_row(row["RowKey"]):
                    records.append(row["RowKey"])
                elif "record" in row:
                    arrived.append(row["record"])
        told = await self._told(erasure.id, room_id)
        named = dict.fromkeys([*records, *arrived])
        untold = [record for record in named if record not in told]
        for some in batched(untold, self._limits.erased_records, strict=False):
            detail = {
                "erasure": erasure.id,
                "pseudonym": erasure.person.pseudonym,
                "records": list(some),
            }
            record = log_record(room_id, self._clock(), KIND, erasure.origin, detail)
            await self._arrivals.commit(room_id, [insert(record)])
        changed.pop("", None)
        return changed + Counter(rooms=1)

    async def close(self, erasure: Erasure) -> None:
        """Writes into the log of the service that a person was erased, once."""
        assert erasure.finished_at is not None
        detail = {
            "erasure": erasure.id,
            "pseudonym": erasure.person.pseudonym,
            "found": dict(erasure.found),
        }
        at, origin = erasure.finished_at, erasure.origin
        record = log_record(SERVICE_LOG, at, KIND, origin, detail, change=erasure.id)
        await self._arrivals.commit(SERVICE_LOG, [insert(record)])

    async def _told(self, erasure: str, room_id: str) -> set[str]:
        """Returns the records that receipts of this erasure already name."""
        told: set[str] = set()
        async with aclosing(
            self._table.each(
                await self._table.partition_of(room_id),
                *keys.log_range(room_id, 0, MAX_TIME),
                MAX_PAGE,
                where=f"kind eq '{KIND}'",
            )
        ) as rows:
            async for row in rows:
                detail = unpack(row)
                if detail["erasure"] == erasure:
                    told |= set(detail.get("records", ()))
        return told


def _kind_of(row: str) -> str:
    _, _, rest = row.partition(":")
    if rest.startswith("~"):
        return "logRecords"
    if rest.startswith("call:"):
        return "events"
    if rest.startswith("roster:"):
        return "rosters"
    return "details" if rest == "details" else ""
