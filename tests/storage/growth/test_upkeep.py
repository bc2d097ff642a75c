"""The first pass of upkeep, which looks at all rows, and rooms that move."""

import pytest
from azure.data.tables.aio import TableClient

from rooms.domain.time import now
from rooms.storage import keys
from rooms.storage.first_pass import ROWS
from rooms.storage.growth.errors import FirstPassOpen
from rooms.storage.growth.growth import grow
from rooms.storage.growth.run import Run
from tests.storage.growth.sevens import AT_ONCE, TO_1

pytestmark = pytest.mark.usefixtures("two_partitions")


async def upkeep_is(client: TableClient, **place: str | bool) -> None:
    key = {"PartitionKey": "7", "RowKey": keys.UPKEEP_ROW}
    await client.upsert_entity(key | place, "replace")


@pytest.mark.parametrize(
    "place", [{"cursor": keys.END, "whole": False}, {"cursor": "99", "whole": True, "rows": ROWS}]
)
async def test_no_rooms_move_before_the_first_pass_is_over(
    clients: list[TableClient], place: dict[str, str | bool]
) -> None:
    await upkeep_is(clients[0], **place)
    with pytest.raises(FirstPassOpen):
        await grow(Run(clients, now, AT_ONCE), TO_1)
    assert (await Run(clients, now).read()).spread.moving is None


@pytest.mark.parametrize(
    "place",
    [
        {"cursor": keys.END, "whole": True, "rows": ROWS},
        {"cursor": "99", "whole": False, "rows": ROWS},
    ],
)
async def test_rooms_move_during_later_passes(
    clients: list[TableClient], place: dict[str, str | bool]
) -> None:
    await upkeep_is(clients[0], **place)
    await grow(Run(clients, now, AT_ONCE), TO_1)
    assert (await Run(clients, now).read()).spread.accounts == TO_1
