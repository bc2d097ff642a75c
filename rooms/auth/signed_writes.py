"""The signed writes that this process has carried out, so that nobody can send them again."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from rooms.auth.errors import Denied

CLOCK_SKEW = timedelta(minutes=5)
"""How far a signed time may be off."""

GRACE = timedelta(seconds=5)
"""Time after a write in which the same signature may come again. A signed time has whole seconds,
so two equal writes in one second have one signature; and a client may not have got its answer."""


@dataclass(frozen=True, slots=True)
class _Write:
    at: datetime
    repeatability_id: str


class SignedWrites:
    """The writes of the time in which their signatures are good, at most `limit` of them."""

    def __init__(self, now: Callable[[], datetime], limit: int) -> None:
        self._now = now
        self._limit = limit
        self._writes: dict[bytes, _Write] = {}
        """By signature, in the order in which they were first carried out."""

    def check(self, signature: bytes, repeatability_id: str) -> None:
        """Raises Denied if a write with this signature was carried out before the grace time, and
        doing it again would change something."""
        write = self._writes.get(signature)
        if write is None or (ago := self._now() - write.at) <= GRACE:
            return
        if not (write.repeatability_id and write.repeatability_id == repeatability_id):
            raise Denied(
                f"a replay: a write with this signature was carried out {ago.total_seconds():.0f} "
                "s ago"
            )

    def add(self, signature: bytes, repeatability_id: str) -> None:
        """Remembers a write that was carried out.

        Args:
            repeatability_id: the id by which the service knows it, if it comes again, or an empty
                text.
        """
        now = self._now()
        while self._writes:
            oldest = next(iter(self._writes))
            # A signed time may be as far ahead as it may be behind.
            if len(self._writes) < self._limit and now - self._writes[oldest].at <= 2 * CLOCK_SKEW:
                break
            del self._writes[oldest]
        self._writes.setdefault(signature, _Write(now, repeatability_id))
