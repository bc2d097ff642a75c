"""How far the passes have come, in the table."""

import pytest
import pytest_asyncio
from azure.data.tables.aio import TableClient

from rooms.domain.time import DAY, SECOND, parse_time
from rooms.storage import keys
from rooms.storage.pull_state import PullStates
from rooms.storage.table import Table
from testkit.past import run
from testkit.storage import Clock

NOW = parse_time("2026-05-04T10:00:00Z")
ROOM = "99400000000000017"


@pytest.fixture
def clock() -> Clock:
    return Clock(NOW)


@pytest_asyncio.fixture
async def states(direct: TableClient, clock: Clock) -> PullStates:
    await direct.create_table()
    return PullStates(Table(direct), clock)


async def test_who_holds_the_state_keeps_others_out_until_it_is_released(
    states: PullStates, direct: TableClient, clock: Clock
) -> None:
    held = await states.hold(30)
    assert held is not None
    other = PullStates(Table(direct), clock)
    assert await other.hold(30) is None
    state, _ = held
    state.head.pages = 3
    await states.save(state)
    assert await other.hold(30) is None
    await states.release(state)
    taken = await other.hold(30)
    assert taken is not None
    assert taken[0] == state


async def test_a_hold_ends_by_itself(states: PullStates, direct: TableClient, clock: Clock) -> None:
    await states.hold(30)
    clock.now += 30 * SECOND
    assert await PullStates(Table(direct), clock).hold(30) is not None


async def test_what_was_asked_for_is_known_until_it_has_begun(states: PullStates) -> None:
    await states.ask("full")
    await states.ask("rosters")
    await states.begun("full")
    await states.begun("full")
    assert (await states.read())[1] == {"rosters"}


@pytest.mark.usefixtures("one_partition")
async def test_upkeep_removes_what_acs_did_not_know_a_day_ago(
    states: PullStates, direct: TableClient, clock: Clock
) -> None:
    await states.note_unknown(ROOM)
    assert await states.is_unknown(ROOM)
    clock.now += DAY
    assert not await states.is_unknown(ROOM)
    await run(direct, clock.now)
    assert (
        await states._table.get(keys.home_partition(ROOM), keys.pull_unknown_row(ROOM)) is not None
    )
    report = await run(direct, clock.now + DAY + 1)
    assert report.removed["rooms that ACS did not know"] == 1
