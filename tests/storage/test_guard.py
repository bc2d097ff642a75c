"""That a storage which refuses or does not answer is left alone, that no write is lost by that, and
that a wrong clock changes nothing."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

import pytest
from azure.core.exceptions import HttpResponseError
from azure.data.tables import TableClient as SyncTableClient
from azure.data.tables.aio import TableClient

from rooms.domain.events import CallEvent
from rooms.domain.time import now
from rooms.storage import guard as guards
from rooms.storage import keys
from rooms.storage.calls import Calls
from rooms.storage.circuit import (
    FAILURES,
    FORGOTTEN_SECONDS,
    LONGEST_SECONDS,
    STORAGE,
    WAIT_SECONDS,
    Circuit,
)
from rooms.storage.clock_check import ClockCheck
from rooms.storage.errors import ClockWrong, ContentRefused, StorageUnavailable
from rooms.storage.guard import Guard
from rooms.storage.marker import prepare
from rooms.storage.operations import insert
from rooms.storage.parallel import in_parallel
from rooms.storage.table import Table
from rooms.storage.table_check import TableCheck
from testkit.storage import know_floors
from testkit.storage_proxy import Fault, StorageProxy

ROW = {"PartitionKey": "7", "RowKey": "row"}


class Seconds:
    """A monotonic clock that the test sets."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


@pytest.fixture
def circuit(seconds: Seconds) -> Circuit:
    return Circuit(seconds)


def waits(circuit: Circuit, partition: str = "7") -> int | None:
    """The seconds that a request is told to wait; None if it is let through."""
    try:
        circuit.check(partition)
    except StorageUnavailable as error:
        return error.retry_after
    return None


# The circuit.


def test_what_is_refused_in_a_partition_fails_at_once_there_until_the_time_is_over(
    circuit: Circuit, seconds: Seconds
) -> None:
    circuit.refused("7", 30)
    assert (waits(circuit), waits(circuit, "8"), circuit.open_seconds) == (30, None, 30)
    seconds.now += 29.5
    assert waits(circuit) == 1
    assert circuit.due("7") is None
    seconds.now += 0.5
    assert [circuit.due(partition) for partition in "78"] == ["7", None]
    assert waits(circuit) == 1
    circuit.answered("7")
    assert (waits(circuit), circuit.open_seconds, circuit.refused_seconds) == (None, None, 30)


def test_a_refusal_is_forgotten_when_nobody_asks_and_has_a_longest_time(
    circuit: Circuit, seconds: Seconds
) -> None:
    circuit.refused("7", 1_000_000)
    assert waits(circuit) == LONGEST_SECONDS
    seconds.now += LONGEST_SECONDS
    assert (circuit.open_seconds, circuit.due("7")) == (0, "7")
    seconds.now += FORGOTTEN_SECONDS + 1
    assert (circuit.open_seconds, waits(circuit)) == (None, None)


def test_a_storage_that_does_not_answer_is_asked_by_one_request_at_a_time(
    circuit: Circuit, seconds: Seconds
) -> None:
    for _ in range(FAILURES - 1):
        circuit.failed()
        assert waits(circuit) is None
    circuit.failed()
    assert [waits(circuit, partition) for partition in "78"] == [1, 1]
    for _ in range(3):
        assert circuit.due("7") is None
        seconds.now += WAIT_SECONDS
        assert [circuit.due(partition) for partition in "78"] == [STORAGE] * 2
        circuit.failed()
    seconds.now += WAIT_SECONDS
    circuit.answered("8")
    assert waits(circuit) is None


def test_only_failures_in_a_row_count(circuit: Circuit) -> None:
    for _ in range(3):
        for _ in range(FAILURES - 1):
            circuit.failed()
        circuit.answered("7")
    assert waits(circuit) is None


