"""Tables with a past: what happened at chosen times, and upkeep as of NOW."""

import time
import uuid
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from azure.core.exceptions import ResourceExistsError
from azure.data.tables import TableEntity, TransactionOperation
from azure.data.tables.aio import TableClient

from rooms.domain.events import CallEvent
from rooms.domain.limits import LIMITS, Limits
from rooms.domain.room import RoomChange
from rooms.domain.time import DAY, HOUR, Ticks, parse_time
from rooms.storage import keys
from rooms.storage.calls import Calls
from rooms.storage.entities import Entity, stored_time
from rooms.storage.first_pass import ROWS
from rooms.storage.operations import Operation, replace
from rooms.storage.quarantine import Quarantine
from rooms.storage.rooms import Rooms
from rooms.storage.table import Table
from rooms.upkeep.report import Report
from rooms.upkeep.walk import Upkeep
from testkit.identifiers import raw_id
from testkit.storage import ORIGIN
from testkit.transactions import transactions
from testkit.waiting import HANG_SECONDS
from testkit.whole import StoredRoom, stored_rooms

NOW = parse_time("2026-10-05T10:30:00Z")
EXPIRED = 30 * DAY
RETENTION = 400 * DAY
CUTOFF = NOW - RETENTION
HOUR_OF_CUTOFF = CUTOFF - CUTOFF % HOUR

type Rows = dict[tuple[str, str], Mapping[str, Any]]


class Past:
    """Writes into a table what happens at a time."""

    def __init__(self, client: TableClient | Table, limits: Limits = LIMITS) -> None:
        self._table = client if isinstance(client, Table) else Table(client)
        self._limits = limits

    def rooms(self, at: Ticks) -> Rooms:
        return Rooms(self._table, lambda: at)

    async def room(self, at: Ticks, valid_until: Ticks = NOW + DAY) -> str:
        wanted = RoomChange(at, valid_until)
        created = await self.rooms(at).create(wanted, {raw_id(1): "Presenter"}, None, ORIGIN)
        return created.room.id

    async def invite(self, room_id: str, *times: Ticks) -> None:
        for number, at in enumerate(times, 2):
            await self.rooms(at).patch_roster(room_id, {raw_id(number): "Attendee"}, ORIGIN)

    async def extend(self, room_id: str, at: Ticks, valid_until: Ticks) -> None:
        await self.rooms(at).update(room_id, RoomChange(at, valid_until), ORIGIN)

    async def name(self, room_id: str, at: Ticks, title: str) -> None:
        await self.rooms(at).patch_details(room_id, {"title": title}, ORIGIN)

    async def delete(self, room_id: str, at: Ticks) -> None:
        await self.rooms(at).delete(room_id, ORIGIN)

    async def call(self, room_id: str, call: str, *times: Ticks) -> None:
        """Records a call: somebody joins at each time but the last, when the call ends."""
        for at in times:
            if at == times[-1]:
                event = CallEvent("CallEnded", "event", call, at)
            else:
                event = CallEvent("ParticipantAdded", "event", call, at, "phone")
            await record(self._table, room_id, event)

    async def quarantine(self, text: str, at: Ticks) -> str:
        return await Quarantine(self._table, lambda: at, self._limits).put(text, "not understood")


class Watched(Table):
    """A table that calls `before` ahead of each request, with its kind and the first row it is
    about."""

    def __init__(self, client: TableClient, before: Callable[[str, str], Awaitable[None]]) -> None:
        super().__init__(client)
        self._before = before

    async def get(self, partition: str, row: str) -> TableEntity | None:
        await self._before("get", row)
        return await super().get(partition, row)

    async def first(
        self,
        partition: str,
        start: str,
        end: str,
        count: int,
        select: Sequence[str] | None = None,
        where: str = "",
    ) -> list[TableEntity]:
        await self._before("first", start)
        return await super().first(partition, start, end, count, select, where)

    async def commit(self, operations: Sequence[Operation], needed: Entity | None = None) -> None:
        await self._before("commit", operations[0][1]["RowKey"])
        await super().commit(operations, needed)

    async def rewrite(self, operations: Sequence[Operation], needed: Entity | None = None) -> None:
        deletes = all(kind == TransactionOperation.DELETE for kind, *_ in operations)
        await self._before("delete" if deletes else "commit", operations[0][1]["RowKey"])
        await super().rewrite(operations, needed)


