"""The run of the passes, once a minute."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress

from rooms.acs.errors import AcsError
from rooms.acs.pace import Pace, TimeIsUp
from rooms.acs.passes.full import compare_all
from rooms.acs.passes.head import look_at_head
from rooms.acs.passes.hot import HotRooms
from rooms.acs.passes.rosters import compare_rosters
from rooms.acs.passes.settle import settle
from rooms.acs.passes.work import Parts, Work
from rooms.domain.limits import LIMITS, Limits
from rooms.domain.time import SECOND, Ticks
from rooms.log_text import error_text
from rooms.settings.moving import Moving
from rooms.storage.errors import StorageError
from rooms.storage.pull_state import Pass, PullState

_log = logging.getLogger(__name__)

_MINUTE: Ticks = 60 * SECOND


class Passes:
    """All passes over the rooms at ACS. One for the whole process, which remembers a little."""

    def __init__(
        self,
        parts: Parts,
        pace: Pace,
        moving: Moving,
        clock: Callable[[], Ticks],
        limits: Limits = LIMITS,
    ) -> None:
        self._parts = parts
        self._pace = pace
        self._moving = moving
        self._clock = clock
        self._limits = limits
        self._hot = HotRooms()

    async def run(self) -> None:
        """Goes on with all passes, as far as the time of a run and the rate allow, unless another
        process does. What fails is logged, and is tried again by the next run.

        In turn: changes in doubt, rooms with a call, the beginning of ACS's list, all rooms, all
        rosters. Rooms with a call take half of the time at most.
        """
        seconds, overtime = self._limits.passes_seconds, self._limits.passes_overtime
        try:
            held = await self._parts.states.hold(seconds + 2 * overtime)
            if held is None:
                return
            state, asked = held
            try:
                async with asyncio.timeout(seconds + overtime):
                    await self._run(state, asked)
            finally:
                state.throttled_until = self._pace.throttled_until
                await self._parts.states.release(state)
        except TimeoutError:
            _log.error("moving: the time of a run was over in the midst of a step")
        except AcsError as error:
            _log.error("moving: stopped, as ACS does not do what it should: %s", error_text(error))
        except StorageError as error:
            _log.error("moving: no storage: %s", error_text(error))

    async def _run(self, state: PullState, asked: set[Pass]) -> None:
        if state.resource != self._parts.states.resource:
            _log.error(
                "moving: the rooms here are of the resource %s, and another one is set: nothing is "
                "done. Set it back; or delete the row .pull of the partition 0, to go on with the "
                "other one: the rooms that it does not know are then deleted here",
                state.resource,
            )
            return
        now = self._clock()
        deadline = now + round(self._limits.passes_seconds * SECOND)
        work = Work(
            parts=self._parts,
            pace=self._pace,
            clock=self._clock,
            limits=self._limits,
            state=state,
            asked=asked,
            began=now,
            makes_rooms=self._moving.mode == "through",
        )
        with suppress(TimeIsUp):
            self._pace.begin(deadline, state.throttled_until)
            await settle(work)
            self._pace.begin((now + deadline) // 2, 0)
            with suppress(TimeIsUp):
                await self._hot.pull(work)
            self._pace.begin(deadline, 0)
            await look_at_head(work)
            await compare_all(work, self._moving.full_minutes * _MINUTE)
            await compare_rosters(work)
