"""Changes that go through the service to ACS, beside the same at ACS itself, and beside the service
without ACS."""

import json
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from itertools import count
from pathlib import Path

from bench.load import Connection, Measured, measure
from bench.site import request_bytes
from faults.result import Tell
from rooms.domain.time import DAY, format_time, now
from testkit.acs_instance import AcsInstance
from testkit.identifiers import raw_id
from testkit.raw import NEWEST, encoded, signed
from testkit.running import running_app
from testkit.storage import know_floors
from testkit.two_sides import TwoSides

ACS_SECONDS = 0.05
"""What the second instance that stands for ACS takes longer for each request."""

LIMIT = 1
"""How many more requests to the storage may wait for one another, through the service to ACS."""

_SETTINGS = {"ROOMS_ACS_MODE": "through"}


@dataclass(frozen=True, slots=True)
class Through:
    """A change: through the service, at ACS itself, and by the service without ACS. Medians of the
    rounds.

    `trips`: requests to the storage that wait for one another: through the service, and without
    ACS.
    """

    name: str
    service: Measured
    acs: Measured
    own: Measured
    trips: tuple[int, int]

    @property
    def ratio(self) -> float:
        """The time through the service, of that at ACS itself."""
        return self.service.p50 / self.acs.p50


@dataclass(frozen=True, slots=True)
class _Change:
    name: str
    method: str
    path: Callable[[str], str]
    """Of a room."""
    body: Callable[[int], object]
    """With a number that no other has."""


_CHANGES = (
    _Change(
        "update",
        "PATCH",
        lambda room: f"/rooms/{room}",
        lambda number: {
            "validFrom": format_time(now()),
            "validUntil": format_time(now() + DAY + number),
        },
    ),
    _Change(
        "participants",
        "PATCH",
        lambda room: f"/rooms/{room}/participants",
        lambda number: {"participants": {raw_id(number): {"role": "Attendee"}}},
    ),
    _Change("delete", "DELETE", lambda room: f"/rooms/{room}", lambda _: None),
)


@dataclass(frozen=True, slots=True)
class _Server:
    """One of the three, over one connection."""

    name: str
    host: str
    key: str
    connection: Connection

    async def send(self, method: str, path: str, body: object) -> bytes:
        target = f"{path}?api-version={NEWEST}"
        headers = signed(self.key, method, target, self.host, encoded(body))
        return await self.connection.send(request_bytes(method, target, self.host, body, headers))

    async def create(self, number: int) -> str:
        """Makes a room with two people, and returns its id."""
        people = {raw_id(number + each): {"role": "Attendee"} for each in range(2)}
        room = json.loads(await self.send("POST", "/rooms", {"participants": people}))
        return str(room["id"])


async def through(folder: Path, storage: str, calls: int, rounds: int, tell: Tell) -> list[Through]:
    """Measures so many calls of each change in each round, one at a time."""
    found: dict[tuple[str, str], list[Measured]] = {}
    numbers = count(1_000)
    with AcsInstance(storage) as acs:
        trips = await _trips(acs)
        acs.delay = ACS_SECONDS
        async with _servers(folder, storage, acs) as servers:
            for turn in range(rounds):
                for server in servers if turn % 2 else reversed(servers):
                    tell(f"round {turn + 1}, {server.name}")
                    for name, figure in (await _round(server, calls, numbers)).items():
                        found.setdefault((name, server.name), []).append(figure)
    return [
        Through(
            name,
            service=Measured.median(found[name, "through"]),
            acs=Measured.median(found[name, "ACS"]),
            own=Measured.median(found[name, "own"]),
            trips=waited,
        )
        for name, waited in trips.items()
    ]


@asynccontextmanager
async def _servers(
    folder: Path, storage: str, acs: AcsInstance
) -> AsyncIterator[Sequence[_Server]]:
    async with AsyncExitStack() as stack:
        addresses = [("ACS", acs.port, acs.key)]
        for name, settings in ("through", {**acs.settings, **_SETTINGS}), ("own", {}):
            app = stack.enter_context(
                running_app(
                    folder / name, {"ROOMS_STORAGE": storage, "ROOMS_TABLE": name, **settings}
                )
            )
            addresses.append((name, app.port, app.manage_key))
        servers = []
        for name, port, key in addresses:
            connection = await Connection.open(port)
            stack.callback(connection.close)
            servers.append(_Server(name, f"localhost:{port}", key, connection))
        yield servers


async def _round(server: _Server, calls: int, numbers: Iterator[int]) -> dict[str, Measured]:
    """Makes rooms, changes and deletes them. What is measured has its own connection to ACS: one
    room more is there before."""
    rooms: list[str] = []
    await server.create(next(numbers))

    async def create(number: int, _worker: int) -> None:
        rooms.append(await server.create(number))

    figures = {"create": await measure([partial(create, next(numbers)) for _ in range(calls)], 1)}
    for change in _CHANGES:

        async def send(change: _Change, room: str, number: int, _worker: int) -> None:
            await server.send(change.method, change.path(room), change.body(number))

        figures[change.name] = await measure(
            [partial(send, change, room, next(numbers)) for room in rooms], 1
        )
    return figures


async def _trips(acs: AcsInstance) -> dict[str, tuple[int, int]]:
    """Returns how many requests to the storage wait for one another: of each change through the
    service, and without ACS."""
    through, own = [
        await _trips_of(TwoSides(acs, settings=settings)) for settings in (_SETTINGS, {})
    ]
    return {name: (through[name], own[name]) for name in through}


async def _trips_of(sides: TwoSides) -> dict[str, int]:
    async with sides.process() as process:
        await know_floors(process.app.table)
        people = {"participants": {raw_id(1): {"role": "Attendee"}}}
        process.life.forget()
        made = await process.ask("POST", "/rooms", people)
        counted = {"create": process.life.one_after_another("storage")}
        for change in _CHANGES:
            process.life.forget()
            path = change.path(made.json()["id"])
            answer = await process.ask(change.method, path, change.body(2))
            assert answer.status < 300, answer
            counted[change.name] = process.life.one_after_another("storage")
        return counted