def test_the_log_has_one_line_when_it_opens_and_one_when_it_closes(
    circuit: Circuit, seconds: Seconds, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    for _ in range(20):
        circuit.refused("7", 30)
        circuit.failed()
        seconds.now += 31
        waits(circuit)
    circuit.answered("7")
    circuit.answered("7")
    assert [record.levelname for record in caplog.records] == ["WARNING", "INFO"]


# What it does to requests.


@pytest.mark.parametrize("retries", [0])
async def test_a_throttled_request_takes_no_second_try_and_says_what_the_storage_asked(
    client: TableClient, proxy: StorageProxy
) -> None:
    table = Table(client)
    await table.commit([insert(ROW)])
    proxy.forget()
    proxy.choose, proxy.retry_after = lambda *_: Fault.THROTTLED, 30
    for attempt in (
        lambda: table.get("7", "row"),
        lambda: table.commit([insert(ROW | {"RowKey": "other"})]),
        lambda: table.merge(ROW),
        lambda: table.delete("7", ["row"]),
        lambda: table.first("7", "", "z", 5),
        lambda: anext(table.each("7", "", "z", 5)),
    ):
        with pytest.raises(StorageUnavailable) as caught:
            await attempt()
        assert 29 <= caught.value.retry_after <= 30
    assert len(proxy.seen) == 1
    state = table.state()
    assert (state.asked_in, state.refused_ago is not None) == (30, True)
    proxy.choose = lambda *_: None
    assert await table.get("8", "row") is None  # the other partitions are asked


@pytest.mark.parametrize("retries", [0])
async def test_an_outage_ends_with_the_first_answer(
    client: TableClient, proxy: StorageProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = Table(client)
    await table.commit([insert(ROW)])
    proxy.choose = lambda *_: Fault.CUT_BEFORE
    for _ in range(FAILURES + 20):
        with pytest.raises(StorageUnavailable):
            await table.get("7", "row")
    assert len(proxy.seen) < 2 * FAILURES + 5
    proxy.forget()
    seconds = Seconds()
    monkeypatch.setattr(table.accounts[0].guard.circuit, "_monotonic", seconds)
    seconds.now = 1e12
    assert await table.get("7", "row") is not None
    assert table.state().asked_in is None


@pytest.mark.parametrize("retries", [0])
async def test_many_requests_at_once_that_need_each_other_end_an_outage_with_one_that_tries(
    client: TableClient, proxy: StorageProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    table, seconds = Table(client), Seconds()
    await table.commit([insert(ROW)])
    monkeypatch.setattr(table.accounts[0].guard.circuit, "_monotonic", seconds)
    for _ in range(FAILURES):
        table.accounts[0].guard.circuit.failed()
    with pytest.raises(StorageUnavailable):
        await table.get("7", "row")
    seconds.now += WAIT_SECONDS
    proxy.forget()
    proxy.choose = lambda *_: Fault.REFUSED
    for _ in range(2):
        with pytest.raises(StorageUnavailable):
            await in_parallel(table.get(partition, "row") for partition in keys.PARTITIONS)
    assert len(proxy.seen) == 1
    seconds.now += WAIT_SECONDS
    proxy.forget()
    await in_parallel(table.get(partition, "row") for partition in keys.PARTITIONS)
    assert len(proxy.seen) == 1 + len(keys.PARTITIONS)


@pytest.mark.parametrize("retries", [0])
async def test_a_write_whose_outcome_is_not_known_is_settled_though_others_are_not_let_through(
    client: TableClient, proxy: StorageProxy
) -> None:
    table = Table(client)
    await table.commit([insert(ROW)])
    proxy.forget()
    faults = [Fault.CUT_AFTER, Fault.THROTTLED, Fault.THROTTLED, Fault.THROTTLED]
    proxy.retry_after = 30
    proxy.choose = lambda number, _: faults[number] if number < len(faults) else None
    await table.commit([insert(ROW | {"RowKey": "one"}), insert(ROW | {"RowKey": "two"})])
    proxy.forget()
    assert await table.get("7", "two") is not None


async def test_an_outage_makes_few_lines_whatever_is_asked_meanwhile(
    client: TableClient, proxy: StorageProxy, caplog: pytest.LogCaptureFixture
) -> None:
    table = Table(client)
    await table.commit([insert(ROW)])
    proxy.choose = lambda *_: Fault.CUT_BEFORE
    await asyncio.gather(*(table.get("7", "row") for _ in range(40)), return_exceptions=True)
    assert {record.name for record in caplog.records} == {guards.__name__, "rooms.storage.circuit"}
    assert len(caplog.records) == 2


# What the storage never takes.


@pytest.mark.parametrize("status", [400, 413])
async def test_what_the_storage_never_takes_is_said_and_not_tried_again(
    client: TableClient, monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    table = Table(client)
    await know_floors(table)
    tries: list[int] = []

    async def refuse(*_: object, **__: object) -> None:
        tries.append(status)
        error = HttpResponseError("too large")
        error.status_code = status
        raise error

    monkeypatch.setattr(client, "submit_transaction", refuse)
    event = CallEvent("CallStarted", "event", "call", now())
    with pytest.raises(ContentRefused, match=str(status)):
        await Calls(table, now).record("99400000000000007", event, "{}")
    assert tries == [status]


# The clock.


async def test_a_clock_that_is_far_from_the_storage_s_changes_nothing_and_reads_go_on(
    proxy: StorageProxy, azurite: str, client: TableClient, caplog: pytest.LogCaptureFixture
) -> None:
    name = client.table_name
    with SyncTableClient.from_connection_string(azurite, name) as sync:
        prepare(sync)
    clock = ClockCheck()
    async with TableClient.from_connection_string(
        proxy.connection_string, name, raw_response_hook=clock
    ) as watched:
        table = Table(watched, Guard(TableCheck(watched, named=True), clock))
        proxy.clock_ahead = -3600
        assert await table.get("7", "row") is None
        writes: list[Callable[[], Awaitable[None]]] = [
            lambda: table.commit([insert(ROW)]),
            lambda: table.merge(ROW),
            lambda: table.delete("7", ["row"]),
        ]
        for write in writes:
            with pytest.raises(ClockWrong, match="s ahead of that of its storage"):
                await write()
        assert await table.get("7", "row") is None
        ahead = table.state().clock_ahead
        assert ahead is not None
        assert 3500 < ahead < 3700
        assert [record.levelname for record in caplog.records] == ["WARNING"]
        proxy.clock_ahead = 0  # the clock is set right, and the next write finds it so
        await table.commit([insert(ROW)])
        assert await table.get("7", "row") is not None


async def test_the_clock_costs_no_request(proxy: StorageProxy, client: TableClient) -> None:
    table = Table(client)
    await table.commit([insert(ROW)])
    clock = ClockCheck()
    async with TableClient.from_connection_string(
        proxy.connection_string, client.table_name, raw_response_hook=clock
    ) as watched:
        proxy.forget()
        await Table(watched, Guard(clock=clock)).commit([insert(ROW | {"RowKey": "b"})])
        assert len(proxy.seen) == 1
    assert clock.ahead is not None
    assert abs(clock.ahead) < 30
