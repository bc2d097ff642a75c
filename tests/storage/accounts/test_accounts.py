"""That each account is the right one, and that one which is down affects only its own rooms."""

import pytest
from azure.data.tables.aio import TableClient

from rooms.domain.errors import RoomNotFound
from rooms.domain.room import RoomChange
from rooms.domain.time import now
from rooms.storage import keys
from rooms.storage.errors import AccountsMissing, StorageUnavailable, TableMissing
from rooms.storage.feed import BEGINNING, Feed
from rooms.storage.further_accounts import join_account
from rooms.storage.growth.floors import raise_floor
from rooms.storage.marker import marker
from rooms.storage.rooms import Rooms
from rooms.storage.spread import Spread
from rooms.storage.table import Table
from testkit.spread import spread_rooms, table_over
from testkit.storage import ORIGIN
from testkit.storage_proxy import Fault, StorageProxy
from testkit.waiting import HANG_SECONDS
from tests.storage.accounts.conftest import made_rooms

pytestmark = pytest.mark.usefixtures("ids")


async def test_an_account_that_is_down_affects_only_its_own_rooms(
    table: Table, proxies: list[StorageProxy], caplog: pytest.LogCaptureFixture
) -> None:
    here, there, _ = await made_rooms(table, {}, 3)
    rooms = Rooms(table, now)
    proxies[1].choose = lambda _number, _what: Fault.REFUSED
    for _ in range(8):  # until it is not asked any more
        with pytest.raises(StorageUnavailable):
            await rooms.get(there)
        assert (await rooms.get(here)).id == here
    await rooms.delete(here, ORIGIN)
    assert "storage: account 1: 5 requests in a row failed" in caplog.text


async def test_if_the_first_account_is_down_rooms_of_others_go_on(
    clients: list[TableClient], spread: Spread, proxies: list[StorageProxy]
) -> None:
    table = table_over(clients, spread_seconds=0)
    here, there, _ = await made_rooms(table, {}, 3)
    rooms = Rooms(table, now)
    proxies[0].choose = lambda _number, _what: Fault.REFUSED
    with pytest.raises(StorageUnavailable):
        await rooms.get(here)
    assert (await rooms.get(there)).id == there
    await rooms.delete(there, ORIGIN)
    with pytest.raises(RoomNotFound):
        await rooms.get(there)


async def test_if_the_first_account_is_down_nobody_uses_a_spread_that_may_have_changed(
    clients: list[TableClient], spread: Spread, proxies: list[StorageProxy]
) -> None:
    table = table_over(clients, spread_seconds=0)
    _, there, _ = await made_rooms(table, {}, 3)
    proxies[0].choose = lambda _number, _what: Fault.REFUSED
    await raise_floor(clients[1], "17", spread.version + 1, now)
    for use in (Rooms(table, now).get(there), Rooms(table, now).delete(there, ORIGIN)):
        with pytest.raises(StorageUnavailable):
            await use


async def test_an_account_that_throttles_a_partition_is_left_alone(
    table: Table, proxies: list[StorageProxy]
) -> None:
    here, there, _ = await made_rooms(table, {}, 3)
    rooms = Rooms(table, now)
    proxies[1].choose = lambda _number, _what: Fault.THROTTLED
    with pytest.raises(StorageUnavailable):
        await rooms.get(there)
    proxies[1].forget()
    with pytest.raises(StorageUnavailable):
        await rooms.get(there)
    assert proxies[1].seen == []
    assert (await rooms.get(here)).id == here


async def test_accounts_that_are_swapped_are_refused(
    clients: list[TableClient], spread: Spread
) -> None:
    first, second, third = clients
    with pytest.raises(TableMissing, match="ROOMS_STORAGE__1"):
        await table_over([first, third, second]).get("17", "row")
    with pytest.raises(TableMissing):
        await table_over([second, first, third]).get("7", "row")


async def test_an_account_of_another_service_is_refused(
    clients: list[TableClient], spread: Spread
) -> None:
    other = {"PartitionKey": "identity", "RowKey": ".table", "spread": "another"}
    await clients[2].upsert_entity(other)
    table = table_over(clients)
    with pytest.raises(TableMissing, match="ROOMS_STORAGE__2"):
        await table.get("27", "row")
    assert await table.get("17", "row") is None


async def test_settings_that_name_too_few_accounts_are_refused(
    clients: list[TableClient], spread: Spread
) -> None:
    for some in (clients[:1], clients[:2]):
        with pytest.raises(AccountsMissing, match="ROOMS_STORAGE__2"):
            await table_over(some).get("7", "row")


async def test_a_process_from_before_there_were_more_accounts_writes_nothing_any_more(
    clients: list[TableClient],
) -> None:
    await clients[0].create_table()
    await clients[0].create_entity(marker())
    table = table_over(clients[:1])
    rooms = Rooms(table, now)
    await made_rooms(table, {}, 1)
    spread = await spread_rooms(clients)
    row = clients[0].query_entities(
        "PartitionKey eq '7' and RowKey ge '.floor:' and RowKey lt '.g'"
    )
    async for floor in row:
        higher = keys.floor_row(keys.floor_of(floor["RowKey"]) + 1)
        await clients[0].create_entity({**floor, "RowKey": higher, "spread": spread.version})
        await clients[0].delete_entity(floor)
    for _ in range(2):
        with pytest.raises(AccountsMissing):
            await rooms.create(RoomChange(), {}, None, ORIGIN)


async def test_an_account_with_rows_that_nobody_knows_does_not_join(
    clients: list[TableClient],
) -> None:
    await clients[1].create_table()
    await clients[1].create_entity({"PartitionKey": "orders", "RowKey": "1"})
    assert not await join_account(clients[1], 1, "these")


async def test_an_account_joins_once(clients: list[TableClient]) -> None:
    for _ in range(2):
        assert await join_account(clients[1], 1, "these")
    assert not await join_account(clients[1], 2, "these")
    assert not await join_account(clients[1], 1, "others")


async def test_several_accounts_without_a_spread_are_as_one(
    clients: list[TableClient], proxies: list[StorageProxy]
) -> None:
    await clients[0].create_table()
    await clients[0].create_entity(marker())
    table = table_over(clients, spread_seconds=HANG_SECONDS)
    await made_rooms(table, {}, 3)
    assert await table.partitions() == list(keys.PARTITIONS)
    assert (proxies[1].seen, proxies[2].seen) == ([], [])


async def test_a_cursor_of_who_knows_of_more_accounts_already_goes_on(
    clients: list[TableClient],
) -> None:
    await clients[0].create_table()
    await clients[0].create_entity(marker())
    late = table_over(clients, spread_seconds=HANG_SECONDS)
    assert len(await late.partitions()) == 10
    await spread_rooms(clients)
    table = table_over(clients)
    page = await Feed(table, now).page(None, BEGINNING)
    await made_rooms(table, {}, 3)
    assert len((await Feed(late, now).page(None, page.cursor)).items) == 3


async def test_a_cursor_from_before_there_were_more_accounts_goes_on(
    clients: list[TableClient],
) -> None:
    await clients[0].create_table()
    await clients[0].create_entity(marker())
    before = table_over(clients)
    await made_rooms(before, {}, 1)
    page = await Feed(before, now).page(None, BEGINNING)
    await spread_rooms(clients)
    table = table_over(clients)
    _, there, _ = await made_rooms(table, {}, 3)
    seen = await Feed(table, now).page(None, page.cursor)
    assert there in [each.room_id for each in seen.items]
    assert len(seen.items) == 3
