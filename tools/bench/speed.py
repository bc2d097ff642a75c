"""Each operation through the service, beside the same work in the storage alone: how fast, and in
how many requests."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import count
from pathlib import Path

from azure.core.exceptions import ServiceRequestError, ServiceResponseError
from azure.data.tables.aio import TableClient

from bench.load import Call, Measured, measure
from bench.operations import GET, OPERATIONS, Bare, Operation
from bench.site import TABLE, Site, site
from faults.result import Tell
from testkit.storage_proxy import StorageProxy

LIMIT = 0.9
"""The service is to do at least this share of what the storage client alone does in the same time.
"""


@dataclass(frozen=True, slots=True)
class Speed:
    """How fast so many calls at once are, by the medians if there were several rounds."""

    name: str
    at_once: int
    service: Measured
    storage: Measured

    @property
    def ratio(self) -> float:
        """The service's rate, of that of the storage client alone."""
        return self.service.rate / self.storage.rate


def through_service(at: Site, operation: Operation, numbers: Sequence[int]) -> list[Call]:
    """The calls with these numbers."""
    requests = [operation.request(at, number) for number in numbers]
    return [partial(send, at, request) for request in requests]


async def send(at: Site, request: bytes, worker: int) -> None:
    """Sends it on the connection of that number. Raises Refused."""
    await at.connections[worker].send(request)


def by_storage_alone(at: Site, operation: Operation, numbers: Sequence[int]) -> list[Call]:
    """The same work in the storage."""
    return [partial(carry_out, operation.bare(at, number)) for number in numbers]


async def carry_out(bare: Bare, _worker: int) -> None:
    """As a loop over connections has to: again if Azurite has closed one, as it does with what is
    idle for five seconds."""
    try:
        await bare()
    except (ServiceRequestError, ServiceResponseError):
        await bare()


type Kind = Callable[[Site, Operation, Sequence[int]], list[Call]]

KINDS: tuple[Kind, Kind] = (through_service, by_storage_alone)


async def warm_up(at: Site, kind: Kind, at_once: int) -> None:
    """Opens so many connections anew: Azurite closes what is idle for five seconds."""
    await measure(kind(at, GET, range(at_once)), at_once)


async def measured(
    at: Site, operation: Operation, calls: int, at_once: int, rounds: int, numbers: Iterator[int]
) -> Speed:
    """One operation, in rounds, of the service and the storage alone in turn."""
    found: tuple[list[Measured], list[Measured]] = [], []
    for each in range(rounds):
        for kind in (0, 1) if each % 2 else (1, 0):
            chosen = [next(numbers) for _ in range(calls)]
            if operation.prepare:
                await operation.prepare(at, chosen)
            await warm_up(at, KINDS[kind], at_once)
            found[kind].append(await measure(KINDS[kind](at, operation, chosen), at_once))
    return Speed(operation.name, at_once, *map(Measured.median, found))


async def speeds(
    folder: Path, storage: str, people: int, calls: int, at_once: int, rounds: int, tell: Tell
) -> list[Speed]:
    """Every operation, one at a time and so many at once.

    Args:
        people: in the call whose presence is asked for.
        calls: of an operation that costs 1, in each round.
    """
    found, numbers = [], count()
    for place, operation in enumerate(OPERATIONS):
        # A table of its own, as Azurite gets slower with each row.
        async with site(folder / str(place), storage, people, at_once, f"{TABLE}{place}") as at:
            for together, share in ((1, 1), (at_once, 3)):
                tell(f"{operation.name}, {together} at once")
                number = max(share * calls // operation.cost, together)
                found.append(await measured(at, operation, number, together, rounds, numbers))
    return found


async def requests(folder: Path, storage: str, people: int) -> dict[str, tuple[int, int]]:
    """How many requests to the storage each operation makes, through the service and alone."""
    counted = dict[str, tuple[int, int]]()
    numbers = count()
    with StorageProxy(storage) as proxy:
        async with (
            site(folder, storage, people, through=proxy.connection_string) as at,
            TableClient.from_connection_string(proxy.connection_string, TABLE) as table,
        ):
            for operation in OPERATIONS:
                proxied = replace(at, table=table)
                counts = [
                    [await _requests(proxied, kind, operation, proxy, numbers) for kind in KINDS]
                    for _ in range(2)
                ]
                service, alone = map(
                    min, zip(*counts, strict=True)
                )  # in one of them the timer may have some of its own
                counted[operation.name] = service, alone
    return counted


async def _requests(
    at: Site, kind: Kind, operation: Operation, proxy: StorageProxy, numbers: Iterator[int]
) -> int:
    chosen = [next(numbers)]
    if operation.prepare:
        await operation.prepare(at, chosen)
    (call,) = kind(at, operation, chosen)
    proxy.forget()
    await call(0)
    return len(proxy.seen)
