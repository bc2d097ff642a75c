"""The rows of events, as the app writes them, for tens of thousands of events in seconds."""

import asyncio
import json
from collections.abc import Iterable, Sequence
from itertools import batched

from rooms.domain.time import now
from rooms.intake.envelope import read_event
from rooms.intake.outcome import RoomEvent
from rooms.storage.entities import Entity, event_entities
from rooms.storage.operations import Operation, insert, placed, replace
from rooms.storage.rows_of_rooms import room_of_row
from rooms.storage.table import Table
from testkit.events import Element
from testkit.transactions import transactions

_AT_ONCE = 4
"""Transactions at the same time."""


async def write(table: Table, operations: Iterable[Operation]) -> None:
    """Writes rows where their rooms are, in as few transactions as possible. The first operation
    of each must be an insert."""
    there = [await _placed(table, each) for each in operations]
    for some in batched(transactions(there), _AT_ONCE, strict=False):
        await asyncio.gather(*(table.commit(part) for part in some))


async def _placed(table: Table, operation: Operation) -> Operation:
    room_id = room_of_row(operation[1]["RowKey"])
    if room_id is None:
        return operation
    (there,) = placed(await table.partition_of(room_id), [operation])
    return there


def operations_of(elements: Iterable[Element], with_log: bool = True) -> list[Operation]:
    """Returns what writes the rows of new events: their own, log records, and the calls' activity,
    each once. Azurite takes ever longer for a row, so many may go without log records."""
    kept, activity = list[Operation](), dict[str, Operation]()
    for element in elements:
        log, row, *hours = entities_of(element)
        kept += [insert(row), insert(log)] if with_log else [insert(row)]
        activity |= {hour["RowKey"]: replace(hour) for hour in hours}
    return [*kept, *activity.values()]


def entities_of(element: Element) -> Sequence[Entity]:
    """Returns the rows that the app makes of an event: its log record, its own, and two of the
    call's activity."""
    text, at = json.dumps(element), now()
    match read_event(text, at):
        case RoomEvent(room_id=room_id, event=event):
            return event_entities(room_id, event, text, at)
    raise ValueError("not an event of a room's call")
