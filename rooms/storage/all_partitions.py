"""Reads the rows of all partitions but that of the users, in the order of their keys."""

from collections.abc import Sequence

from azure.data.tables import TableEntity

from rooms.storage import keys
from rooms.storage.parallel import in_parallel
from rooms.storage.table import Table


async def first_of_all(
    table: Table,
    start: str,
    end: str,
    per_partition: int,
    select: Sequence[str] | None = None,
    where: str = "",
) -> tuple[list[TableEntity], bool]:
    """Returns the first rows from `start` to just before `end` of all partitions, in order, and
    whether there may be more.

    One request for each partition, in parallel. At least `per_partition` rows, if there are as
    many.
    """
    answers = await in_parallel(
        table.first(partition, start, end, per_partition, select, where)
        for partition in await table.partitions()
    )
    # What a partition has behind a full answer is not known: only up to there is the order
    # certain.
    cut_off = [rows[-1]["RowKey"] for rows in answers if len(rows) == per_partition]
    certain = min(cut_off, default=end)
    known = sorted(
        (row for rows in answers for row in rows if row["RowKey"] <= certain),
        key=lambda row: row["RowKey"],
    )
    return known, bool(cut_off)


async def page_of_all(
    table: Table,
    start: str,
    end: str,
    after: str | None,
    count: int,
    per_partition: int,
    select: Sequence[str] | None = None,
) -> tuple[list[TableEntity], str | None]:
    """Returns at most `count` of the first rows of all partitions, from behind the row `after`,
    and the one to go on behind, if there may be more. Requests as `first_of_all`."""
    known, cut_off = await first_of_all(
        table, start if after is None else keys.after(after), end, per_partition, select
    )
    shown = known[:count]
    return shown, shown[-1]["RowKey"] if cut_off or len(known) > count else None
