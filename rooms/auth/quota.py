"""How much each caller may ask of this process."""

import math
from collections.abc import Callable

from rooms.auth.errors import TooManyRequests
from rooms.settings.quota import Quota

_SECOND = 1_000_000_000
"""In nanoseconds."""

_KEPT = 1_000
"""Callers after which those are forgotten who have their whole burst again."""


class Requests:
    """The requests of each caller. Each may send a burst at once, and then so many a second."""

    def __init__(self, quota: Quota, nanoseconds: Callable[[], int]) -> None:
        self._gap = _SECOND // quota.rate
        self._burst = quota.burst * self._gap
        self._nanoseconds = nanoseconds
        self._free: dict[str, int] = {}
        """When each caller has their whole burst again."""

    def take(self, name: str) -> None:
        """Counts a request of a caller. Raises TooManyRequests: it is not counted."""
        now = self._nanoseconds()
        free = max(self._free.get(name, now), now) + self._gap
        if (early := free - now - self._burst) > 0:
            raise TooManyRequests(name, math.ceil(early / _SECOND))
        if name not in self._free and len(self._free) >= _KEPT:
            self._free = {other: at for other, at in self._free.items() if at > now}
        self._free[name] = free
