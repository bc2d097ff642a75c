"""Compares the clock of this process with that of the storage, by the Date of its answers."""

import logging
import time
from collections.abc import Callable
from email.utils import parsedate_to_datetime
from typing import Any

from rooms.domain.limits import LIMITS
from rooms.storage.errors import ClockWrong

_log = logging.getLogger(__name__)

_AGAIN_SECONDS = 600
"""Seconds after which the log warns again."""

_CHECK_SECONDS = 1.0
"""Seconds after which another answer is looked at."""


class ClockCheck:
    """How far the clock is ahead of the storage's."""

    def __init__(
        self,
        clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._clock = clock
        self._monotonic = monotonic
        self._looked = self._warned = -_AGAIN_SECONDS * 1.0
        self.ahead: float | None = None
        """Seconds, below zero if it is behind; None before the first answer."""

    def __call__(self, response: Any) -> None:
        """Looks at an answer of the storage: the raw_response_hook of a client."""
        now = self._monotonic()
        if self.is_wrong or now >= self._looked + _CHECK_SECONDS:
            self._looked = now
            self._compare(response.http_response.headers.get("Date"))

    @property
    def is_wrong(self) -> bool:
        """Returns whether the clocks are so far apart that nothing may be changed."""
        return self.ahead is not None and abs(self.ahead) >= LIMITS.clock_refused_seconds

    def error(self) -> ClockWrong:
        """Returns the error that says how far the clock is wrong."""
        return ClockWrong(round(self.ahead or 0))

    def _compare(self, date: str | None) -> None:
        try:
            storage = parsedate_to_datetime(date or "").timestamp()
        except ValueError:
            return
        self.ahead = self._clock() - storage
        told = self._looked < self._warned + _AGAIN_SECONDS
        if abs(self.ahead) >= LIMITS.clock_warning_seconds and not told:
            self._warned = self._looked
            _log.warning("storage: %s", self.error())
