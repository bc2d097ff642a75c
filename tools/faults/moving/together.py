"""Changes at random, by several clients at once, through two processes of this service. ACS
throttles, fails and cuts connections, and processes are killed."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from random import Random

from faults.client import RETRIED, Request
from faults.moving.operations import (
    Change,
    create,
    delete,
    invitees,
    made_with,
    participants,
    update,
)
from rooms.domain.roster import ROLES
from testkit.acs_double import Received
from testkit.acs_faults import AcsFault
from testkit.identifiers import raw_id
from testkit.mortal_app import Killed, MortalApp
from testkit.raw_http import Answer
from testkit.two_sides import Sight, TwoSides

PROCESSES = 2

CLIENTS = 6
"""Changes at once."""

ROOMS = 8
"""Rooms that are changed again and again."""

PEOPLE = [raw_id(number) for number in range(1, 7)]

MAX_TRIES = 4
"""The request, and three retries, as the SDKs send them."""

FAULTS = (
    AcsFault.THROTTLED,
    AcsFault.FAILS,
    AcsFault.FAILS_AFTER,
    AcsFault.CUT_BEFORE,
    AcsFault.CUT_AFTER,
)
"""What requests to ACS meet. Nobody waits for a time-out."""

FAULTY = 0.15
"""The share of requests to ACS that meet a fault."""


@dataclass
class Together:
    """The changes of all clients."""

    sides: TwoSides
    seed: int
    kills: int
    """How often a process is killed."""
    rooms: list[str] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    """Of the answers that clients were left with; 0: none but failures."""
    tries: Counter[str] = field(default_factory=Counter)
    """How often each change was sent, by its x-ms-client-request-id."""
    killed: int = 0
    wrong: list[str] = field(default_factory=list)
    """Answers that nobody should get."""

    async def run(self, changes: int) -> None:
        """Carries out so many changes, and leaves in doubt what is in doubt."""
        random = Random(self.seed)
        async with AsyncExitStack() as self._started:
            self._processes = [await self._start() for _ in range(PROCESSES)]
            while len(self.rooms) < ROOMS:
                await self._carry_out(create(raw_id(1_000 + len(self.rooms))), "", random)
            self.sides.acs.choose = _faults(Random(self.seed))
            turns = iter(range(changes))
            doomed = set(random.sample(range(changes), self.kills))

            async def client() -> None:
                for turn in turns:
                    own = Random(f"{self.seed}/{turn}")
                    if turn in doomed:
                        self._doom(own)
                    await self._carry_out(_change(turn, own), own.choice(self.rooms[:ROOMS]), own)

            async with asyncio.TaskGroup() as clients:
                for _ in range(CLIENTS):
                    clients.create_task(client())
            self.sides.acs.choose = lambda _: None

    def problems(self, sight: Sight) -> Iterator[str]:
        """Yields what is not as it must be, when all is settled."""
        yield from self.wrong
        yield from sight.problems()
        for side, rooms in ("here", sight.ours), ("at ACS", sight.acs):
            people = Counter(made_with(room) for room in rooms.values())
            if twice := [who for who, times in people.items() if times > 1]:
                yield f"{len(twice)} creates made two rooms {side}"
        records = [record for room in sight.ours.values() for record in room.log]
        told = Counter((record["requestId"], record["kind"]) for record in records)
        if more := [each for each, times in told.items() if times > self.tries[each[0]]]:
            yield f"{len(more)} changes have more records than they were sent, such as {more[0]}"
        strangers = Counter(record["actor"] for record in records if record["actor"] != "app")
        if strangers:
            yield f"records of others: {dict(strangers)}"

    async def _start(self) -> MortalApp:
        return await self._started.enter_async_context(self.sides.process())

    def _doom(self, random: Random) -> None:
        """Lets a process die at one of its next requests."""
        life = random.choice(self._processes).life
        life.dies_at(len(life.seen) + random.randrange(12), behind=random.random() < 0.5)

    async def _carry_out(self, change: Change, room_id: str, random: Random) -> None:
        request = change.request(room_id, random)
        answer = await self._answered(request, random)
        self.statuses[0 if answer is None else answer.status] += 1
        if answer is None:
            return
        if answer.status == 201:
            self.rooms.append(answer.json()["id"])
        if change.is_delete and answer.status == 204 and room_id in self.rooms:
            self.rooms.remove(room_id)
        if answer.status not in (200, 201, 204, 404):
            self.wrong.append(f"{change.name}: answered {answer.status} {answer.body!r}")

    async def _answered(self, request: Request, random: Random) -> Answer | None:
        """Returns the answer to a request, which is sent again after failures, as the SDKs do; None
        if there is none but failures."""
        for _ in range(MAX_TRIES):
            self.tries[request.headers["x-ms-client-request-id"]] += 1
            number = random.randrange(PROCESSES)
            process = self._processes[number]
            try:
                answer = await process.ask(
                    request.method, request.path, request.body, request.headers
                )
            except Killed:
                if self._processes[number] is process:
                    self.killed += 1
                    self._processes[number] = await self._start()
                continue
            if answer.status not in RETRIED:
                return answer
            if answer.status == 429 and "retry-after" not in answer.headers:
                self.wrong.append("a 429 without Retry-After")
        return None


def _faults(random: Random) -> Callable[[Received], AcsFault | None]:
    def choose(_: Received) -> AcsFault | None:
        return random.choice(FAULTS) if random.random() < FAULTY else None

    return choose


def _change(turn: int, random: Random) -> Change:
    """A change at random: mostly of the roster."""
    who = random.choice(PEOPLE)
    match random.randrange(20):
        case 0 | 1:
            return create(raw_id(2_000 + turn), days=random.randint(1, 9))
        case 2:
            return delete()
        case 3 | 4 | 5 | 6 | 7:
            return update(random.randint(1, 9))
        case 8 | 9 | 10:
            return invitees({who: random.choice(("Ann", "Bob", None))}, random.choice(ROLES))
    roles = [*ROLES, None]
    return participants({who: random.choice(roles), random.choice(PEOPLE): random.choice(roles)})
