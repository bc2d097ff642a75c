"""Looks at all calls that the media server has.

This is what ends the call of a room that closes, and what corrects all that went wrong before.
Nothing is scheduled, so nothing can be lost.
"""

import asyncio
import logging
import random
from collections.abc import Callable, Sequence

from rooms.domain.connection import CarriedCall, Connection
from rooms.domain.limits import LIMITS, Limits
from rooms.domain.time import SECOND, Ticks
from rooms.media.carrier import Carrier
from rooms.media.errors import MediaError
from rooms.media.reconciler import Reconciler
from rooms.media.repair import Repair
from rooms.storage.errors import StorageError

_log = logging.getLogger(__name__)

AT_ONCE = 10
"""Calls that are looked at at the same time."""


_BETWEEN: Ticks = 120 * SECOND
"""Looks of one process with more time between them do not follow each other."""


class Silence:
    """From when on the server did not answer the looks of this process, which makes estimates
    better."""

    def __init__(self) -> None:
        self._first: Ticks = 0
        self._last: Ticks = 0

    def goes_on(self, at: Ticks) -> None:
        """Notes a look in vain."""
        self._first = self.since(at) or at
        self._last = at

    def since(self, at: Ticks) -> Ticks | None:
        """Returns when the first look in vain was, of those just before `at`, if there were any."""
        return self._first if at - self._last <= _BETWEEN else None


class Sweep:
    """The look at all calls, once a minute."""

    def __init__(
        self,
        media: Carrier,
        reconciler: Reconciler,
        repair: Repair,
        clock: Callable[[], Ticks],
        limits: Limits = LIMITS,
    ) -> None:
        self._media = media
        self._reconciler = reconciler
        self._repair = repair
        self._clock = clock
        self._limits = limits
        self._silence = Silence()

    async def run(self) -> None:
        """Corrects all calls, and inserts the events that were lost, as far as the time of a run
        allows. What fails is logged.

        The calls are in another order each time, so none is always left out.
        """
        try:
            async with asyncio.timeout(self._limits.sweep_seconds):
                await self._run()
        except MediaError:  # its client has logged it
            self._silence.goes_on(self._clock())
        except StorageError as error:
            _log.error("media: no storage: %s", error)
        except TimeoutError:
            _log.error("media: the time was too short to look at all calls")

    async def _run(self) -> None:
        calls = await self._media.calls()
        random.shuffle(calls)
        try:
            told = await self._repair.told()
        except StorageError:
            await self._look_at(calls)
            raise
        present = await self._look_at(calls)
        after = set(await self._media.calls())
        await self._repair.run(
            told,
            # Else the server was killed meanwhile, and has a call of the same room with others.
            {call: people for call, people in present.items() if call in after},
            after,
            self._silence.since(self._clock()),
        )
        self._silence = Silence()

    async def _look_at(self, calls: Sequence[CarriedCall]) -> dict[CarriedCall, list[Connection]]:
        """Corrects calls. Returns who was in each, without those that failed."""
        free = asyncio.Semaphore(AT_ONCE)
        present: dict[CarriedCall, list[Connection]] = {}

        async def one(call: CarriedCall) -> None:
            async with free:
                try:
                    present[call] = await self._reconciler.reconcile(call)
                except (MediaError, StorageError) as error:
                    _log.warning("media: left the call of room %s: %s", call.room_id, error)
                except Exception:  # one call must not keep the others from being looked at
                    _log.exception("media: left the call of room %s", call.room_id)

        await asyncio.gather(*map(one, calls))
        return present
