"""How a room is changed: the change and its log record are one transaction, under the ETag of the
room's row."""

import asyncio
import uuid
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any
from weakref import WeakValueDictionary

from azure.data.tables import TableEntity

from rooms.domain.errors import RoomNotFound
from rooms.domain.time import Ticks, parse_time
from rooms.storage.arrivals import Arrivals
from rooms.storage.entities import (
    Entity,
    key_of,
    log_entity,
    room_id_of,
    room_of,
    stored_time,
)
from rooms.storage.errors import RoomChanged
from rooms.storage.index_rows import index_entity
from rooms.storage.operations import Conflict, Operation, insert, merge, remove
from rooms.storage.retry import retried
from rooms.storage.table import Table


@dataclass(frozen=True, slots=True)
class Origin:
    """Whose change it is: the name of the key or the token's object id, and x-ms-client-request-id
    or nothing.

    `on_behalf_of` is whom the actor speaks for, in its own words.
    """

    actor: str
    request_id: str
    on_behalf_of: str | None = None


type Versions = Collection[str] | None
"""The versions of a room that a change is of; None: of any."""


class Changes:
    """The changes of all rooms."""

    def __init__(self, table: Table, clock: Callable[[], Ticks]) -> None:
        self._arrivals = Arrivals(table, clock)
        self._clock = clock
        self._writers: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def in_turn[T](self, room_id: str, change: Callable[[], Awaitable[T]]) -> T:
        """Carries out a change, again whenever another one came between.

        Writers of one room in this process queue, instead of meeting in the storage.
        """
        async with self._writers.setdefault(room_id, asyncio.Lock()):
            return await retried(change, Conflict)

    async def commit(
        self, row: TableEntity, at: Ticks, record: Entity, properties: Entity, *more: Operation
    ) -> None:
        """Commits a change of the room whose row was read. Raises Conflict if another change came
        between."""
        changed = key_of(row) | properties | {"changedAt": stored_time(at)}
        operations = [insert(record), merge(changed, row), *more]
        await self._arrivals.commit(room_id_of(row), operations)

    async def delete(self, row: TableEntity, origin: Origin, *more: Operation) -> None:
        """Makes the room whose row was read a tombstone, which remembers who made it. Raises
        Conflict if another change came between."""
        room, at = room_of(row), self.time_of(row)
        tombstone = {
            "deleted": True,
            "deletedByRequest": origin.request_id,
            "deletedBy": origin.actor,
        }
        record = log_record(room.id, at, "RoomDeleted", origin, {})
        await self.commit(row, at, record, tombstone, remove(index_entity(room)), *more)

    def time_of(self, row: TableEntity) -> Ticks:
        """Returns the time of a change of the room with this row: later than the last one, whatever
        the clock says."""
        return max(self._clock(), parse_time(row["changedAt"]) + 1)


def existing_row(row: TableEntity | None) -> TableEntity:
    """Returns the row of a room. Raises RoomNotFound if it does not exist or was deleted."""
    if row is None or row.get("deleted"):
        raise RoomNotFound
    return row


def version_of(row: TableEntity) -> str:
    """Returns the version of the room with this row: each change of the room, its roster and its
    details gives it another one, and so does the erasure of a person from these."""
    version: str = row["changedAt"]
    return f"{version}/{row['erased']}" if "erased" in row else version


def check_version(row: TableEntity, versions: Versions) -> None:
    """Checks that the room with this row has one of these versions. Raises RoomChanged."""
    if versions is not None and version_of(row) not in versions:
        raise RoomChanged


def log_record(
    room_id: str,
    at: Ticks,
    kind: str,
    origin: Origin,
    detail: Mapping[str, Any],
    change: str | None = None,
) -> Entity:
    """Returns the log record of a change.

    Args:
        change: 32 hex digits, if the record must be the same each time.
    """
    change = change or uuid.uuid4().hex
    record = log_entity(room_id, at, change, kind, origin.actor, origin.request_id, detail)
    if origin.on_behalf_of is None:
        return record
    return record | {"onBehalfOf": origin.on_behalf_of}