class Collected(Table):
    """Keeps what is created for `flush`, which writes a hundred rows with each request, whatever
    transactions they are of."""

    def __init__(self, client: TableClient) -> None:
        super().__init__(client)
        self._rows: Rows = {}

    async def commit(self, operations: Sequence[Operation], needed: Entity | None = None) -> None:
        self._rows |= {(row["PartitionKey"], row["RowKey"]): row for _, row, *_ in operations}

    async def flush(self) -> None:
        for some in transactions(replace(dict(row)) for row in self._rows.values()):
            await super().commit(some)
        self._rows.clear()


def new_table(connection_string: str) -> TableClient:
    """Returns a table with a new name. The caller creates it."""
    return TableClient.from_connection_string(connection_string, f"t{uuid.uuid4().hex}")


async def record(table: Table, room_id: str, event: CallEvent) -> None:
    """Records an event at the time when it happens."""
    await Calls(table, lambda: event.at).record(room_id, event, "text")


async def looked_through(client: TableClient) -> None:
    """Makes a table whose first pass is over long ago. It has floors from before everything."""
    with suppress(ResourceExistsError):
        await client.create_table()
    for partition in [*"0123456789", keys.IDENTITY_PARTITION]:
        floors = [
            {"PartitionKey": partition, "RowKey": row}
            for row in (keys.floor_row(1), keys.FLOOR_MADE_ROW)
        ]
        await client.submit_transaction(map(replace, [looked_at_all(partition), *floors]))


def looked_at_all(partition: str) -> Entity:
    """Returns the row of a partition whose first pass is over long ago."""
    return {
        "PartitionKey": partition,
        "RowKey": keys.UPKEEP_ROW,
        "cursor": keys.END,
        "beganAt": stored_time(1),
        "clearedAt": stored_time(1),
        "rows": ROWS,
        "whole": True,
        "left": False,
    }


def upkeep_of(
    table: Table,
    at: Ticks = NOW,
    limits: Limits = LIMITS,
    monotonic: Callable[[], float] = time.monotonic,
) -> Upkeep:
    rooms = Rooms(table, lambda: at)
    return Upkeep(table, rooms, lambda: at, EXPIRED, RETENTION, limits, monotonic)


async def run(client: TableClient, at: Ticks = NOW, limits: Limits = LIMITS) -> Report:
    """Runs upkeep over all partitions, at that time. No time passes meanwhile: upkeep saves its
    place only at the end."""
    report = await upkeep_of(Table(client), at, limits, lambda: 0.0).run(HANG_SECONDS)
    assert (report.done, report.unavailable) == (len(keys.partitions()), 0)
    return report


async def rows_of(client: TableClient) -> Rows:
    """Returns the whole table, without the rows that stay for ever: floors, and that in which
    upkeep keeps its place."""
    rows = {(row["PartitionKey"], row["RowKey"]): row async for row in client.list_entities()}
    return {
        (partition, row): properties
        for (partition, row), properties in rows.items()
        if row != keys.UPKEEP_ROW and not keys.FLOOR_MADE_ROW <= row < keys.FLOORS_END
    }


async def kinds_of(client: TableClient) -> list[str]:
    """Returns the kind of each row of a room: the first word after the room's id."""
    return sorted(
        row.split(":")[1].rstrip("0123456789")
        for _, row in await rows_of(client)
        if not row.startswith(".")
    )


async def checked(client: TableClient, kept: Ticks = CUTOFF) -> dict[str, StoredRoom]:
    """Returns the rooms. Raises AssertionError if any rows disagree."""
    return stored_rooms((await rows_of(client)).values(), kept)
