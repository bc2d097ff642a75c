"""How fast ACS is asked in the background: evenly, and slower while it throttles."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping

from rooms.acs.answer import AcsAnswer
from rooms.acs.errors import AcsRefusesUs, Refused
from rooms.acs.rooms_api import Sender
from rooms.domain.time import SECOND, Ticks

_log = logging.getLogger(__name__)

_SLOWEST: Ticks = 2 * SECOND
"""Between two requests, however often ACS throttles: each run comes a little further."""

type Sleep = Callable[[float], Awaitable[None]]


class TimeIsUp(Exception):
    """A request would have its turn only when the time of the run is over."""


class Pace:
    """The turns of requests in the background, of which no two are closer than the rate allows.

    An answer that throttles pauses them for as long as ACS asks for, and halves the rate until
    `came_through` says that a pass has come to its end.
    """

    def __init__(
        self, per_second: int, clock: Callable[[], Ticks], sleep: Sleep = asyncio.sleep
    ) -> None:
        self._clock = clock
        self._sleep = sleep
        self._between_at_best: Ticks = SECOND // per_second
        self._between = self._between_at_best
        self._next: Ticks = 0
        self._deadline: Ticks = 0
        self.throttled_until: Ticks = 0
        """Nobody has a turn before this time."""

    def begin(self, deadline: Ticks, throttled_until: Ticks) -> None:
        """Lets turns be taken until `deadline`, but none before ACS wants to be asked again, as far
        as another process knows."""
        self._deadline = deadline
        self.throttled_until = max(self.throttled_until, throttled_until)

    async def turn(self) -> None:
        """Waits for the turn of a request. Raises TimeIsUp at once if it is behind the
        deadline."""
        while True:
            now = self._clock()
            at = max(now, self._next, self.throttled_until)
            if at >= self._deadline:
                raise TimeIsUp
            self._next = at + self._between
            if at > now:
                await self._sleep((at - now) / SECOND)
            if self.throttled_until <= at:
                return

    @property
    def per_second(self) -> int:
        """Returns how many requests there are in a second, at least one."""
        return max(SECOND // self._between, 1)

    def throttle(self, seconds: int) -> None:
        """Pauses for so many seconds, and slows down."""
        self.throttled_until = max(self.throttled_until, self._clock() + seconds * SECOND)
        self._between = min(2 * self._between, _SLOWEST)
        _log.warning("moving: ACS throttles, so the next request is in %d s", seconds)

    def came_through(self) -> None:
        """Goes on at the full rate."""
        self._between = self._between_at_best


class PacedResource:
    """A resource that is asked at a pace. A request that ACS throttles is sent again after the
    pause: all of them only read."""

    def __init__(self, resource: Sender, pace: Pace) -> None:
        self._resource = resource
        self._pace = pace

    async def send(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes
    ) -> AcsAnswer:
        """Sends a request in its turn, as Resource does. Raises TimeIsUp if that is too late."""
        while True:
            await self._pace.turn()
            answer = await self._resource.send(method, target, headers, body)
            pause = Refused(answer).retry_after
            if pause is None:
                return answer
            self._pace.throttle(pause)

    def refused(self) -> AcsRefusesUs:
        """Returns the error for an answer that refuses us, as Resource does."""
        return self._resource.refused()
