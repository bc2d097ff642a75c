"""The move of one digit, from wherever an earlier run left it."""

from rooms.domain.time import Ticks
from rooms.storage.growth.floors import raise_floor
from rooms.storage.growth.partition_move import PartitionMove
from rooms.storage.growth.plan import with_digit
from rooms.storage.growth.progress import Doing
from rooms.storage.growth.run import Run, left
from rooms.storage.parallel import both, in_parallel

SHORT_JOURNAL = 100
"""Rows of the journal, of all partitions, that are few enough to go on."""

JOURNAL_ROUNDS = 20
"""How often the journal is applied to make it short. If it does not get short, there are too many
changes, and the rest takes as long as it takes."""

CAUTION = 1.1
"""How much longer than a copy of the spread is used is waited: clocks do not run alike."""


class DigitMove:
    """The move of the digit that moves by the state of the run. Raises what Run and Fence raise."""

    def __init__(self, run: Run) -> None:
        spread = run.spread
        assert spread.moving is not None
        self._run = run
        self._digit = spread.moving
        self._accounts = int(spread.accounts[int(spread.moving)]), spread.to
        self._parts: list[PartitionMove] = []

    async def go_on(self) -> None:
        """Moves the digit. When it ends, rooms of the digit are in the other account, and the rows
        that it leaves behind are noted."""
        run = self._run
        fences = await run.fences(self._accounts)
        self._parts = [
            PartitionMove(source, target, self._digit, run.counts, run.alive)
            for source, target in zip(*fences, strict=True)
        ]
        await self._raise_floors()
        if run.spread.phase == "copying":
            await self._copy()
            await run.change(phase="closing")
        if run.spread.phase == "closing":
            await self._close()
            await run.change(phase="frozen")
        await self._switch()
        await left(fences)

    async def _copy(self) -> None:
        run = self._run
        if any(part.source.copied is None for part in self._parts):
            self._tell("preparing")
            await run.wait(run.limits.settle_seconds)
            await in_parallel(part.source.note("") for part in self._parts)
        self._tell("copying")
        await in_parallel(part.copy() for part in self._parts)
        for _ in range(JOURNAL_ROUNDS):
            if await self._apply_journal() <= SHORT_JOURNAL:
                return

    async def _close(self) -> None:
        run = self._run
        self._tell("closing")
        await run.wait(CAUTION * run.limits.spread_seconds)
        await self._apply_journal()

    async def _switch(self) -> None:
        run, (source, target) = self._run, self._accounts
        self._tell("frozen")
        began = run.monotonic()
        floors = await self._raise_floors()
        await in_parallel(
            self._end(part, floor) for part, floor in zip(self._parts, floors, strict=True)
        )
        await run.change(
            run.state.with_left(source, self._digit),
            accounts=with_digit(run.spread.accounts, self._digit, target),
            moving=None,
            to=0,
            phase=None,
        )
        self._tell("moved", refused=run.monotonic() - began)

    async def _end(self, part: PartitionMove, floor: Ticks) -> None:
        """Copies the last changes, and raises the floor of the target above that of the source."""
        run = self._run
        await both(
            part.apply_journal(whole=True),
            raise_floor(
                part.target.client, part.target.partition, run.spread.version, run.clock, floor
            ),
        )

    async def _raise_floors(self) -> list[int]:
        """Raises the floors of the source: who writes there from now on knows the spread."""
        run = self._run
        return await in_parallel(
            raise_floor(part.source.client, part.source.partition, run.spread.version, run.clock)
            for part in self._parts
        )

    async def _apply_journal(self, *, whole: bool = False) -> int:
        return sum(await in_parallel(part.apply_journal(whole=whole) for part in self._parts))

    def _tell(self, doing: Doing, refused: float | None = None) -> None:
        self._run.tell(doing, self._digit, *self._accounts, refused=refused)
