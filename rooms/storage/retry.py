"""Tries again, after a pause."""

import asyncio
import itertools
import random
from collections.abc import Awaitable, Callable, Iterator

_FIRST_DELAY = 0.1
_LONGEST_DELAY = 1.0


def backoff() -> Iterator[float]:
    """Yields seconds to wait before each further try, without end.

    They are random, as others may wait too, and longer each time.
    """
    for attempt in itertools.count():
        yield random.uniform(0, min(_LONGEST_DELAY, _FIRST_DELAY * 2 ** min(attempt, 10)))


async def retried[T](attempt: Callable[[], Awaitable[T]], error: type[Exception]) -> T:
    """Returns the result of `attempt`, which is tried again as long as it raises `error`.

    The caller bounds the time.
    """
    delays = backoff()
    while True:
        try:
            return await attempt()
        except error:
            await asyncio.sleep(next(delays))
