"""A run that moves digits: its lease, its fences, and what it waits for."""

import asyncio
import time
import uuid
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

from azure.core.exceptions import AzureError
from azure.data.tables.aio import TableClient

from rooms.domain.limits import LIMITS, Limits
from rooms.domain.time import Ticks
from rooms.storage.accounts import partitions_in
from rooms.storage.growth.errors import TakenOver, Unsure
from rooms.storage.growth.fence import Fence
from rooms.storage.growth.progress import Counts, Doing, Progress, Tell
from rooms.storage.growth.state import HOLD_SECONDS, State, StateRow
from rooms.storage.parallel import in_parallel
from rooms.storage.spread import Spread


class Run:
    """A run, over the table in each account by its number. Raises TakenOver if another run has
    taken over; AzureError and Unsure if it must begin a step again."""

    def __init__(
        self,
        clients: Sequence[TableClient],
        clock: Callable[[], Ticks],
        limits: Limits = LIMITS,
        tell: Tell = lambda _: None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.clients = clients
        self.clock = clock
        self.limits = limits
        self.monotonic = monotonic
        self.counts = Counts()
        self._tell = tell
        self._row = StateRow(clients[0], clock)
        self._renewing = asyncio.Lock()
        self._renew_at = self._changed_at = monotonic()

    @property
    def state(self) -> State:
        """Returns the state as this run knows it."""
        return self._row.state

    @property
    def spread(self) -> Spread:
        """Returns the spread as this run knows it."""
        return self._row.state.spread

    async def read(self) -> State:
        """Reads the state. One request."""
        return await self._row.read()

    async def hold(self) -> None:
        """Takes the lease, or renews it. Two requests.

        Raises:
            Held: another run has it.
            TakenOver: another run has had it since.
        """
        await self._row.hold()
        self._renew_at = self.monotonic() + HOLD_SECONDS / 3
        self._changed_at = self.monotonic()  # an earlier run may have changed it just now

    async def end(self) -> None:
        """Lets changes go on, if the run ends while they are refused, and gives the lease back: if
        this run has it, and the storage answers."""
        if not self._row.holds:
            return
        with suppress(AzureError, TakenOver, Unsure):
            if self.spread.phase == "frozen":
                await self.change(phase="closing")
            await self._row.release()

    async def alive(self) -> None:
        """Renews the lease, if a third of it is over."""
        async with self._renewing:
            if self.monotonic() >= self._renew_at:
                await self._write(self.state)

    async def change(self, state: State | None = None, **spread: Any) -> None:
        """Writes the next version of the spread, with these fields. One request."""
        changed = replace(self.spread, version=self.spread.version + 1, **spread)
        async with self._renewing:
            await self._write(replace(state or self.state, spread=changed))
        self._changed_at = self.monotonic()

    async def note(self, state: State) -> None:
        """Writes the state, with the same spread. One request."""
        async with self._renewing:
            await self._write(state)

    async def wait(self, seconds: float) -> None:
        """Waits until so many seconds are over since the spread was changed, or may have been."""
        while (left := self._changed_at + seconds - self.monotonic()) > 0:
            await self.alive()
            await asyncio.sleep(min(left, 1.0))

    async def fences(self, accounts: Sequence[int]) -> list[list[Fence]]:
        """Takes over the partitions of these accounts, by account: no other run, and no request of
        this one that was under way, writes there any more. Two requests a partition, and one."""
        token, move = uuid.uuid4().hex, str(self.spread.version)
        taken = [
            [
                Fence(self.clients[account], partition, token, move)
                for partition in partitions_in(account)
            ]
            for account in accounts
        ]
        await in_parallel(fence.take() for fences in taken for fence in fences)
        # Another run that has the lease by now has its own fences, or will take these over.
        await self._row.check()
        return taken

    def tell(self, doing: Doing, digits: str, *between: int, refused: float | None = None) -> None:
        """Tells what is done now with these digits."""
        self._tell(Progress(doing, digits, between, self.counts, refused))

    async def _write(self, state: State) -> None:
        await self._row.write(state)
        self._renew_at = self.monotonic() + HOLD_SECONDS / 3


async def left(fences: Sequence[Sequence[Fence]]) -> None:
    """Removes fences, if the storage answers: others take them over anyway."""
    with suppress(AzureError):
        await in_parallel(fence.leave() for some in fences for fence in some)
