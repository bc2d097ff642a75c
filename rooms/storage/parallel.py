"""Several requests to the storage at the same time."""

import asyncio
from collections.abc import Coroutine, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

AT_ONCE = 16
"""Requests at the same time, at most. The client uses one core, so more would only wait."""


async def in_parallel[T](work: Iterable[Coroutine[Any, Any, T]], at_once: int = AT_ONCE) -> list[T]:
    """Returns the results of all, in their order. Runs so many at a time.

    When one fails, the others are cancelled, and its error is raised.
    """
    free = asyncio.Semaphore(at_once)

    async def one(each: Coroutine[Any, Any, T]) -> T:
        async with free:
            return await each

    coroutines = list(work)
    try:
        with _first_error():
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(one(each)) for each in coroutines]
    finally:
        for each in coroutines:
            each.close()  # else Python warns of those that never began
    return [task.result() for task in tasks]


async def both[A, B](one: Coroutine[Any, Any, A], other: Coroutine[Any, Any, B]) -> tuple[A, B]:
    """Returns the results of two reads at the same time. When one fails, the other is cancelled."""
    with _first_error():
        async with asyncio.TaskGroup() as group:
            first, second = group.create_task(one), group.create_task(other)
    return first.result(), second.result()


@contextmanager
def _first_error() -> Iterator[None]:
    """Raises the first error of a task group instead of the group."""
    try:
        yield
    except BaseExceptionGroup as failed:
        error = failed.exceptions[0]
        raise error from error.__cause__
