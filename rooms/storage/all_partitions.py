"""Reads the rows of all partitions but that of the users, in the order of their keys."""

from collections.abc import Sequence

from azure.data.tables import TableEntity

from rooms.storage import keys
from rooms.storage.parallel import in_parallel
from rooms.storage.spread import Spread
from rooms.storage.table import Table

ONE_ACCOUNT = Spread()
"""In the place of the spread: rows of no room, which are all in the first account."""


async def first_of_all(
    table: Table,
    start: str,
    end: str,
    per_partition: int,
    select: Sequence[str] | None = None,
    where: str = "",
    spread: Spread | None = None,
) -> tuple[list[TableEntity], bool]:
    """Returns the first rows from `start` to just before `end` of all partitions, in order, and
    whether there may be more.

    One request for each partition, in parallel. At least `per_partition` rows, if there are as
    many; or, while rooms move between accounts, at least one. Rows of rooms that are elsewhere are
    left out.

    Args:
        spread: by which the partitions are read; None: the one that there is now.
    """
    if spread is None:
        spread = await table.spread()
    while True:
        answers = await in_parallel(
            table.first(partition, start, end, per_partition, select, where)
            for partition in spread.partitions
        )
        # What a partition has behind a full answer is not known: only up to there is the order
        # certain.
        cut_off = [rows[-1]["RowKey"] for rows in answers if len(rows) == per_partition]
        certain = min(cut_off, default=end)
        known = sorted(
            (
                row
                for partition, rows in zip(spread.partitions, answers, strict=True)
                for row in rows
                if row["RowKey"] <= certain and spread.has(partition, row["RowKey"])
            ),
            key=lambda row: row["RowKey"],
        )
        if known or not cut_off:
            return known, bool(cut_off)
        start = keys.after(certain)


async def page_of_all(
    table: Table,
    start: str,
    end: str,
    after: str | None,
    count: int,
    per_partition: int,
    select: Sequence[str] | None = None,
    spread: Spread | None = None,
) -> tuple[list[TableEntity], str | None]:
    """Returns at most `count` of the first rows of all partitions, from behind the row `after`,
    and the one to go on behind, if there may be more. Requests as `first_of_all`."""
    known, cut_off = await first_of_all(
        table,
        start if after is None else keys.after(after),
        end,
        per_partition,
        select,
        spread=spread,
    )
    shown = known[:count]
    return shown, shown[-1]["RowKey"] if cut_off or len(known) > count else None
