"""How upkeep goes through a table: bit by bit, killed, twice at once, with a storage that fails."""

import asyncio
import logging
import re
from collections.abc import Mapping, Sequence
from itertools import count
from typing import Any

import pytest
from azure.data.tables.aio import TableClient

from rooms.domain.limits import Limits
from rooms.domain.time import DAY, HOUR, parse_time
from rooms.storage import keys
from rooms.storage.parallel import in_parallel
from rooms.storage.table import Table
from rooms.upkeep.report import Report
from testkit.past import CUTOFF, NOW, Past, Watched, checked, new_table, rows_of, run, upkeep_of
from testkit.storage_proxy import Fault, StorageProxy
from testkit.waiting import HANG_SECONDS
from tests.effort import KILLS_APART

LONG_AGO = CUTOFF - 100 * DAY


async def fill(client: TableClient) -> None:
    """Something of everything that upkeep removes, and that it keeps."""
    past = Past(client)
    expired = await past.room(NOW - 60 * DAY, NOW - 31 * DAY)
    removed = await past.room(LONG_AGO)
    await past.name(removed, LONG_AGO + 1, "Therapy")
    await past.invite(removed, LONG_AGO + 2, LONG_AGO + 3)
    await past.delete(removed, CUTOFF - 1)
    kept = await past.room(LONG_AGO)
    await past.invite(kept, LONG_AGO + 1, LONG_AGO + 2, NOW)
    await past.call(expired, "kept", LONG_AGO, NOW)
    await past.call(removed, "call", LONG_AGO, LONG_AGO + HOUR)
    await past.call("anywhere-7", "call", LONG_AGO, LONG_AGO + 1)
    await past.call("-7", "call", LONG_AGO)
    await past.quarantine("old", LONG_AGO)
    await past.quarantine("new", NOW)


async def contents(client: TableClient) -> dict[str, Mapping[str, Any]]:
    """The whole table; log records of changes, and arrivals, with their kinds instead of what is
    random in keys."""
    return {
        re.sub(r"(:~.*):.{32}$|(.*arrived:.*):[0-9a-f]{16}\b", rf"\1\2 {row.get('kind')}", key): {
            name: value for name, value in row.items() if name not in ("RowKey", "record")
        }
        for (_, key), row in (await rows_of(client)).items()
    }


async def copy_of(rows: Sequence[Mapping[str, Any]], connection_string: str) -> TableClient:
    copy = new_table(connection_string)
    await copy.create_table()
    await copy.submit_transaction([("upsert", row) for row in rows])
    return copy


class Killed(BaseException):
    """What is under way ends here, and nothing is done about it."""


@pytest.mark.usefixtures("one_partition")
async def test_a_run_that_is_killed_at_any_request_is_finished_by_the_next(
    azurite: str, direct: TableClient
) -> None:
    """Requests that only read leave things as they were after the one before, so it is killed ahead
    of each that writes."""
    await fill(direct)
    filled = [row async for row in direct.list_entities()]
    await run(direct)
    await checked(direct)
    undisturbed = await contents(direct)
    assert len(undisturbed) < len(filled)
    for last in count(step=KILLS_APART):
        writes = 0

        async def kill(what: str, _row: str, last: int = last) -> None:
            nonlocal writes
            writes += what in ("commit", "delete")
            if writes > last:
                raise Killed

        async with await copy_of(filled, azurite) as copy:
            try:
                await upkeep_of(Watched(copy, kill)).run(HANG_SECONDS)
            except Killed:
                await checked(copy)
            else:
                break
            await run(copy)
            assert await contents(copy) == undisturbed
    assert last > 15


@pytest.mark.thorough
@pytest.mark.usefixtures("one_partition")
@pytest.mark.parametrize("fault", [Fault.CUT_AFTER, Fault.TWICE])
async def test_removals_whose_answers_are_lost_or_that_arrive_twice_are_done_in_the_end(
    direct: TableClient, proxy: StorageProxy, fault: Fault
) -> None:
    await fill(direct)
    filled = [row async for row in direct.list_entities()]
    await run(direct)
    undisturbed = await contents(direct)
    async with await copy_of(filled, proxy.connection_string) as copy:
        proxy.choose = lambda _, what: fault if what.endswith("$batch") else None
        runs = 1
        while (await upkeep_of(Table(copy)).run(HANG_SECONDS)).unavailable:
            await checked(copy)
            runs += 1
        assert runs > 5 if fault is Fault.CUT_AFTER else runs == 1
        assert await contents(copy) == undisturbed


