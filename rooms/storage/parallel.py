"""Several requests to the storage at the same time, and one for several who ask the same."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from inspect import CORO_CREATED, getcoroutinestate
from typing import Any
from weakref import WeakValueDictionary

AT_ONCE = 16
"""More would only wait for each other: one core does the work of the client."""


async def in_parallel[T](work: Iterable[Coroutine[Any, Any, T]]) -> list[T]:
    """The results of all, in their order. When one fails, the others are cancelled, and its error
    is raised."""
    free = asyncio.Semaphore(AT_ONCE)

    async def one(each: Coroutine[Any, Any, T]) -> T:
        async with free:
            return await each

    coroutines = list(work)
    tasks = [asyncio.create_task(one(each)) for each in coroutines]
    try:
        return await asyncio.gather(*tasks)
    finally:
        for task, each in zip(tasks, coroutines, strict=True):
            task.cancel()
            if (
                getcoroutinestate(each) == CORO_CREATED
            ):  # else Python warns that it was never awaited
                each.close()


class Shared[T]:
    """A read that is carried out once for all who wait for it. What they get was read after they
    had asked for it."""

    def __init__(self, read: Callable[[str], Awaitable[T]]) -> None:
        self._read = read
        self._one_at_a_time: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._next: dict[str, asyncio.Task[T]] = {}

    async def get(self, key: str) -> T:
        """What `read` gives for `key`."""
        task = self._next.get(key)
        if task is None:
            task = self._next[key] = asyncio.create_task(self._after_the_one_before(key))
            task.add_done_callback(_error_is_known)
        return await asyncio.shield(task)  # who waits no longer must not end it for the others

    async def _after_the_one_before(self, key: str) -> T:
        async with self._one_at_a_time.setdefault(key, asyncio.Lock()):
            del self._next[key]
            return await self._read(key)


def _error_is_known(task: asyncio.Task[Any]) -> None:
    """Where nobody waits any longer, asyncio would log the error as one that nobody has seen."""
    if not task.cancelled():
        task.exception()
