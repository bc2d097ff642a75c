"""A backup of rooms that are spread over three storage accounts, and the table that is made of it
in three others."""

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from azure.data.tables import TableClient, UpdateMode

from rooms.storage import keys
from rooms.storage.accounts import partitions_in
from rooms_cli.backup.folder import read_manifest
from testkit.stored_table import StoredTable
from tests.accounts.conftest import Shell


@pytest.fixture
def moving(stored: StoredTable) -> Iterator[None]:
    """A digit moves, for the time of the test."""
    with TableClient.from_connection_string(stored.storages[0], stored.name) as client:
        row = client.get_entity(keys.IDENTITY_PARTITION, keys.SPREAD_ROW)
        client.upsert_entity(dict(row) | {"moving": "4", "to": 1, "phase": "copying"})
        yield
        client.upsert_entity(row, mode=UpdateMode.REPLACE)


def rows_but_floors(table: StoredTable) -> list[dict[str, object]]:
    return [row for row in table.rows() if not row["RowKey"].startswith(keys.FLOORS_START)]


@pytest.mark.thorough
def test_all_accounts_are_restored_each_into_the_one_of_its_number(
    shell: Shell, stored: StoredTable, tmp_path: Path
) -> None:
    folder = str(tmp_path / "backup")
    target = StoredTable(stored.storages, f"t{uuid.uuid4().hex}")
    said = shell(stored).out("backup", folder)
    assert said[0].startswith(f"Backed up the table {stored.name} at http://127.0.0.1:")
    assert shell(target).out("restore", folder)[0].startswith("Restored ")
    assert rows_but_floors(target) == rows_but_floors(stored)
    assert shell(target).out("check")[-1] == "Found 0 inconsistencies."
    by_account = [StoredTable([each], target.name).rows() for each in target.storages]
    for number, rows in enumerate(by_account):
        partitions = {row["PartitionKey"] for row in rows if row["RowKey"] != keys.MARKER_ROW}
        assert partitions <= {*partitions_in(number), *([] if number else ["identity"])}


def test_a_restore_into_fewer_accounts_is_refused_before_anything_is_written(
    shell: Shell, stored: StoredTable, tmp_path: Path
) -> None:
    folder = str(tmp_path / "backup")
    shell(stored).out("backup", folder)
    target = StoredTable(stored.storages, f"t{uuid.uuid4().hex}")
    said = shell(target, accounts=2).failure("restore", folder)
    assert said.startswith(
        f"{folder} has a backup of 3 storage accounts, and the settings name 2 storage accounts."
    )
    target.prepare()  # which makes the tables that are not there
    assert {row["RowKey"] for row in target.rows()} == {keys.MARKER_ROW, keys.SPREAD_ROW}


@pytest.mark.usefixtures("moving")
def test_no_backup_is_made_while_rooms_move(
    shell: Shell, stored: StoredTable, tmp_path: Path
) -> None:
    said = shell(stored).failure("backup", str(tmp_path / "backup"))
    assert said.startswith("The move of the digit 4 to the account 1 has not ended.")
    assert said.endswith("Go on with it: rooms spread 4 1")


def test_a_backup_during_which_rooms_moved_is_refused(
    shell: Shell, stored: StoredTable, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with TableClient.from_connection_string(stored.storages[0], stored.name) as client:
        row = client.get_entity(keys.IDENTITY_PARTITION, keys.SPREAD_ROW)

        def move(*_: object) -> None:
            client.upsert_entity(dict(row) | {"version": row["version"] + 1})

        monkeypatch.setattr("rooms_cli.backing_up.show_progress", move)
        said = shell(stored).failure("backup", str(tmp_path / "backup"))
        client.upsert_entity(row, mode=UpdateMode.REPLACE)
    assert said.startswith("Rooms were moved to another storage account since the backup began")
    manifest = read_manifest(tmp_path / "backup")
    assert manifest is not None
    assert manifest.finished is None
