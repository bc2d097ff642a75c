"""The spread of rooms over storage accounts, as one process knows it."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable

from rooms.domain.limits import LIMITS
from rooms.storage.errors import AccountsMissing, StorageUnavailable
from rooms.storage.single_flight import SingleFlight, error_is_known
from rooms.storage.spread import Spread

_log = logging.getLogger(__name__)

WAIT_SECONDS = 1.0
"""Seconds that requests wait for a spread that was known before. An account that is well has
answered then."""


class KnownSpread:
    """A copy of the spread, at most `seconds` old when it is used. It is read again in the
    background when half of that time is over.

    A process with one account in its settings does not read it, until a floor says that the spread
    has changed.

    Args:
        read: reads the spread. Raises StorageUnavailable.
        accounts: how many the settings name.
    """

    def __init__(
        self,
        read: Callable[[], Awaitable[Spread]],
        accounts: int,
        seconds: float = LIMITS.spread_seconds,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._read = read
        self._accounts = accounts
        self._seconds = seconds
        self._monotonic = monotonic
        self._is_read = accounts > 1
        self._asked_at: float | None = None
        self._reads = SingleFlight(self._read_now)
        self._refreshing: asyncio.Task[Spread] | None = None
        self._is_late = False
        """Whether somebody has waited in vain for the read that is under way."""
        self.known = Spread()
        """As it was read last, however long ago."""

    async def current(self) -> Spread:
        """Returns the spread. No request while the copy is young."""
        if not self._is_read:
            return self.known
        now = self._monotonic()
        if self._asked_at is None:
            return await self.anew()
        if now >= self._asked_at + self._seconds:
            return await self._anew_soon()
        if now >= self._asked_at + self._seconds / 2:
            self._refresh()
        return self.known

    async def last(self) -> Spread:
        """Returns the spread as it was read last, however long ago. One request if it never was."""
        is_known = self._asked_at is not None or not self._is_read
        return self.known if is_known else await self.anew()

    async def settled(self) -> Spread:
        """Returns the spread, as of now if a digit may be in another account at any moment."""
        spread = await self.current()
        return await self.anew() if spread.may_switch else spread

    async def anew(self) -> Spread:
        """Returns the spread as it is now. One request, for all who ask at the same time.

        Raises:
            AccountsMissing: the settings name too few accounts.
            StorageUnavailable: it cannot be read.
        """
        await self._reads.get("")
        return self.known

    async def learn(self, version: int) -> None:
        """Takes in that the spread has this version, or a later one. One request if that is news.

        Raises what `anew` raises.
        """
        if version > self.known.version:
            self._is_read = True
            await self.anew()
            if version > self.known.version:
                _log.error("storage: the row of the spread is lost: it had version %d", version)
                raise StorageUnavailable

    async def _anew_soon(self) -> Spread:
        """Returns the spread as it is now, unless that takes long: who needs rooms of other
        accounts than the first need not wait for it."""
        if self._is_late:
            self._refresh()
            raise StorageUnavailable
        try:
            async with asyncio.timeout(WAIT_SECONDS):
                return await self.anew()
        except TimeoutError:
            self._is_late = True
            raise StorageUnavailable from None

    def _refresh(self) -> None:
        """Lets the spread be read again, while nobody waits for it."""
        if self._refreshing is None:
            self._refreshing = asyncio.create_task(self.anew())
            self._refreshing.add_done_callback(self._is_refreshed)

    async def _read_now(self, _: str) -> None:
        asked_at = self._monotonic()
        try:
            spread = await self._read()
        finally:
            self._is_late = False
        if spread.count > self._accounts:
            error = AccountsMissing(spread.count, self._accounts)
            _log.error("storage: %s", error)
            raise error
        if spread.version < self.known.version:
            _log.error("storage: the row of the spread has gone back to version %d", spread.version)
            raise StorageUnavailable
        self.known, self._asked_at = spread, asked_at

    def _is_refreshed(self, task: asyncio.Task[Spread]) -> None:
        self._refreshing = None
        error_is_known(task)
