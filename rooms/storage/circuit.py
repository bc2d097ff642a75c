"""Stops asking a storage that refuses requests, or does not answer.

Table Storage throttles a partition by itself, so what is refused in one is asked in the others. A
storage that does not answer is not asked at all. When the time is over, one request is let through
to try; the others go on to fail at once until it is answered.
"""

import logging
import math
import time
from collections.abc import Callable

from rooms.storage.errors import StorageUnavailable

_log = logging.getLogger(__name__)

FAILURES = 5
"""Requests in a row that are not answered, after which the storage is not asked."""

WAIT_SECONDS = 1.0
"""Seconds until one is let through to try, unless the storage names them."""

LONGEST_SECONDS = 300
"""Seconds that nothing is let through, at most, whatever the storage names."""

FORGOTTEN_SECONDS = 60.0
"""Seconds after which it is forgotten that nothing was let through, if nobody has asked since."""

STORAGE = ""
"""In the place of a partition: the whole storage."""


class Circuit:
    """Whether requests are let through to the storage account with that number, as one process
    knows it."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic, account: int = 0) -> None:
        self._monotonic = monotonic
        self._account = name_of(account)
        self._open: dict[str, float] = {}
        """Until when nothing is let through, by partition."""
        self._failures = 0
        self._refused: float | None = None

    @property
    def open_seconds(self) -> int | None:
        """Returns the seconds until the storage is asked again; None if it is asked."""
        if not self.is_open:
            return None
        return max(math.ceil(max(self._open.values()) - self._monotonic()), 0)

    @property
    def refused_seconds(self) -> float | None:
        """Returns how long ago the storage last refused a request, as there were too many."""
        return None if self._refused is None else self._monotonic() - self._refused

    @property
    def is_open(self) -> bool:
        """Returns whether some requests are not let through."""
        if self._open:
            now = self._monotonic()
            for scope, until in list(self._open.items()):
                if now > until + FORGOTTEN_SECONDS:
                    self._close(scope)
        return bool(self._open)

    def check(self, partition: str) -> None:
        """Checks that requests of this partition are let through.

        Raises:
            StorageUnavailable: they are not.
        """
        if self._open:
            now = self._monotonic()
            for scope in (STORAGE, partition):
                if (until := self._open.get(scope)) is not None:
                    raise StorageUnavailable(math.ceil(until - now))

    def due(self, partition: str) -> str | None:
        """Returns the partition, or STORAGE, of which one request may try now; None: of neither."""
        now = self._monotonic()
        scopes = [scope for scope in (STORAGE, partition) if scope in self._open]
        return scopes[0] if scopes and all(now >= self._open[scope] for scope in scopes) else None

    def answered(self, partition: str) -> None:
        """Notes that the storage has answered a request, whatever it said."""
        self._failures = 0
        if self._open:
            self._close(STORAGE)
            self._close(partition)

    def refused(self, partition: str, seconds: int) -> None:
        """Notes that the storage has refused a request, as there are too many, for some seconds."""
        self._failures = 0
        self._close(STORAGE)
        now = self._refused = self._monotonic()
        if partition not in self._open:
            _log.warning(
                "storage: refuses requests of the partition %s, for %d s: too many",
                partition,
                seconds,
            )
        self._open[partition] = now + min(seconds, LONGEST_SECONDS)

    def failed(self) -> None:
        """Notes that the storage has not answered a request, or that it failed."""
        self._failures += 1
        if self._failures < FAILURES:
            return
        if STORAGE not in self._open:
            _log.warning(
                "storage: %s%d requests in a row failed: until one is answered, all fail at once",
                self._account,
                self._failures,
            )
        self._open[STORAGE] = self._monotonic() + WAIT_SECONDS

    def _close(self, scope: str) -> None:
        if self._open.pop(scope, None) is not None:
            of = f" requests of the partition {scope}" if scope else ""
            _log.info("storage: %sanswers%s again", self._account, of)


def name_of(account: int) -> str:
    """Returns what a log line says of an account before the rest: nothing of the first one."""
    return f"account {account}: " if account else ""
