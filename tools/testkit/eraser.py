"""Goes on with an erasure in a process of its own, which kills itself ahead of a write.

python -m testkit.eraser CONNECTION_STRING TABLE ERASURE WRITES
"""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence

from azure.data.tables.aio import TableClient

from rooms.domain.limits import Limits
from rooms.domain.time import now
from rooms.storage.entities import Entity
from rooms.storage.erasures import Erasures
from rooms.storage.operations import Operation
from rooms.storage.table import Table
from testkit.waiting import HANG_SECONDS


class MortalTable(Table):
    """A table whose process dies ahead of the write after so many. Those are carried out one after
    another: otherwise the last ones would be under way when it dies."""

    def __init__(self, client: TableClient, writes: int, die: Callable[[], None]) -> None:
        super().__init__(client)
        self._left = writes
        self._die = die
        self._one = asyncio.Lock()

    async def commit(self, operations: Sequence[Operation], needed: Entity | None = None) -> None:
        async with self._one:
            self._live()
            await super().commit(operations, needed)

    async def rewrite(self, operations: Sequence[Operation], needed: Entity | None = None) -> None:
        async with self._one:
            self._live()
            await super().rewrite(operations, needed)

    def _live(self) -> None:
        if self._left == 0:
            self._die()
        self._left -= 1


def erase(connection_string: str, table: str, erasure: str, writes: int) -> bool:
    """Runs such a process. Returns whether it has lived to the end of the erasure."""
    line = [sys.executable, "-m", "testkit.eraser", connection_string, table, erasure, str(writes)]
    ended = subprocess.run(line, timeout=HANG_SECONDS, check=False)
    assert ended.returncode in (0, -signal.SIGKILL)
    return ended.returncode == 0


def _kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


async def _main(connection_string: str, table: str, erasure: str, writes: str) -> None:
    # Whoever comes after it need not wait until it is known to be dead.
    limits = Limits(erasure_hold_seconds=-HANG_SECONDS)
    async with TableClient.from_connection_string(connection_string, table) as client:
        erasures = Erasures(MortalTable(client, int(writes), _kill), now, limits)
        assert (await erasures.run(erasure, HANG_SECONDS)).is_done


if __name__ == "__main__":
    asyncio.run(_main(*sys.argv[1:]))
