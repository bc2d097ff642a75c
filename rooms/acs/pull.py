"""Reads a room at ACS, and makes what is here of it the same. Nothing else adopts what ACS has."""

import asyncio
import logging
import math
from collections.abc import Callable
from typing import Literal

from rooms.acs.errors import AcsError, NoAnswerOfAcs, Refused
from rooms.acs.recent import Recent
from rooms.acs.rooms_api import RoomAtAcs, RoomsApi
from rooms.domain.errors import TooManyParticipants
from rooms.domain.limits import LIMITS, Limits
from rooms.domain.log import SEEN_BY_PULL
from rooms.domain.room import is_room_id
from rooms.domain.time import SECOND, Ticks
from rooms.log_text import error_text
from rooms.storage.adoption import Adoption, Copy
from rooms.storage.creation import Seen
from rooms.storage.errors import StorageError
from rooms.storage.marks import Mark, Marks
from rooms.storage.operations import Conflict
from rooms.storage.pull_state import PullStates
from rooms.storage.single_flight import SingleFlight

_log = logging.getLogger(__name__)

type Outcome = Literal[
    "adopted",
    "changed",
    "same",
    "buried",
    "unknown",
    "own",
    "over",
    "deletedHere",
    "left",
    "notUnderstood",
]
"""What became of a pull.

adopted, changed, buried: what is here was written; it is gone at ACS if it was buried.
same: nothing differs.
unknown: the room is neither here nor at ACS.
own: its calls do not run at ACS any more, so ACS has no say.
over: ACS has dropped it after its end. Here it stays as long as the settings say.
deletedHere: it was deleted here, and is not revived.
left: ACS may be read late, a change is under way, or one came between. Another pull will tell. Or
    another resource is set than that of the rooms.
notUnderstood: what ACS has is no room or roster that this service knows, or it is another room.
"""


class Pull:
    """Pulls rooms. One for the whole process, which remembers a little of them."""

    def __init__(
        self,
        rooms_at_acs: RoomsApi,
        adoption: Adoption,
        marks: Marks,
        states: PullStates,
        clock: Callable[[], Ticks],
        limits: Limits = LIMITS,
    ) -> None:
        self._rooms_at_acs = rooms_at_acs
        self._adoption = adoption
        self._marks = marks
        self._states = states
        self._clock = clock
        self._limits = limits
        self._here = Recent(math.inf, limits.remembered_rooms)
        self._unknown = Recent(limits.unknown_seconds, limits.remembered_rooms)
        self._pulled = Recent(limits.fresh_seconds, limits.remembered_rooms)
        self._finding = SingleFlight(self._find)
        self._refreshing = SingleFlight(self._refresh)

    async def room(self, room_id: str) -> Outcome:
        """Pulls a room. Two requests to the storage, one more if something is written, two more if
        the room is gone. Two to ACS, more for a roster of several pages, none for what does not
        follow ACS.

        Raises:
            AcsError, StorageUnavailable: nothing was written.
        """
        return await self._follow(room_id, await self._adoption.copy(room_id))

    async def find(self, room_id: str) -> bool:
        """Returns whether a room that was not here a moment ago is here now: ACS is asked for it.

        Those who look for the same room at the same time ask once. What ACS does not know is not
        asked for again by this process for `Limits.unknown_seconds`.

        Raises:
            AcsError, StorageUnavailable: it is not known.
        """
        if not is_room_id(room_id) or room_id in self._unknown:
            return False
        return await self._finding.get(room_id)

    async def heard_of(self, room_id: str) -> None:
        """Finds a room of which an event came, if it is not here. One request to the storage if it
        is; none if this process knows that. Raises nothing, and takes `Limits.pull_seconds` at
        most: what fails is found by the timer."""
        if not is_room_id(room_id) or room_id in self._here:
            return
        try:
            async with asyncio.timeout(self._limits.pull_seconds):
                if await self._adoption.is_here(room_id):
                    self._here.add(room_id)
                else:
                    await self.find(room_id)
        except (AcsError, StorageError, TimeoutError) as error:
            _log.warning(
                "ACS: the room %s of an event was not found: %s", room_id, error_text(error)
            )

    async def fresh(self, room_id: str) -> None:
        """Pulls a room that this process has not pulled for `Limits.fresh_seconds`. Raises nothing,
        and takes `Limits.pull_seconds` at most: if ACS does not answer, what is here counts."""
        if not is_room_id(room_id) or room_id in self._pulled:
            return
        try:
            async with asyncio.timeout(self._limits.pull_seconds):
                await self._refreshing.get(room_id)
        except (AcsError, StorageError, TimeoutError) as error:
            _log.warning("ACS: the room %s is as it was here: %s", room_id, error_text(error))

    async def _find(self, room_id: str) -> bool:
        copy = await self._adoption.copy(room_id)
        if copy is not None:
            self._here.add(room_id)
            return not copy.deleted
        if room_id in self._unknown:
            return False
        try:
            outcome = await self._follow(room_id, None)
        except Refused as refused:
            if refused.answer.status != 400:  # for ids that ACS does not make
                raise
            outcome = "unknown"
        if outcome == "notUnderstood":
            raise NoAnswerOfAcs
        if outcome == "unknown":
            self._unknown.add(room_id)
            return False
        self._here.add(room_id)
        return True

    async def _refresh(self, room_id: str) -> None:
        if room_id in self._pulled:  # by who asked just before
            return
        try:
            if await self.room(room_id) == "unknown":
                self._unknown.add(room_id)
        finally:  # an ACS that does not answer is not asked for each person who joins
            self._pulled.add(room_id)

    async def _follow(self, room_id: str, copy: Copy | None) -> Outcome:
        if copy is not None and not copy.deleted:
            if copy.room.carrier == "own":
                return "own"
            if self._clock() < copy.changed_at + self._limits.quiet_seconds * SECOND:
                return "left"
        try:
            if copy is not None and copy.deleted:
                await self._adoption.dismiss(room_id, await self._marks.over(room_id) or [])
                return "deletedHere"
            there = await self._rooms_at_acs.get(room_id)
            if copy is None:
                return await self._adopted(room_id, there)
            # Only now: whatever ACS has of a change under way has its mark.
            marks = await self._marks.over(room_id)
            if marks is None:
                return "left"
            if there is None:
                return await self._buried(copy, marks)
            if there.room.created_at != copy.room.created_at:
                return "notUnderstood"
            changed = await self._adoption.follow(copy, there.room, there.roster, marks)
        except Conflict:
            return "left"
        except (NoAnswerOfAcs, TooManyParticipants):
            return "notUnderstood"
        return "changed" if changed else "same"

    async def _adopted(self, room_id: str, there: RoomAtAcs | None) -> Outcome:
        if there is None:
            await self._adoption.dismiss(room_id, await self._marks.over(room_id) or [])
            return "unknown"
        seen = Seen(self._clock(), SEEN_BY_PULL)
        await self._adoption.adopt(there.room, there.roster, seen=seen)
        return "adopted"

    async def _buried(self, copy: Copy, marks: list[Mark]) -> Outcome:
        if not any(mark.deletes for mark in marks):
            if copy.room.valid_until <= self._clock():
                await self._adoption.dismiss(copy.room.id, marks)
                return "over"
            if not await self._states.is_of_resource():
                return "left"
        await self._adoption.bury(copy, marks)
        return "buried"
