"""Runs coroutines concurrently."""

import asyncio
from collections.abc import Coroutine
from typing import Any


async def together[T](*work: Coroutine[Any, Any, T]) -> list[T]:
    """Returns all results. If one fails, cancels the others and raises that failure."""
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(each) for each in work]
    except BaseExceptionGroup as failures:
        raise failures.exceptions[0] from None
    return [task.result() for task in tasks]
