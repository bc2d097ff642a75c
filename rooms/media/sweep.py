"""Looks at all calls that the media server has.

This is what ends the call of a room that closes, and what corrects all that went wrong before.
Nothing is scheduled, so nothing can be lost.
"""

import asyncio
import logging
import random
from collections.abc import Sequence

from rooms.domain.connection import CarriedCall, Connection
from rooms.domain.limits import LIMITS, Limits
from rooms.media.carrier import Carrier
from rooms.media.errors import MediaError
from rooms.media.reconciler import Reconciler
from rooms.storage.errors import StorageError

_log = logging.getLogger(__name__)

AT_ONCE = 10
"""Calls that are looked at at the same time."""


class Sweep:
    """The look at all calls, once a minute."""

    def __init__(self, media: Carrier, reconciler: Reconciler, limits: Limits = LIMITS) -> None:
        self._media = media
        self._reconciler = reconciler
        self._limits = limits

    async def run(self) -> None:
        """Corrects all calls, as far as the time of a run allows. The calls are in another order
        each time, so none is always left out. Raises nothing: what fails is logged."""
        try:
            async with asyncio.timeout(self._limits.sweep_seconds):
                await self._run()
        except MediaError:
            pass  # its client has logged it
        except TimeoutError:
            _log.error("media: the time was too short to look at all calls")

    async def _run(self) -> None:
        calls = await self._media.calls()
        random.shuffle(calls)
        await self._look_at(calls)

    async def _look_at(self, calls: Sequence[CarriedCall]) -> dict[str, list[Connection]]:
        """Corrects calls. Returns who was in each, by its id, without those that failed."""
        free = asyncio.Semaphore(AT_ONCE)
        found: dict[str, list[Connection]] = {}

        async def one(call: CarriedCall) -> None:
            async with free:
                try:
                    found[call.id] = await self._reconciler.reconcile(call)
                except (MediaError, StorageError) as error:
                    _log.warning("media: left the call of room %s: %s", call.room_id, error)
                except Exception:  # one call must not keep the others from being looked at
                    _log.exception("media: left the call of room %s", call.room_id)

        await asyncio.gather(*map(one, calls))
        return found
