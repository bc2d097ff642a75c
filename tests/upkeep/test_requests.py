"""What a pass costs: what is due, and not what is kept."""

from collections import Counter

import pytest
from azure.data.tables.aio import TableClient

from rooms.domain.time import DAY, HOUR
from testkit.past import CUTOFF, NOW, Collected, Past, checked, looked_through, new_table, run
from testkit.storage_proxy import StorageProxy

LONG_AGO = CUTOFF - 100 * DAY

pytestmark = pytest.mark.usefixtures("one_partition")


async def keep(client: TableClient, count: int, events: int = 2) -> None:
    """Rooms of which nothing is due, each with a call of so many events."""
    table = Collected(client)
    past = Past(table)
    for number in range(count):
        room_id = await past.room(CUTOFF + number * HOUR)
        await past.call(room_id, "call", *(NOW - each * HOUR for each in range(events)))
    await table.flush()


async def let_go(client: TableClient) -> None:
    """Something of everything that is due."""
    past = Past(client)
    await past.room(NOW - 60 * DAY, NOW - 31 * DAY)
    removed = await past.room(LONG_AGO)
    await past.name(removed, LONG_AGO + 1, "Therapy")
    await past.invite(removed, LONG_AGO + 2, LONG_AGO + 3)
    await past.call(removed, "call", LONG_AGO + 4, LONG_AGO + HOUR)
    await past.delete(removed, CUTOFF - 1)
    kept = await past.room(LONG_AGO)
    await past.invite(kept, LONG_AGO + 1, LONG_AGO + 2, NOW)
    await past.quarantine("old", LONG_AGO)


async def requests(client: TableClient, proxy: StorageProxy) -> Counter[str]:
    """The requests of a pass, by their methods."""
    proxy.forget()
    await run(client)
    return Counter(what.split()[0] for what in proxy.seen)


async def test_a_pass_costs_the_same_whatever_is_kept(
    client: TableClient, proxy: StorageProxy
) -> None:
    counted = []
    for count, events in ((10, 20), (40, 5)):
        async with new_table(proxy.connection_string) as table:
            await looked_through(table)
            await keep(table, count, events)
            await let_go(table)
            counted.append(await requests(table, proxy))
            await checked(table)
    assert counted[0] == counted[1]


async def test_the_requests_for_what_is_due(client: TableClient, proxy: StorageProxy) -> None:
    await looked_through(client)
    nothing = await requests(client, proxy)
    await looked_through(client)
    await let_go(client)
    assert nothing == Counter(GET=12, POST=1)
    assert await requests(client, proxy) - nothing == Counter(GET=13, POST=7)


async def test_the_requests_for_a_kept_room_in_the_first_pass(
    client: TableClient, proxy: StorageProxy
) -> None:
    counted = []
    for count in (10, 20):
        async with new_table(proxy.connection_string) as table:
            await table.create_table()
            await keep(table, count)
            counted.append((await requests(table, proxy)).total())
    of_a_room, of_more_rows = 7, 2
    assert counted[1] - counted[0] == 10 * of_a_room + of_more_rows
