"""The journal of a digit that moves to another account: which rows each transaction wrote or
removed while they were copied. Whoever copies looks at these rows again."""

import secrets
from collections.abc import Iterable, Mapping
from typing import Any

from rooms.domain.time import Ticks
from rooms.storage.entities import Entity, pack, unpack
from rooms.storage.operations import Operation
from rooms.storage.rows_of_rooms import room_of_row

JOURNAL_START = ".moved:"
JOURNAL_END = ".moved;"


def journal_entity(operations: Iterable[Operation], at: Ticks) -> Entity:
    """Returns the row that names what a transaction writes or removes of what moves with rooms."""
    rows = sorted(
        {
            entity["RowKey"]
            for _, entity, *_ in operations
            if room_of_row(entity["RowKey"]) is not None
        }
    )
    return {"RowKey": f"{JOURNAL_START}{at:019d}:{secrets.token_hex(8)}"} | pack(rows)


def rows_in(entity: Mapping[str, Any]) -> list[str]:
    """Returns the keys that a row of the journal names."""
    rows: list[str] = unpack(entity)
    return rows