@pytest.mark.usefixtures("one_partition")
async def test_two_runs_at_once_do_what_one_does(azurite: str, direct: TableClient) -> None:
    await fill(direct)
    filled = [row async for row in direct.list_entities()]
    await run(direct)
    undisturbed = await contents(direct)
    async with await copy_of(filled, azurite) as copy:
        reports = await asyncio.gather(
            *(upkeep_of(Table(copy)).run(HANG_SECONDS) for _ in range(3))
        )
        assert [report.done for report in reports] == [1, 1, 1]
        assert await contents(copy) == undisturbed


@pytest.mark.thorough
async def test_a_pass_in_many_short_runs_deletes_each_room_once(direct: TableClient) -> None:
    past = Past(direct)
    await past.room(NOW)  # makes the table
    await in_parallel(
        past.room(NOW - 60 * DAY, NOW - (30 + number % 3) * DAY) for number in range(120)
    )
    reports: list[Report] = []
    while not reports or reports[-1].done < len(keys.partitions()):
        reports.append(await upkeep_of(Table(direct)).run(0.1))
    assert len(reports) > 2
    rooms = (await checked(direct)).values()
    assert (
        sum("RoomDeleted" in room.kinds for room in rooms)
        == sum(report.removed["expired rooms"] for report in reports)
        == 80
    )


@pytest.mark.usefixtures("one_partition")
async def test_a_run_without_time_makes_a_step_all_the_same(direct: TableClient) -> None:
    past = Past(direct)
    for _ in range(3):
        await past.room(NOW)
    one = Limits(upkeep_rooms=1)
    runs = [await upkeep_of(Table(direct), limits=one).run(0) for _ in range(3)]
    assert [report.rooms for report in runs] == [1, 1, 1]


@pytest.mark.usefixtures("one_partition")
async def test_a_pass_begins_a_day_after_the_one_before_it_began(direct: TableClient) -> None:
    await Past(direct).room(NOW)
    began = []
    for after in (0, 1, DAY - 1, DAY, DAY + 1, 2 * DAY):
        await run(direct, NOW + after)
        row = await direct.get_entity("7", keys.UPKEEP_ROW)
        began.append(parse_time(row["beganAt"]) - NOW)
    assert began == [0, 0, 0, DAY, DAY, 2 * DAY]


@pytest.mark.usefixtures("one_partition")
async def test_a_room_with_a_broken_row_is_left_and_named(
    direct: TableClient, caplog: pytest.LogCaptureFixture
) -> None:
    past = Past(direct)
    broken, sound = await past.room(NOW), await past.room(NOW - 60 * DAY, NOW - 31 * DAY)
    await direct.update_entity(
        {"PartitionKey": "7", "RowKey": keys.room_row(broken), "validUntil": "soon"}, mode="merge"
    )
    report = await run(direct)
    assert report.removed["expired rooms"] == 1
    assert [
        broken in record.getMessage()
        for record in caplog.records
        if record.levelno == logging.ERROR
    ] == [True, True, True]
    assert keys.index_row(sound, NOW - 60 * DAY) not in [row for _, row in await rows_of(direct)]


@pytest.mark.thorough
async def test_a_partition_that_fails_does_not_keep_back_the_others(
    client: TableClient, proxy: StorageProxy
) -> None:
    past = Past(client)
    rooms = [await past.room(NOW - 60 * DAY, NOW - 31 * DAY) for _ in range(12)]
    failing = rooms[0][-1]
    proxy.choose = lambda _, what: Fault.REFUSED if f"PartitionKey='{failing}'" in what else None
    report = await upkeep_of(Table(client)).run(HANG_SECONDS)
    proxy.forget()
    assert (report.done, report.unavailable) == (10, 1)
    assert report.removed["expired rooms"] == sum(room[-1] != failing for room in rooms)
    assert "1 left as the storage is not available" in str(report)


@pytest.mark.usefixtures("one_partition")
async def test_a_storage_that_does_not_answer_ends_a_run_in_time(
    client: TableClient, proxy: StorageProxy
) -> None:
    await Past(client).room(NOW - 60 * DAY, NOW - 31 * DAY)
    proxy.choose = lambda _, what: Fault.CUT_BEFORE if what.endswith("$batch") else None
    async with asyncio.timeout(30):
        report = await upkeep_of(Table(client), limits=Limits(upkeep_overtime=0.2)).run(0.2)
    assert report.done == 0


@pytest.mark.usefixtures("one_partition")
async def test_a_report_says_what_was_done(direct: TableClient) -> None:
    await fill(direct)
    assert str(await run(direct)) == (
        "looked at 5 rooms; removed 3 calls, 5 events, 1 expired room, 3 invitee rows, "
        "14 log records, 1 quarantined event, "
        "5 rosters, 1 tombstone; 1 of 1 partitions done; nothing overdue"
    )
    assert str(await run(direct)) == (
        "looked at 0 rooms; removed nothing; 1 of 1 partitions done; nothing overdue"
    )
