"""The sync and the async client of an SDK, used alike."""

import asyncio
import inspect
from collections.abc import AsyncIterable, Callable, Iterator
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class EitherClient:
    """Either client: what it answers is awaited, lists are read to their end."""

    client: Any
    runner: asyncio.Runner

    def __getattr__(self, method: str) -> Callable[..., Any]:
        return lambda *args, **options: self.runner.run(
            _finished(getattr(self.client, method), *args, **options)
        )


async def _finished(method: Callable[..., Any], *args: Any, **options: Any) -> Any:
    result = method(*args, **options)
    if isinstance(result, AsyncIterable):
        return [item async for item in result]
    if isinstance(result, Iterator):
        return list(result)
    return await result if inspect.isawaitable(result) else result
