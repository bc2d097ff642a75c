"""One read for several who ask the same at the same time."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from weakref import WeakValueDictionary


class SingleFlight[T]:
    """Carries out a read once for all who wait for it. It begins after each of them has asked."""

    def __init__(self, read: Callable[[str], Awaitable[T]]) -> None:
        self._read = read
        self._one_at_a_time: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._next: dict[str, asyncio.Task[T]] = {}

    async def get(self, key: str) -> T:
        """Returns the result of `read` for `key`."""
        task = self._next.get(key)
        if task is None:
            task = self._next[key] = asyncio.create_task(self._after_the_one_before(key))
            task.add_done_callback(error_is_known)
        return await asyncio.shield(task)  # who waits no longer must not end it for the others

    async def _after_the_one_before(self, key: str) -> T:
        async with self._one_at_a_time.setdefault(key, asyncio.Lock()):
            del self._next[key]
            return await self._read(key)


def error_is_known(task: asyncio.Task[Any]) -> None:
    """Takes the error, which asyncio would log as never retrieved if nobody waits any longer."""
    if not task.cancelled():
        task.exception()
