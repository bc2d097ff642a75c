"""`rooms export-log`, `verify-log`, `backup` and `restore`, as a user runs them."""

import asyncio
import json
import uuid
from pathlib import Path

import pytest
from azure.data.tables import TableClient, UpdateMode
from azure.data.tables.aio import TableClient as AsyncTableClient

from rooms.domain.time import DAY, now
from rooms.storage import keys
from tests.check.filled import Filling
from tests.cli.line import Line, environment


@pytest.fixture
def table(azurite: str) -> str:
    """The name of a table with something in it."""
    name = f"t{uuid.uuid4().hex}"

    async def fill() -> None:
        async with AsyncTableClient.from_connection_string(azurite, name) as client:
            filling = Filling(client)
            filling.now = now() - 2 * DAY  # each day since then has a manifest
            await filling.a_room_of_everything()

    asyncio.run(fill())
    return name


@pytest.fixture
def shell(azurite: str, table: str, tmp_path: Path) -> Line:
    """In which the settings of an app are set whose storage this is."""
    settings = {"ROOMS_STORAGE": azurite, "ROOMS_TABLE": table, "ROOMS_RETENTION_DAYS": "36500"}
    return Line(tmp_path, environment() | settings)


def test_the_log_is_exported_and_verified(shell: Line, azurite: str, table: str) -> None:
    (exported,) = shell.out("export-log", str(shell.folder / "log"))
    assert exported.startswith("Exported ")
    assert exported.endswith(f" records, to {shell.folder / 'log'}.")
    (nothing,) = shell.out("export-log", str(shell.folder / "log"))
    assert nothing.startswith("Nothing to do: ")
    read, none = shell.out("verify-log", str(shell.folder / "log"))
    assert read.startswith(f"Verified the table {table} by {shell.folder / 'log'}: ")
    assert none == "Found 0 alterations."
    with TableClient.from_connection_string(azurite, table) as client:
        row = next(row for row in client.list_entities() if keys.is_log_row(row["RowKey"]))
        client.upsert_entity({**row, "actor": "nobody"}, mode=UpdateMode.REPLACE)
    ended = shell.run("verify-log", str(shell.folder / "log"))
    assert ended.code == 1
    assert "A row was altered in the log." in ended.out
    assert row["RowKey"] in ended.out
    assert ended.out.endswith("Found 1 alteration.\n")
    as_json = shell.run("verify-log", str(shell.folder / "log"), "--json")
    assert as_json.code == 1
    assert json.loads(as_json.out)["row"] == row["RowKey"]


def test_what_an_archive_lacks_is_said(shell: Line) -> None:
    said = shell.failure("verify-log")
    assert said == "Which archive? Give a folder, or set ROOMS_ARCHIVE as the app has it."
    ended = shell.run("verify-log", str(shell.folder / "nothing"))
    assert ended.code == 1
    assert "There is no manifest: nothing was exported here" in ended.out
    (shell.folder / "file").write_text("")
    assert shell.run("export-log", str(shell.folder / "file")).code == 2
    missing = shell.having(ROOMS_TABLE="nosuchtable").failure("verify-log", str(shell.folder))
    assert missing.startswith("There is no table nosuchtable at ")


def test_the_table_is_backed_up_and_restored(shell: Line, table: str) -> None:
    folder = str(shell.folder / "backup")
    said = shell.out("backup", folder)
    assert said[0].startswith(f"Backed up the table {table} at ")
    assert "has a whole backup already. Take another" in shell.failure("backup", folder)
    restored, then = shell.out("restore", folder, "--table", "copy" + table)
    assert restored.startswith("Restored ")
    assert then == "Now check it with `rooms check`, before the service uses it."
    assert shell.out("check", "--table", "copy" + table)[-1] == "Found 0 inconsistencies."
    assert "is not empty" in shell.failure("restore", folder)
    assert "has no backup" in shell.failure("restore", str(shell.folder / "nothing"))
