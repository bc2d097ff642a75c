"""How long the oldest thing is overdue, as the line in the log says it."""

import pytest
from azure.data.tables.aio import TableClient

from rooms.domain.time import DAY, HOUR
from rooms.storage import keys
from rooms.storage.table import Table
from testkit.past import NOW, Past, looked_through, run, upkeep_of

pytestmark = pytest.mark.usefixtures("one_partition")


async def overdue(client: TableClient, at: int, seconds: float = 30.0) -> str:
    """The last words of the line of a run."""
    return str(await upkeep_of(Table(client), at).run(seconds)).rpartition("; ")[2]


async def test_a_pass_that_does_not_end_says_when_the_last_one_began(direct: TableClient) -> None:
    await looked_through(direct)
    assert await overdue(direct, NOW) == "nothing overdue"
    await Past(direct).room(NOW - 60 * DAY, NOW - 31 * DAY)
    later = NOW + DAY + 12 * HOUR
    assert await overdue(direct, later, seconds=0) == "oldest overdue 1.5 days"
    assert await overdue(direct, later + HOUR) == "nothing overdue"


async def test_a_first_pass_that_does_not_end_says_when_it_began(direct: TableClient) -> None:
    await Past(direct).room(NOW - 60 * DAY, NOW - 31 * DAY)
    await upkeep_of(Table(direct), NOW).run(0)
    assert await overdue(direct, NOW + 3 * DAY, seconds=0) == "oldest overdue 3.0 days"


async def test_a_room_that_is_left_is_overdue_until_it_goes(direct: TableClient) -> None:
    await looked_through(direct)
    await run(direct, NOW - DAY)
    broken = await Past(direct).room(NOW - 60 * DAY, NOW - 31 * DAY)
    room = {"PartitionKey": "7", "RowKey": keys.room_row(broken)}
    await direct.update_entity(room | {"createdAt": "soon"}, mode="merge")
    assert [await overdue(direct, NOW + days * DAY) for days in (0, 1, 2)] == [
        f"oldest overdue {days}.0 days" for days in (1, 2, 3)
    ]
    mended = await Past(direct).room(NOW - 60 * DAY, NOW - 31 * DAY)
    sound = await direct.get_entity("7", keys.room_row(mended))
    await direct.update_entity(room | {"createdAt": sound["createdAt"]}, mode="merge")
    assert await overdue(direct, NOW + 3 * DAY) == "nothing overdue"


async def test_a_storage_that_fails_says_nothing_of_what_is_overdue(direct: TableClient) -> None:
    report = await upkeep_of(Table(direct), NOW).run(30)
    report.unavailable = 1
    assert "overdue" not in str(report)
