"""How many requests the passes take, to ACS and to the storage: those of docs/design/moving.md."""

import pytest_asyncio
from azure.data.tables.aio import TableClient

from rooms.domain.time import HOUR
from testkit.acs_in_memory import people
from testkit.storage_proxy import StorageProxy
from tests.moving.passes.rig import START, Rig

ALL = 1
"""Requests to read all partitions: ten, where there are as many."""
HELD, RELEASED, SETTLED, HOT, HEAD = 2, 1, ALL, ALL, ALL
QUIET = HELD + SETTLED + HOT + HEAD + RELEASED


@pytest_asyncio.fixture
async def rig(client: TableClient, in_one_partition: None) -> Rig:
    """A service whose requests are counted."""
    await client.create_table()
    return Rig(client)


async def test_a_pass_over_rooms_that_agree(rig: Rig, proxy: StorageProxy) -> None:
    rooms, rig.acs.page = 5, 3
    await rig.adopt(*(rig.acs.add(people(1), START - n * HOUR) for n in range(rooms)))
    await rig.settled()

    proxy.forget()
    await rig.minute()
    assert len(proxy.seen) == QUIET
    assert rig.acs.asked == ["/rooms"]

    rig.acs.asked.clear()
    proxy.forget()
    await rig.minute(60)
    pages, began_and_saved = 2, 3
    assert rig.acs.asked == ["/rooms"] * (1 + pages)
    assert len(proxy.seen) <= QUIET + pages * ALL + began_and_saved

    rig.acs.asked.clear()
    await rig.states.ask("rosters")
    proxy.forget()
    await rig.minute()
    assert len(rig.acs.asked) == 1 + rooms
    assert len(proxy.seen) <= QUIET + ALL + rooms + began_and_saved


async def test_a_room_that_differs(rig: Rig, proxy: StorageProxy) -> None:
    made = rig.acs.add(people(1))
    await rig.settled()
    rig.acs.change(made, pstn_dial_out_enabled=True)
    proxy.forget()
    await rig.minute()
    assert rig.acs.asked == ["/rooms", f"/rooms/{made}", f"/rooms/{made}/participants"]
    read_and_written = 3
    assert len(proxy.seen) == QUIET + read_and_written
