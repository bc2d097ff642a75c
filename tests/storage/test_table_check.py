"""That a missing table, or one of others, is told apart from a service without rooms."""

import asyncio
import logging
from collections.abc import AsyncIterator

import pytest
from azure.data.tables import TableClient as SyncTableClient
from azure.data.tables.aio import TableClient

from rooms.domain.room import RoomChange
from rooms.domain.time import now
from rooms.storage import keys
from rooms.storage.errors import TableMissing
from rooms.storage.guard import Guard
from rooms.storage.history import History
from rooms.storage.identities import Identities
from rooms.storage.lists import Lists
from rooms.storage.marker import prepare
from rooms.storage.rooms import Rooms
from rooms.storage.table import Table
from rooms.storage.table_check import TableCheck
from testkit.storage import ORIGIN
from testkit.storage_proxy import StorageProxy

ID = "99400000000000007"


@pytest.fixture
async def sync(azurite: str, client: TableClient) -> AsyncIterator[SyncTableClient]:
    """The same table for what is not asynchronous."""
    with SyncTableClient.from_connection_string(azurite, client.table_name) as same:
        yield same


def process(client: TableClient, named: bool = True) -> Table:
    """The table as a process that has just started has it."""
    return Table(client, Guard(TableCheck(client, named)))


async def every_use_is_refused(table: Table) -> None:
    rooms = Rooms(table, now)
    for use in (
        rooms.get(ID),
        rooms.with_roster(ID),
        rooms.create(RoomChange(), {}, None, ORIGIN),
        Lists(table, History(table)).all(None),
        Identities(table).delete("0"),
        table.delete("7", ["1"]),
        table.ping(),
    ):
        with pytest.raises(TableMissing) as caught:
            await use
        assert "rooms init" in str(caught.value)


async def test_a_table_that_settings_name_and_that_is_missing_is_refused_and_not_made(
    client: TableClient, sync: SyncTableClient, caplog: pytest.LogCaptureFixture
) -> None:
    await every_use_is_refused(process(client))
    errors = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert len(errors) == 1
    assert client.table_name in errors[0].getMessage()
    assert prepare(sync) == "made"


async def test_a_table_of_another_program_is_refused(
    client: TableClient, sync: SyncTableClient
) -> None:
    sync.create_table()
    await every_use_is_refused(process(client))
    sync.create_entity({"PartitionKey": "orders", "RowKey": "1"})
    for named in (True, False):
        await every_use_is_refused(process(client, named))


async def test_a_table_that_vanishes_while_a_process_runs_is_refused_and_not_made_again(
    client: TableClient, sync: SyncTableClient
) -> None:
    prepare(sync)
    table, unnamed = process(client), process(client, named=False)
    for each in (table, unnamed):
        await Rooms(each, now).create(RoomChange(), {}, None, ORIGIN)
    sync.delete_table()
    await every_use_is_refused(table)
    await every_use_is_refused(unnamed)
    assert prepare(sync) == "made"
    await table.ping()


async def test_a_new_table_that_no_setting_names_is_made_by_the_first_write_with_a_warning(
    client: TableClient, sync: SyncTableClient, caplog: pytest.LogCaptureFixture
) -> None:
    table = process(client, named=False)
    assert (await Lists(table, History(table)).all(None)).items == []
    await table.ping()
    assert caplog.records == []
    room = (await Rooms(table, now).create(RoomChange(), {}, None, ORIGIN)).room
    (warning,) = caplog.records
    assert (warning.levelname, client.table_name in warning.getMessage()) == ("WARNING", True)
    assert prepare(sync) == "there"
    assert await Rooms(process(client), now).get(room.id) == room


async def test_processes_that_start_together_at_a_new_table_all_write_to_it(
    client: TableClient, sync: SyncTableClient
) -> None:
    processes = [process(client, named=False) for _ in range(8)]
    made = await asyncio.gather(
        *(Rooms(each, now).create(RoomChange(), {}, None, ORIGIN) for each in processes)
    )
    assert prepare(sync) == "there"
    for one in made:
        assert await Rooms(process(client), now).get(one.room.id) == one.room


async def test_a_table_that_was_made_and_not_yet_marked_by_a_process_that_ended_is_taken(
    client: TableClient, sync: SyncTableClient
) -> None:
    sync.create_table()
    await Rooms(process(client, named=False), now).create(RoomChange(), {}, None, ORIGIN)
    assert prepare(sync) == "there"


async def test_the_check_costs_one_request_in_a_process(
    client: TableClient, proxy: StorageProxy, sync: SyncTableClient
) -> None:
    prepare(sync)
    table = process(client)
    await asyncio.gather(*(table.get("7", "1") for _ in range(20)))
    assert len(proxy.seen) == 21
    proxy.forget()
    await table.get("7", "1")
    assert len(proxy.seen) == 1


async def test_the_table_of_an_older_version_is_adopted(
    client: TableClient, sync: SyncTableClient
) -> None:
    room = (await Rooms(Table(client), now).create(RoomChange(), {}, None, ORIGIN)).room
    await every_use_is_refused(process(client))
    assert [prepare(sync), prepare(sync)] == ["adopted", "there"]
    assert await Rooms(process(client), now).get(room.id) == room


async def test_rows_of_another_program_are_only_adopted_if_that_is_wanted(
    sync: SyncTableClient,
) -> None:
    sync.create_table()
    assert prepare(sync) == "marked"
    sync.delete_entity(keys.IDENTITY_PARTITION, keys.MARKER_ROW)
    sync.create_entity({"PartitionKey": "7", "RowKey": f"{ID}:notes"})
    assert [prepare(sync), prepare(sync)] == ["foreign"] * 2
    assert [prepare(sync, adopt=True), prepare(sync)] == ["adopted", "there"]
    assert len(list(sync.list_entities())) == 2
