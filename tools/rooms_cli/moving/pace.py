"""How fast ACS is asked."""

import threading
import time
from collections.abc import Callable

REST_SECONDS = 2.0
"""How long nobody asks after a 429 that names no time."""

_SLOWEST = 0.1
_REGAINED = 0.01
"""The part of the wanted rate that each answer gives back after a 429."""


class Stopped(Exception):
    """The command ends: nobody waits any more."""


class Pace:
    """Lets requests to ACS through, `rate` a second at most, whichever thread sends them."""

    def __init__(self, rate: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._wanted = self.rate = rate
        self._clock = clock
        self._next = clock()
        self._paused_until = self._next
        self._lock = threading.Lock()
        self._stopped = threading.Event()

    def wait(self) -> None:
        """Returns when a request may be sent.

        Raises:
            Stopped: `stop` was called.
        """
        while (seconds := self._seconds_left()) > 0:
            if self._stopped.wait(seconds):
                raise Stopped

    def sleep(self, seconds: float) -> None:
        """Waits before something is tried again. Raises Stopped."""
        if self._stopped.wait(seconds):
            raise Stopped

    def answered(self) -> None:
        """Takes note of an answer that is no 429: what a 429 took away comes back little by
        little."""
        with self._lock:
            self.rate = min(self._wanted, self.rate + self._wanted * _REGAINED)

    def throttled(self, seconds: float) -> bool:
        """Lets nothing through for so long, and then half as much as before. Returns whether it
        was not pausing already: several requests may be refused at once."""
        with self._lock:
            now = self._clock()
            begins = now >= self._paused_until
            if begins:
                self.rate = max(_SLOWEST, self.rate / 2)
            self._paused_until = max(self._paused_until, now + seconds)
            self._next = max(self._next, self._paused_until)
            return begins

    def stop(self) -> None:
        """Ends all waiting."""
        self._stopped.set()

    def _seconds_left(self) -> float:
        """Returns how long the next request has to wait. Takes its turn, if it has not."""
        with self._lock:
            now, interval = self._clock(), 1 / self.rate
            if now < self._next:
                return self._next - now
            # What woke up late may make up for it, by one request at most.
            self._next = max(self._next, now - interval) + interval
            return 0
