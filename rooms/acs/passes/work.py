"""What all passes work with in a run, and the pulls of rooms that they found to differ."""

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Set
from dataclasses import dataclass, field

from rooms.acs.errors import AcsError
from rooms.acs.pace import Pace, TimeIsUp
from rooms.acs.pull import Outcome, Pull
from rooms.acs.rooms_api import RoomsApi
from rooms.domain.limits import Limits
from rooms.domain.room import Room
from rooms.domain.time import SECOND, Ticks
from rooms.log_text import error_text, escaped
from rooms.storage.adoption import Adoption
from rooms.storage.calls import Calls
from rooms.storage.errors import StorageError, StorageUnavailable
from rooms.storage.history import History
from rooms.storage.listed_rooms import ListedRooms
from rooms.storage.marks import Mark, Marks
from rooms.storage.pull_state import Named, Pass, PullState, PullStates

_log = logging.getLogger(__name__)

AT_ONCE = 10
"""Rooms that are looked at at the same time, at most."""

IN_A_ROW = 5
"""Rooms at which ACS fails, one after the other, before a run gives up."""

SAVE_EVERY: Ticks = 2 * SECOND
"""A run that is killed has so much to do again, at most."""

CREATED_BEFORE: Ticks = 5 * SECOND
"""A room that a create made may have been made so long before its mark, as ACS's clock tells."""

JUST_MADE: Ticks = 30 * SECOND
"""Rooms that were made so short a time before a look may be in the midst of being written here."""

type PullRoom = Callable[[str], Awaitable[Outcome]]


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of the service that passes use."""

    rooms_at_acs: RoomsApi
    pull: Pull
    adoption: Adoption
    marks: Marks
    states: PullStates
    history: History
    listed: ListedRooms
    calls: Calls


@dataclass
class Work:
    """What a run works with, and its state."""

    parts: Parts
    pace: Pace
    clock: Callable[[], Ticks]
    limits: Limits
    state: PullState
    asked: set[Pass]
    began: Ticks
    makes_rooms: bool
    """Whether rooms are made at ACS by requests to this service."""
    creates: list[Mark] = field(default_factory=list)
    """The creates that were under way when the run looked."""
    _saved: Ticks = 0
    _failed: int = 0

    @property
    def at_once(self) -> int:
        """Returns how many rooms are looked at at the same time: if they were more, each would take
        a turn of the run, and none come to its end."""
        return min(AT_ONCE, self.pace.per_second)

    async def save(self) -> None:
        """Writes the state, if it was written longer ago than SAVE_EVERY."""
        now = self.clock()
        if now >= self._saved + SAVE_EVERY:
            self._saved = now
            await self.parts.states.save(self.state)

    def is_left_to_its_create(self, created_at: Ticks) -> bool:
        """Returns whether a room that is not here, made then, may be of a create that is under
        way: that writes it with the actor of who asked."""
        if not self.makes_rooms:
            return False
        if created_at > self.began - JUST_MADE:  # its mark may be younger than the look at them
            return True
        return any(may_have_made(mark, created_at) for mark in self.creates)

    async def pulled(
        self,
        room_ids: Iterable[str],
        pull: PullRoom | None = None,
        past: Set[str] = frozenset(),
    ) -> dict[str, Outcome]:
        """Pulls rooms, in that order, and notes what has to be named. Returns what became of those
        that ACS and the storage let be pulled.

        Args:
            pull: what is done with each, if that is not only to pull it.
            past: rooms past their end. Upkeep deletes them here while they are still at ACS, so
                nobody has to be told.

        Raises:
            TimeIsUp, StorageUnavailable: some were left.
            AcsError: ACS failed at too many, one after the other.
        """
        free = asyncio.Semaphore(self.at_once)
        outcomes: dict[str, Outcome] = {}

        async def one(room_id: str) -> None:
            async with free:
                if self._failed >= IN_A_ROW:
                    return
                outcome = await self._pulled(room_id, pull or self.parts.pull.room)
            if outcome is not None:
                if outcome == "deletedHere" and room_id in past:
                    outcome = "over"
                outcomes[room_id] = outcome
                self.note(room_id, outcome)

        # Those that have begun come to their end, whatever becomes of the others.
        ends = await asyncio.gather(*map(one, room_ids), return_exceptions=True)
        for end in ends:
            if isinstance(end, BaseException):
                raise end
        return outcomes

    def note(self, room_id: str, outcome: Outcome) -> None:
        """Names a room to people, or no longer, by what became of its pull."""
        state = self.state
        if outcome == "notUnderstood":
            self.name(state.not_understood, room_id, "not understood, so it is left as it is here")
        else:
            state.not_understood.pop(room_id, None)
        if outcome == "buried":
            state.unclaimed.pop(room_id, None)
        if outcome in ("adopted", "changed", "buried"):
            _log.info("moving: the room %s: %s, as it is at ACS", room_id, outcome)

    def note_listed(self, outcomes: dict[str, Outcome]) -> None:
        """Names those of rooms that ACS lists which were deleted here. A pull does not tell whether
        ACS has such a room."""
        for room_id, outcome in outcomes.items():
            if outcome == "deletedHere":
                self.name(self.state.deleted_here, room_id, "deleted here, and still at ACS")

    def name(self, named: Named, room_id: str, what: str) -> None:
        """Puts a room onto a list for people. Logs it the first time."""
        if room_id not in named:
            _log.warning("moving: the room %s is %s", room_id, what)
            if len(named) >= self.limits.named_rooms:
                return
        named[room_id] = self.clock()

    async def _pulled(self, room_id: str, pull: PullRoom) -> Outcome | None:
        try:
            outcome = await pull(room_id)
        except (TimeIsUp, StorageUnavailable):
            raise
        except AcsError as error:
            self._failed += 1
            if self._failed >= IN_A_ROW:
                raise
            _log.warning("moving: left the room %s: %s", escaped(room_id), error_text(error))
            return None
        except StorageError as error:
            _log.error("moving: left the room %s: %s", escaped(room_id), error_text(error))
            return None
        except Exception:  # one room must not keep the others from being looked at
            _log.exception("moving: left the room %s", escaped(room_id))
            return None
        self._failed = 0
        return outcome


def may_have_made(mark: Mark, created_at: Ticks) -> bool:
    """Returns whether a room made then may be the one that this create asked for."""
    return mark.started_at - CREATED_BEFORE <= created_at <= mark.until + CREATED_BEFORE


def past_their_end(rooms: Iterable[Room], at: Ticks) -> Set[str]:
    """Returns the ids of the rooms that can be joined no longer."""
    return {room.id for room in rooms if room.valid_until <= at}


def differs(there: Room, here: Room | None) -> bool:
    """Returns whether a room at ACS is not here, or otherwise than here. A room whose calls do not
    run at ACS any more does not differ."""
    if here is None:
        return True
    if here.carrier == "own":
        return False
    return (there.valid_from, there.valid_until, there.pstn_dial_out_enabled) != (
        here.valid_from,
        here.valid_until,
        here.pstn_dial_out_enabled,
    )


def counted(outcomes: dict[str, Outcome]) -> Counter[Outcome]:
    """Returns how often each outcome came."""
    return Counter(outcomes.values())
