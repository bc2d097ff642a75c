"""A verification tells what an erasure has changed from what somebody else has."""

import asyncio
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from azure.data.tables import UpdateMode

from rooms.archive.export import Export
from rooms.archive.places import Folder
from rooms.domain.events import CallEvent
from rooms.domain.time import DAY, SECOND, Ticks
from rooms.storage import keys
from rooms.storage.entities import pack, unpack
from rooms.storage.erasure_receipts import KIND
from rooms.storage.erasures import Erasures
from rooms.storage.table import Table
from tests.archive.exported import DAYS, Snapshot, Table3Days
from tests.check.filled import ALICE, BEGIN, ORIGIN, Filling
from tests.effort import thorough


@pytest.fixture
def filled(three_days: Snapshot, tmp_path: Path) -> Iterator[Table3Days]:
    with three_days.copied(tmp_path) as table:
        yield table


@pytest.fixture(scope="module")
def erased(three_days: Snapshot, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Table3Days]:
    """The same with a fourth day, after an erasure, for tests that bring back what they alter."""

    async def go_on(table: Table3Days) -> None:
        await event_by_raw_id(table)
        await export(table, 4)
        await erase(table)

    with three_days.copied(tmp_path_factory.mktemp("erased")) as table:
        asyncio.run(go_on(table))
        yield table


async def erase(filled: Table3Days, seconds: float = 600, at: Ticks = BEGIN + 4 * DAY) -> str:
    async with filled.asynchronous() as client:
        erasures = Erasures(Table(client), lambda: at + DAY // 2)
        erasure = await erasures.start(ALICE, None, ORIGIN)
        await erasures.run(erasure.id, seconds)
        return erasure.id


async def export(filled: Table3Days, day: int) -> None:
    async with filled.asynchronous() as client:
        await Export(Table(client), Folder(filled.folder), lambda: BEGIN + day * DAY).run()


async def event_by_raw_id(filled: Table3Days) -> None:
    """An event whose key is a hash of the raw id: an erasure gives it another key."""
    async with filled.asynchronous() as client:
        filling = Filling(client)
        filling.now = BEGIN + 3 * DAY + 3_600 * SECOND
        event = CallEvent(
            "ParticipantAdded", str(uuid.uuid4()), "call", filling.now, None, ALICE, "Alice"
        )
        await filling.calls.record("new-7", event, "text")


async def test_what_an_erasure_has_changed_is_counted_apart(erased: Table3Days) -> None:
    (erasure,) = {row["erased"] for row in erased.rows().values() if "erased" in row}
    found, counts = await erased.verified()
    assert found == []
    assert counts.erased.keys() == {erasure}
    assert counts.erased[erasure] > 10
    await export(erased, 5)
    assert (await erased.verified())[0] == []


@pytest.mark.thorough
async def test_an_erasure_that_is_under_way_is_no_alteration(filled: Table3Days) -> None:
    await erase(filled, 0)
    for _ in range(3):
        assert (await filled.verified())[0] == []
        await erase(filled, 0)


async def test_a_record_that_claims_an_erasure_whose_receipt_does_not_name_it_is_found(
    erased: Table3Days,
) -> None:
    rows = erased.rows()
    receipts = {
        key.partition(":")[0]: row
        for key, row in rows.items()
        if keys.is_log_row(key) and row["kind"] == KIND and "records" in unpack(row)
    }
    other = next(
        row
        for key, row in rows.items()
        if keys.is_log_row(key)
        and key.partition(":")[0] in receipts
        and "erased" not in row
        and row["receivedAt"].startswith(DAYS[0])
    )
    receipt = receipts[other["RowKey"].partition(":")[0]]
    changed = other | {"erased": unpack(receipt)["erasure"], "actor": "nobody"}
    erased.client.upsert_entity(changed, mode=UpdateMode.REPLACE)
    found, _ = await erased.verified()
    assert [each.row for each in found] == [other["RowKey"]]
    erased.client.upsert_entity(other, mode=UpdateMode.REPLACE)
    erased.client.delete_entity(receipt)
    found, _ = await erased.verified()
    erased.client.upsert_entity(receipt, mode=UpdateMode.REPLACE)
    assert {each.what for each in found} >= {"A row was altered in the log."}
    assert {each.room for each in found} == {other["RowKey"].partition(":")[0]}


@pytest.mark.thorough
async def test_a_row_that_points_at_a_record_of_a_receipt_is_found(erased: Table3Days) -> None:
    """Someone alters a record that no receipt names, and lets its rows point at one that is
    named."""
    rows = erased.rows()
    named = next(
        row
        for key, row in rows.items()
        if keys.is_log_row(key) and "erased" in row and row["receivedAt"].startswith(DAYS[0])
    )
    room_id = named["RowKey"].partition(":")[0]
    other = next(
        row
        for key, row in rows.items()
        if keys.is_log_row(key)
        and key.partition(":")[0] == room_id
        and "erased" not in row
        and row["receivedAt"].startswith(DAYS[0])
    )
    arrivals = [row for row in rows.values() if row.get("record") == other["RowKey"]]
    assert len(arrivals) == 2
    forged = {"erased": named["erased"], "record": named["RowKey"], "actor": "nobody"}
    for row in (other, *arrivals):
        erased.client.upsert_entity(row | forged, mode=UpdateMode.REPLACE)
        found, _ = await erased.verified()
        assert [each.row for each in found] == [row["RowKey"]]
        erased.client.upsert_entity(row, mode=UpdateMode.REPLACE)
    assert (await erased.verified())[0] == []


@pytest.mark.parametrize("name", ["receivedAt", "actor", *thorough("kind", "time")])
async def test_what_no_erasure_changes_is_checked_in_erased_records(
    erased: Table3Days, name: str
) -> None:
    records = [
        row
        for row in erased.rows().values()
        if "erased" in row and str(row.get("receivedAt")).startswith(DAYS[1])
    ]
    of_log = next(row for row in records if keys.is_log_row(row["RowKey"]))
    arrival = next(row for row in records if not keys.is_log_row(row["RowKey"]))
    other = "2026-05-05T23:59:59.0000000Z" if name in ("time", "receivedAt") else "other"
    for row in (of_log, arrival):
        erased.client.upsert_entity(row | {name: other}, mode=UpdateMode.REPLACE)
    found, _ = await erased.verified()
    for row in (of_log, arrival):
        erased.client.upsert_entity(row, mode=UpdateMode.REPLACE)
    assert {each.row for each in found} >= {of_log["RowKey"], arrival["RowKey"]}


@pytest.mark.thorough
async def test_what_was_erased_before_it_was_exported_is_proven_wholly(
    filled: Table3Days,
) -> None:
    await event_by_raw_id(filled)
    await erase(filled, at=BEGIN + 3 * DAY)
    await export(filled, 5)
    assert (await filled.verified())[0] == []
    record = next(
        row
        for key, row in filled.rows().items()
        if keys.is_log_row(key) and "erased" in row and not row["receivedAt"].startswith(DAYS)
    )
    changed = record | pack(unpack(record) | {"callId": "another"})
    filled.client.upsert_entity(changed, mode=UpdateMode.REPLACE)
    found, _ = await filled.verified()
    assert [each.row for each in found] == [record["RowKey"]]
