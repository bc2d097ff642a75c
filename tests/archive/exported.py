"""A table of three days whose log was exported at the beginning of each next day."""

import shutil
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from azure.data.tables import TableClient
from azure.data.tables.aio import TableClient as AsyncTableClient

from rooms.archive.export import Export
from rooms.archive.findings import Counts, Finding
from rooms.archive.places import Folder
from rooms.archive.verify import Verification
from rooms.domain.room import RoomChange
from rooms.domain.time import DAY, Ticks
from rooms.storage.operations import replace
from rooms.storage.table import Table
from testkit.transactions import transactions
from tests.check.filled import BEGIN, ORIGIN, Filling

DAYS = ("2026-05-04", "2026-05-05", "2026-05-06")


@dataclass(frozen=True, slots=True)
class Table3Days:
    """A table, and the folder of its archive."""

    connection_string: str
    client: TableClient
    folder: Path

    def rows(self) -> dict[str, dict[str, Any]]:
        """All rows, by their keys."""
        return {row["RowKey"]: dict(row) for row in self.client.list_entities()}

    def asynchronous(self) -> AsyncTableClient:
        """A client of the table for coroutines."""
        name = self.client.table_name
        return AsyncTableClient.from_connection_string(self.connection_string, name)

    async def verified(self, kept: Ticks = 0) -> tuple[list[Finding], Counts]:
        """What is found, and what was counted."""
        found: list[Finding] = []
        async with self.asynchronous() as client:
            table = Table(client)
            counts = await Verification(table, Folder(self.folder), kept, found.append).run()
        return found, counts


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a table and its archive had in them once: others are made of it with few requests."""

    connection_string: str
    rows: Sequence[dict[str, Any]]
    folder: Path

    @contextmanager
    def copied(self, folder: Path) -> Iterator[Table3Days]:
        """Makes another such table, and its archive in this folder."""
        shutil.copytree(self.folder, folder, dirs_exist_ok=True)
        name = f"t{uuid.uuid4().hex}"
        with TableClient.from_connection_string(self.connection_string, name) as client:
            client.create_table()
            for some in transactions(replace(dict(row)) for row in self.rows):
                client.submit_transaction(some)
            yield Table3Days(self.connection_string, client, folder)


async def fill(connection_string: str, name: str, folder: Path) -> None:
    """Plays three days, each exported at the beginning of the next, and a fourth."""
    async with AsyncTableClient.from_connection_string(connection_string, name) as client:
        filling = Filling(client)
        for number in range(4):
            filling.now = BEGIN + number * DAY
            if number:
                await Export(Table(client), Folder(folder), lambda: filling.now).run()
            await filling.a_room_of_everything()
            await filling.a_deleted_room()
            await a_large_room(filling)


async def a_large_room(filling: Filling) -> None:
    """A room whose detail is too large for the order of arrival."""
    roster = {f"8:acs:{uuid.uuid4()}_{uuid.uuid4()}": "Attendee" for _ in range(200)}
    await filling.rooms.create(RoomChange(), roster, None, ORIGIN)  # type: ignore[arg-type]
