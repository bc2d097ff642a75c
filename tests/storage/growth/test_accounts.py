"""Which tables rooms move to."""

import pytest
from azure.data.tables.aio import TableClient

from rooms.domain.time import now
from rooms.storage import keys
from rooms.storage.growth.errors import AccountRefused
from rooms.storage.growth.growth import grow
from rooms.storage.growth.run import Run
from rooms.storage.marker import marker
from tests.storage.growth.sevens import AT_ONCE, TO_1

pytestmark = pytest.mark.usefixtures("two_partitions")


async def test_a_table_that_rooms_init_has_made_is_taken(clients: list[TableClient]) -> None:
    await clients[1].create_table()
    await clients[1].create_entity(marker())
    await grow(Run(clients, now, AT_ONCE), TO_1)
    row = await clients[1].get_entity(keys.IDENTITY_PARTITION, keys.MARKER_ROW)
    assert row["account"] == 1


async def test_the_first_account_says_how_many_there_are(clients: list[TableClient]) -> None:
    await grow(Run(clients, now, AT_ONCE), "0000000102")
    row = await clients[0].get_entity(keys.IDENTITY_PARTITION, keys.MARKER_ROW)
    assert row["accounts"] == 3


async def test_an_account_that_is_passed_by_is_made_one_of_the_deployment(
    clients: list[TableClient],
) -> None:
    await grow(Run(clients, now, AT_ONCE), "0000000200")
    row = await clients[1].get_entity(keys.IDENTITY_PARTITION, keys.MARKER_ROW)
    assert row["account"] == 1


async def test_a_table_with_rows_is_refused(clients: list[TableClient]) -> None:
    await clients[1].create_table()
    await clients[1].create_entity({"PartitionKey": "7", "RowKey": "99457664805096377:room"})
    with pytest.raises(AccountRefused):
        await grow(Run(clients, now, AT_ONCE), TO_1)
    assert (await Run(clients, now).read()).spread.version == 0


async def test_accounts_that_were_swapped_are_refused(clients: list[TableClient]) -> None:
    await grow(Run(clients, now, AT_ONCE), "0000000102")
    swapped = [clients[0], clients[2], clients[1]]
    with pytest.raises(AccountRefused):
        await grow(Run(swapped, now, AT_ONCE), "0" * 10)


async def test_the_table_of_another_deployment_is_refused(clients: list[TableClient]) -> None:
    await grow(Run(clients[:2], now, AT_ONCE), TO_1)
    await clients[2].create_table()
    await clients[2].create_entity(marker())
    with pytest.raises(AccountRefused):
        await grow(Run([clients[2], clients[1]], now, AT_ONCE), TO_1)
