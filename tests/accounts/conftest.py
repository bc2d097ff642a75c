"""A table whose rooms are spread over three storage accounts."""

import uuid
from collections.abc import Callable
from pathlib import Path

import pytest

from rooms.domain.room import RoomChange
from rooms.storage.accounts import account_of
from rooms.storage.table import Table
from testkit.running import storage_settings
from testkit.stored_table import StoredTable
from tests.check.filled import ORIGIN, Filling
from tests.cli.line import Line, environment

type Shell = Callable[..., Line]


@pytest.fixture(scope="session")
def stored(azurites: list[str]) -> StoredTable:
    """The table, for tests that leave it as it is, or bring it back."""
    table = StoredTable(azurites, f"t{uuid.uuid4().hex}")
    table.prepare()
    table.run(_fill)
    return table


async def _fill(table: Table) -> None:
    filling = Filling(table)
    for _ in range(2):
        await filling.a_room_of_everything()
    await filling.a_deleted_room()
    missing = {0, 1, 2}
    while missing:
        room = (await filling.rooms.create(RoomChange(), {}, None, ORIGIN)).room
        missing.discard(account_of(await table.partition_of(room.id)))
    await filling.identities.create_with_token(["voip"], 60)


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    """Makes a shell with the settings of an app that has such a table, or the first accounts of
    it."""

    def made(stored: StoredTable, accounts: int = 3) -> Line:
        settings = storage_settings(stored.storages[:accounts]) | {"ROOMS_TABLE": stored.name}
        return Line(tmp_path, environment() | settings)

    return made
