"""Several requests to the storage at the same time."""

import asyncio
from collections.abc import Coroutine, Iterable
from typing import Any

AT_ONCE = 16
"""More would only wait for each other: one core does the work of the client."""


async def in_parallel[T](work: Iterable[Coroutine[Any, Any, T]]) -> list[T]:
    """The results of all, in their order. When one fails, the others are cancelled, and its error is raised."""
    free = asyncio.Semaphore(AT_ONCE)

    async def one(each: Coroutine[Any, Any, T]) -> T:
        async with free:
            return await each

    tasks = [asyncio.create_task(one(each)) for each in work]
    try:
        return await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
