"""Upkeep goes through the partitions of all accounts, and leaves what moves between them."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from azure.data.tables.aio import TableClient

from rooms.domain.time import DAY
from rooms.storage import keys
from rooms.storage.marker import marker
from rooms.storage.rows_of_rooms import room_of_row
from rooms.storage.spread import Spread, spread_entity
from rooms.storage.table import Table
from testkit.past import CUTOFF, NOW, Past, upkeep_of
from testkit.spread import spread_rooms, table_over
from testkit.waiting import HANG_SECONDS

LONG_AGO = CUTOFF - 100 * DAY
KEPT = (keys.UPKEEP_ROW, keys.FLOOR_MADE_ROW, keys.MARKER_ROW, keys.SPREAD_ROW)

pytestmark = pytest.mark.usefixtures("ids", "sevens")


async def old_rooms(table: Table, digits: int) -> list[str]:
    """Rooms that were deleted too long ago, with calls: one for each of so many digits."""
    past, room_ids = Past(table), list[str]()
    for _ in range(digits):
        room_id = await past.room(LONG_AGO, LONG_AGO + DAY)
        await past.invite(room_id, LONG_AGO + 1)
        await past.call(room_id, "call", LONG_AGO + 2, LONG_AGO + 3)
        await past.delete(room_id, LONG_AGO + 4)
        room_ids.append(room_id)
    return room_ids


async def rows_in(client: TableClient) -> list[str]:
    rows = [row["RowKey"] async for row in client.list_entities(select=["RowKey"])]
    return [row for row in rows if row not in KEPT and not row.startswith(keys.FLOORS_START)]


async def run(clients: Sequence[TableClient], at: int = NOW) -> str:
    report = await upkeep_of(table_over(clients), at).run(HANG_SECONDS)
    assert (report.done, report.unavailable) == (3 * len(keys.PARTITIONS) + 1, 0)
    return str(report)


@pytest.mark.thorough
async def test_what_is_old_goes_in_all_accounts(clients: list[TableClient], table: Table) -> None:
    await old_rooms(table, 10)
    assert all([await rows_in(client) for client in clients])
    assert "removed" in await run(clients)
    assert [await rows_in(client) for client in clients] == [[], [], []]


async def test_a_room_that_has_moved_goes_with_its_arrivals_where_they_were(
    clients: list[TableClient],
) -> None:
    spread = await spread_rooms(clients, Spread(version=1))
    room_ids = await old_rooms(table_over(clients), 6)  # up to 5
    moved = next(each for each in room_ids if each[-2] == "4")
    source, target = clients[0], clients[1]
    for row in [row async for row in source.list_entities()]:
        if room_of_row(row["RowKey"]) == moved:
            await target.upsert_entity({**row, "PartitionKey": f"1{row['PartitionKey']}"})
            await source.delete_entity(row)
    there = replace(spread, version=2, accounts="0000100000")
    await source.upsert_entity(spread_entity(there), "replace")
    await run(clients)
    assert [await rows_in(client) for client in clients] == [[], [], []]


async def test_rooms_of_the_digit_that_moves_are_left_for_another_pass(
    clients: list[TableClient],
) -> None:
    spread = await spread_rooms(clients, Spread(version=1))
    room_ids = await old_rooms(table_over(clients), 6)  # up to 5
    moves = next(each for each in room_ids if each[-2] == "4")
    moving = replace(spread, version=2, moving="4", to=1, phase="copying")
    await clients[0].upsert_entity(spread_entity(moving), "replace")
    before = [row for row in await rows_in(clients[0]) if moves in row]
    await run(clients)
    assert await rows_in(clients[0]) == before
    await clients[0].upsert_entity(spread_entity(replace(spread, version=3)), "replace")
    assert "nothing overdue" in await run(clients, NOW + DAY)
    assert await rows_in(clients[0]) == []


async def test_a_process_from_before_there_were_more_accounts_removes_nothing_any_more(
    clients: list[TableClient],
) -> None:
    await clients[0].create_table()
    await clients[0].create_entity(marker())
    table = table_over(clients[:1])
    await Past(table).room(LONG_AGO, LONG_AGO + DAY)
    await spread_rooms(clients, Spread(2, "0" * 10, moving="0", to=1, phase="copying"))
    before = await rows_in(clients[0])
    report = await upkeep_of(table).run(HANG_SECONDS)
    assert (report.done, report.unavailable) == (0, len(keys.partitions()))
    assert await rows_in(clients[0]) == before
