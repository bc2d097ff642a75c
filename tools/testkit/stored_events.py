"""The rows of events, as the app writes them, for tens of thousands of events in seconds."""

import asyncio
import json
from collections.abc import Iterable, Sequence
from itertools import batched

from azure.data.tables.aio import TableClient

from rooms.domain.time import now
from rooms.intake.envelope import read_event
from rooms.intake.outcome import RoomEvent
from rooms.storage.entities import Entity, event_entities
from rooms.storage.operations import Operation, insert, replace
from rooms.storage.table import Table
from testkit.events import Element
from testkit.transactions import transactions

_AT_ONCE = 4
"""Transactions at the same time."""


async def write(client: TableClient, operations: Iterable[Operation]) -> None:
    """Writes rows in as few transactions as possible. The first operation of each must be an
    insert."""
    table = Table(client)  # which copes with connections that Azurite has closed meanwhile
    for some in batched(transactions(operations), _AT_ONCE, strict=False):
        await asyncio.gather(*(table.commit(part) for part in some))


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
