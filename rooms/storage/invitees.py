"""Rows that say which rooms a person may be invited to.

They are hints, never falsely absent: each is written with the roster that it is about, or before it, and only upkeep
removes it. Who reads them looks at the roster.
"""

from collections.abc import Iterable
from itertools import batched

from rooms.rules.room import Room
from rooms.storage.entities import invitee_entity
from rooms.storage.table import MAX_OPERATIONS, Operation, Table, replace


async def invite(table: Table, room: Room, raw_ids: Iterable[str], others: int) -> list[Operation]:
    """The operations that write these people's rows, for a transaction with `others` beside.

    What does not fit is written at once: one request for each hundred, one after the other, as a partition has but one pace.
    """
    rows = [invitee_entity(room, raw_id) for raw_id in raw_ids]
    fit = MAX_OPERATIONS - others
    before = rows[fit:]
    for batch in batched(before, MAX_OPERATIONS, strict=False):
        await table.write(batch)
    return list(map(replace, rows[:fit]))
