"""Growths over a storage that fails at any of their requests."""

import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from azure.core.exceptions import ServiceRequestError
from azure.data.tables.aio import TableClient

from rooms.domain.time import now
from rooms.storage.growth.floors import raise_floor
from rooms.storage.growth.growth import grow
from rooms.storage.growth.run import Run
from rooms.storage.marker import marker
from testkit.storage_proxy import Fault, StorageProxy
from testkit.waiting import HANG_SECONDS
from tests.effort import KILLS_APART, thorough
from tests.storage.growth.sevens import AT_ONCE, TO_1, rows_in
from tests.storage.test_rows_of_rooms import OF_THE_ROOM

pytestmark = pytest.mark.usefixtures("two_partitions")

APART = 8 * KILLS_APART - 7
"""Requests between those that fail."""

WAITED_FOR = Fault.DELAYED, Fault.LATE
"""Faults after which nothing goes on before a time-out."""


@pytest.fixture(scope="module")
def before_both(azurites: list[str]) -> Iterator[StorageProxy]:
    """A proxy before two accounts."""
    with StorageProxy(azurites[0], azurites[1:2]) as proxy:
        yield proxy


@asynccontextmanager
async def tables(proxy: StorageProxy, read_timeout: float) -> AsyncIterator[list[TableClient]]:
    """Tables of two accounts, with the rows of a room of the digit 7 in the first."""
    table = f"t{uuid.uuid4().hex}"
    clients = [
        TableClient.from_connection_string(
            storage,
            table,
            read_timeout=read_timeout,
            retry_total=2,
            retry_backoff_factor=0.01,
            use_env_settings=False,
        )
        for storage in proxy.connection_strings
    ]
    try:
        await clients[0].create_table()
        await clients[0].create_entity(marker())
        await clients[0].submit_transaction(
            [
                ("upsert", {"PartitionKey": "7", "RowKey": row, "value": "before"})
                for row in OF_THE_ROOM.values()
            ]
        )
        yield clients
    finally:
        for client in clients:
            await client.close()


def failing_at(number: int, fault: Fault) -> Callable[[int, str], Fault | None]:
    """Chooses a fault for one request."""
    return lambda seen, _: fault if seen == number else None


@pytest.mark.parametrize(
    "fault",
    [
        Fault.CUT_AFTER,
        Fault.TWICE,
        *thorough(Fault.REFUSED, Fault.THROTTLED, Fault.CUT_BEFORE, *WAITED_FOR),
    ],
)
async def test_a_growth_over_a_storage_that_fails_once_moves_everything(
    before_both: StorageProxy, fault: Fault
) -> None:
    read_timeout = 1 if fault in WAITED_FOR else HANG_SECONDS
    proxy, number = before_both, 0
    while True:
        async with tables(proxy, read_timeout) as clients:
            proxy.forget()
            proxy.choose = failing_at(number, fault)
            await grow(Run(clients, now, AT_ONCE), TO_1)
            requests = len(proxy.seen)
            proxy.forget()
            places = set(await rows_in(clients[0], "7")), set(await rows_in(clients[1], "17"))
            assert places == (set(), set(OF_THE_ROOM.values())), (fault, number)
        number += APART
        if number >= requests:
            break


async def test_a_growth_that_fails_while_changes_are_refused_lets_them_go_on(
    clients: list[TableClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def failing(client: TableClient, *args: Any) -> int:
        if client is clients[1]:
            raise ServiceRequestError("no answer")
        return await raise_floor(client, *args)

    monkeypatch.setattr("rooms.storage.growth.digit_move.raise_floor", failing)
    with pytest.raises(ServiceRequestError):
        await grow(Run(clients, now, AT_ONCE), TO_1)
    assert (await Run(clients, now).read()).spread.phase == "closing"
