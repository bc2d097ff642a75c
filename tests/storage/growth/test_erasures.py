"""Erasures of persons, which go through all rooms, and rooms that move."""

from dataclasses import replace

import pytest
from azure.data.tables.aio import TableClient

from rooms.domain.time import now
from rooms.storage.erasures import Erasures
from rooms.storage.growth.errors import ErasureOpen
from rooms.storage.growth.growth import grow
from rooms.storage.growth.run import Run
from rooms.storage.spread import Spread
from testkit.identifiers import raw_id
from testkit.spread import go_on, spread_rooms, table_over
from testkit.storage import ORIGIN
from tests.storage.accounts.conftest import sevens as sevens
from tests.storage.growth.sevens import AT_ONCE, TO_1

pytestmark = pytest.mark.usefixtures("sevens")

MOVING = Spread(2, "0" * 10, moving="7", to=1, phase="copying")


@pytest.mark.usefixtures("two_partitions")
async def test_no_rooms_move_before_an_erasure_is_over(clients: list[TableClient]) -> None:
    erasures = Erasures(table_over(clients[:1]), now)
    erasure = await erasures.start(raw_id(1), None, ORIGIN)
    with pytest.raises(ErasureOpen):
        await grow(Run(clients, now, AT_ONCE), TO_1)
    assert (await Run(clients, now).read()).spread.moving is None
    assert (await erasures.run(erasure.id, 60)).is_over
    await grow(Run(clients, now, AT_ONCE), TO_1)


async def test_an_erasure_waits_while_rooms_move(clients: list[TableClient]) -> None:
    moving = await spread_rooms(clients[:2], MOVING)
    erasures = Erasures(table_over(clients[:2]), now)
    erasure = await erasures.start(raw_id(1), None, ORIGIN)
    assert (await erasures.run(erasure.id, 60)).rows == 0
    assert not (await erasures.get(erasure.id)).is_over
    await go_on(clients, replace(moving, moving=None, phase=None))
    assert (await erasures.run(erasure.id, 60)).is_over
