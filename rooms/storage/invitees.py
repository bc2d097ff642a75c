"""Rows that say which rooms a person may be invited to.

They are hints, never falsely absent: each is written with the roster that it is about, or before it, and only upkeep
removes it. Who reads them looks at the roster.
"""

from collections.abc import Iterable

from rooms.rules.room import Room
from rooms.storage.entities import invitee_entity
from rooms.storage.parallel import in_parallel
from rooms.storage.table import MAX_OPERATIONS, Operation, Table, replace


async def invite(table: Table, room: Room, raw_ids: Iterable[str], others: int) -> list[Operation]:
    """The operations that write these people's rows, for a transaction with `others` beside.

    What does not fit is written at once: one request for each hundred, in parallel.
    """
    rows = [invitee_entity(room, raw_id) for raw_id in raw_ids]
    fit = MAX_OPERATIONS - others
    before = rows[fit:]
    await in_parallel(table.write(before[at : at + MAX_OPERATIONS]) for at in range(0, len(before), MAX_OPERATIONS))
    return list(map(replace, rows[:fit]))
