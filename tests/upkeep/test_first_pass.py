"""Tables that an earlier version wrote, or that were restored from a backup of one."""

from random import Random
from typing import Any

import pytest
from azure.data.tables import UpdateMode
from azure.data.tables.aio import TableClient

from rooms.domain.time import DAY
from rooms.storage import keys
from rooms.storage.entities import stored_time
from rooms.storage.table import Table
from testkit.past import NOW, rows_of
from tests.effort import thorough
from tests.upkeep.test_histories import DAYS, EXPIRED, RETENTION, History, without_hints

pytestmark = pytest.mark.usefixtures("one_partition")

PLACES: dict[str, dict[str, Any] | None] = {
    "none": None,
    "within the rooms": {"cursor": "994;", "beganAt": stored_time(NOW)},
    "at the end": {"cursor": keys.END, "beganAt": stored_time(NOW)},
}
"""Where upkeep of the earlier version was."""


async def as_before(client: TableClient, random: Random) -> None:
    """Takes out of a table what an earlier version did not write: of some records, also their
    arrivals."""
    rows = [row async for row in client.list_entities()]
    for row in rows:
        key = row["RowKey"]
        is_of_upkeep = key.startswith((".until:", ".due:", ".stale:")) or key == keys.UPKEEP_ROW
        if is_of_upkeep:
            await client.delete_entity(row)
        elif key.endswith(":room") and row.pop("inGroups", None):
            await client.update_entity(row, mode="replace")
        elif keys.is_log_row(key) and random.random() < 0.5:
            await without_arrival(client, rows, row)


async def without_arrival(client: TableClient, rows: list[Any], record: dict[str, Any]) -> None:
    del record["receivedAt"]
    await client.update_entity(record, mode="replace")
    for row in rows:
        if row.get("record") == record["RowKey"]:
            await client.delete_entity(row)


async def test_after_an_upgrade_a_pass_over_all_rows_writes_what_the_list_lacks(
    direct: TableClient,
) -> None:
    history = History(direct, Random(1))
    await history.create()
    (listed,) = [row async for row in direct.list_entities() if row["RowKey"].startswith(".index:")]
    before = {name: listed[name] for name in listed if name not in ("people", "namesIn")}
    await direct.upsert_entity(before, mode=UpdateMode.REPLACE)
    over = {"cursor": keys.END, "beganAt": stored_time(1), "whole": False, "left": False}
    await direct.upsert_entity({"PartitionKey": "7", "RowKey": keys.UPKEEP_ROW, **over})
    await history.upkeep(Table(direct), RETENTION, reads_acs=False)
    assert await direct.get_entity("7", listed["RowKey"]) == listed


@pytest.mark.parametrize("place", ["within the rooms", *thorough("none", "at the end")])
async def test_all_rows_of_an_earlier_version_go_in_the_end(
    direct: TableClient, place: str
) -> None:
    """After the first pass, by what it has written."""
    random = Random(place)
    history = History(direct, random)
    for _ in range(DAYS // 2):
        end = history.now + DAY
        while history.now < end:
            await history.something()
    await as_before(direct, random)
    if (row := PLACES[place]) is not None:
        await direct.upsert_entity({"PartitionKey": "7", "RowKey": keys.UPKEEP_ROW, **row})
    for _ in range((RETENTION + EXPIRED) // DAY + 10):
        history.now += DAY
        await history.upkeep(Table(direct), RETENTION, reads_acs=False)
    place_row = await direct.get_entity("7", keys.UPKEEP_ROW)
    assert place_row["whole"] is False
    assert without_hints({key for _, key in await rows_of(direct)}) == set()
    await history.upkeep(Table(direct), RETENTION, reads_acs=False)


async def test_the_first_pass_writes_what_later_ones_need(direct: TableClient) -> None:
    history = History(direct, Random(1))
    await history.create()
    (until,) = [key for _, key in await rows_of(direct) if key.startswith(".until:")]
    await direct.delete_entity("7", until)
    await history.upkeep(Table(direct), RETENTION, reads_acs=False)
    assert until in [key for _, key in await rows_of(direct)]
