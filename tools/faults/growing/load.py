"""Rooms that move between three storage accounts while clients change them, list them and follow
them, and while those who move them are killed."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

from azure.data.tables.aio import TableClient

from faults.followers import Follower, wrongly_followed
from faults.growing.clients import Client, Lister, Seen, Writer, follow
from rooms.domain.limits import LIMITS
from rooms.domain.time import SECOND, Ticks, now
from rooms.storage.growth.digit_move import CAUTION
from rooms.storage.growth.progress import Progress
from rooms.storage.growth.run import Run
from rooms.storage.growth.state import HOLD_SECONDS
from testkit.grown import Grown
from testkit.mortal_app import Killed, Life
from testkit.whole import stored_rooms

PROCESSES = 2

QUICK = replace(LIMITS, spread_seconds=0.5)

FOLLOWED = 4
"""Rooms that are followed, each by itself."""


class Mover(Run):
    """Moves rooms. It knows when what was under way has ended, and needs not wait long for it."""

    def __init__(self, seen: Seen, clients: Sequence[TableClient], *args: Any) -> None:
        super().__init__(clients, *args)
        self._seen = seen

    async def wait(self, seconds: float) -> None:
        """Waits until no process has an old copy of the spread, nor works with one."""
        await super().wait(min(seconds, CAUTION * self.limits.spread_seconds))
        await self._seen.all_ended()


@dataclass
class Load:
    """What clients do while rooms move."""

    grown: Grown
    seed: int
    writers: int = 4
    requests: int = 300
    """After at most so many requests, who moves rooms is killed."""
    seen: Seen = field(default_factory=Seen)
    refused: list[float] = field(default_factory=list)
    """For how many seconds changes of each digit that moved were refused."""
    killed: int = 0

    async def run(self, steps: Sequence[str], kills: int = 0) -> list[str]:
        """Moves digits until they are in the accounts of each step, and returns what was wrong.

        Args:
            kills: how often who moves them is killed in each step.
        """
        random, over = Random(self.seed), asyncio.Event()
        async with AsyncExitStack() as stack:
            processes = [
                await stack.enter_async_context(self.grown.process()) for _ in range(PROCESSES)
            ]

            def client[T: Client](kind: type[T]) -> T:
                return kind(processes, Random(random.random()), self.seen)

            writers = [client(Writer) for _ in range(self.writers)]
            for writer in writers:
                for _ in range(3):
                    await writer.step()
            lister = client(Lister)
            lister.writers = writers
            followers = [
                Follower(None),
                *(Follower(writer.rooms[0].id) for writer in writers[:FOLLOWED]),
            ]
            async with asyncio.TaskGroup() as group:
                for writer in writers:
                    group.create_task(writer.run(over))
                group.create_task(lister.run(over))
                for each in followers:
                    group.create_task(follow(each, client(Client), over))
                try:
                    for accounts in steps:
                        await self._move(accounts, kills, random)
                finally:
                    over.set()
            for writer in writers:
                for room in writer.rooms:
                    await writer.check(room)
            await lister.list()
        return [*self.seen.problems, *await self._problems(followers)]

    async def _move(self, accounts: str, kills: int, random: Random) -> None:
        """Moves digits, by processes each of which is killed after some requests, but the last."""
        for number in range(kills + 1):
            life = Life()
            if number < kills:
                life.dies_at(random.randrange(self.requests), behind=random.random() < 0.5)
            ahead = number * round(HOLD_SECONDS * SECOND)

            def clock(ahead: Ticks = ahead) -> Ticks:
                return now() + ahead

            with suppress(Killed):
                await self.grown.grow(accounts, life, self._mover(clock))
            self.killed += life.dead

    def _mover(self, clock: Callable[[], Ticks]) -> Callable[[Sequence[TableClient]], Mover]:
        return lambda clients: Mover(self.seen, clients, clock, self.grown.limits, self._tell)

    def _tell(self, progress: Progress) -> None:
        if progress.refused_seconds is not None:
            self.refused.append(progress.refused_seconds)

    async def _problems(self, followers: Sequence[Follower]) -> list[str]:
        try:
            stored = stored_rooms(await self.grown.rows())
        except AssertionError as error:
            return [str(error)]
        return list(wrongly_followed(followers, stored))
