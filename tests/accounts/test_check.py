"""`rooms check` reads all storage accounts, and tells what is in the wrong one."""

import pytest
from azure.data.tables import TableClient

from rooms.storage import keys
from rooms.storage.accounts import account_of, last_digit
from rooms.storage.rows_of_rooms import room_of_row
from testkit.ports import free_port
from testkit.stored_table import StoredTable
from tests.accounts.conftest import Shell


@pytest.mark.thorough
def test_a_row_that_is_in_another_account_than_its_room_is_told(
    shell: Shell, stored: StoredTable
) -> None:
    row = next(
        row
        for row in stored.rows()
        if room_of_row(row["RowKey"]) and account_of(row["PartitionKey"]) == 1
    )
    stray = row | {"PartitionKey": last_digit(row["PartitionKey"])}
    with TableClient.from_connection_string(stored.storages[0], stored.name) as client:
        client.create_entity(stray)
        ended = shell(stored).run("check", "--json")
        client.delete_entity(stray)
    assert ended.code == 1
    assert ended.out.count("\n") == 1
    assert f'"partition":"{stray["PartitionKey"]}"' in ended.out
    assert "Its room is in another storage account" in ended.out


def test_too_few_accounts_are_told_before_anything_is_read(
    shell: Shell, stored: StoredTable
) -> None:
    said = shell(stored, accounts=2).failure("check")
    assert said == (
        "There are rooms in 3 storage accounts, and the settings name 2. Set ROOMS_STORAGE__2 as "
        "the app has them."
    )


def test_accounts_that_are_swapped_are_told_before_rows_are(
    shell: Shell, stored: StoredTable
) -> None:
    _, one, two = stored.storages
    said = shell(stored).having(ROOMS_STORAGE__1=two, ROOMS_STORAGE__2=one).failure("check")
    assert said.startswith(f"The table {stored.name} at http://127.0.0.1:")
    assert said.endswith("is not that of account 1 of this deployment. Check ROOMS_STORAGE__1.")


def test_a_marker_that_is_missing_is_told(shell: Shell, stored: StoredTable) -> None:
    with TableClient.from_connection_string(stored.storages[2], stored.name) as client:
        marker = client.get_entity(keys.IDENTITY_PARTITION, keys.MARKER_ROW)
        client.delete_entity(marker)
        ended = shell(stored).run("check")
        client.create_entity(marker)
    assert ended.code == 1
    assert "The table in the storage account 2 lacks its marker" in " ".join(ended.out.split())


def test_the_account_that_does_not_answer_is_named(shell: Shell, stored: StoredTable) -> None:
    nowhere = f"http://127.0.0.1:{free_port()}/a"
    secret = "c2VjcmV0LXNlY3JldA=="
    away = f"AccountName=a;AccountKey={secret};TableEndpoint={nowhere}"
    said = shell(stored).having(ROOMS_STORAGE__2=away).failure("check")
    assert said == (
        f"Cannot connect to {nowhere}, or it does not answer in time. Check ROOMS_STORAGE__2."
    )
