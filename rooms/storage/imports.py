"""Takes in rooms as they are, or were, at ACS. It can be repeated: what is here already stays."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from rooms.domain.limits import LIMITS, Limits
from rooms.domain.log import ACS_ACTOR
from rooms.domain.room import Room
from rooms.domain.roster import Roster, check_size
from rooms.domain.time import SECOND, Ticks
from rooms.storage.adoption import Adoption, Copy
from rooms.storage.changes import Origin
from rooms.storage.creation import Seen
from rooms.storage.drift import followed
from rooms.storage.edits import Contents
from rooms.storage.errors import AnotherCarrier, AnotherRoom, ChangeUnderWay, DeletedHere
from rooms.storage.marks import Mark, Marks
from rooms.storage.operations import Conflict
from rooms.storage.retry import retried
from rooms.storage.rooms import AfterChange

type ImportOutcome = Literal["imported", "same", "changed"]


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import comes to: what was here before, if the room was, and what is here after it."""

    outcome: ImportOutcome
    before: Contents | None
    after: Contents


class Imports:
    """Imports rooms. Raises StorageUnavailable as Table does.

    `marks`: those of changes that go through this service to ACS, or None where none do.
    `after_change` is told of each change of a room whose calls run here.
    """

    def __init__(
        self,
        adoption: Adoption,
        marks: Marks | None,
        clock: Callable[[], Ticks],
        after_change: AfterChange,
        limits: Limits = LIMITS,
    ) -> None:
        self._adoption = adoption
        self._marks = marks
        self._clock = clock
        self._after_change = after_change
        self._limits = limits

    async def take(
        self,
        room: Room,
        roster: Roster,
        origin: Origin,
        *,
        seen_at: Ticks | None = None,
        dry_run: bool = False,
    ) -> Imported:
        """Makes a room what it is at ACS, and returns what that changes, or would in a `dry_run`.

        One request if nothing changes, else two; where changes go through to ACS, one more for a
        room that is here and differs.

        Args:
            seen_at: when it was so at ACS, if that is known.

        Raises:
            TooManyParticipants: the roster is too long.
            DeletedHere: the room was deleted here.
            AnotherRoom: the room of this id was created at another time.
            AnotherCarrier: its calls run elsewhere than `room` says.
            ChangeUnderWay: what ACS has may be read too early, or too late; or the room was changed
                here since it was `seen_at`.
        """
        check_size(roster, self._limits.participants)

        async def attempt() -> Imported:
            copy = await self._adoption.copy(room.id)
            if copy is None:
                return await self._new(room, roster, origin, dry_run)
            return await self._known(copy, room, roster, origin, seen_at, dry_run)

        return await retried(attempt, Conflict)

    async def _new(self, room: Room, roster: Roster, origin: Origin, dry_run: bool) -> Imported:
        # The create that made it may be about to write it here.
        if self._marks is not None and self._is_within(self._limits.mark_seconds, room.created_at):
            raise ChangeUnderWay
        if not dry_run:
            by_acs, seen = Origin(ACS_ACTOR, origin.request_id), Seen(self._clock(), origin.actor)
            await self._adoption.adopt(room, roster, by_acs, seen)
        return Imported("imported", None, Contents(room, roster, {}))

    async def _known(
        self,
        copy: Copy,
        room: Room,
        roster: Roster,
        origin: Origin,
        seen_at: Ticks | None,
        dry_run: bool,
    ) -> Imported:
        if copy.deleted:
            raise DeletedHere
        if copy.room.created_at != room.created_at:
            raise AnotherRoom
        if copy.room.carrier != room.carrier:
            raise AnotherCarrier(copy.room.carrier)
        before, after = copy.contents, followed(copy.contents, Contents(room, roster, {}))
        if after == before:
            return Imported("same", before, before)
        if seen_at is not None and seen_at <= copy.changed_at:
            raise ChangeUnderWay
        if room.carrier == "own":
            if not dry_run:
                await self._adoption.follow(copy, room, roster, origin=origin)
                await self._after_change(room.id, after.room, after.roster)
        else:
            marks = await self._marks_that_are_over(copy)
            if not dry_run:
                by_acs = Origin(ACS_ACTOR, origin.request_id)
                await self._adoption.follow(copy, room, roster, marks, by_acs, origin.actor)
        return Imported("changed", before, after)

    async def _marks_that_are_over(self, copy: Copy) -> list[Mark]:
        if self._marks is None:
            return []
        marks = await self._marks.over(copy.room.id)
        if marks is None or self._is_within(self._limits.quiet_seconds, copy.changed_at):
            raise ChangeUnderWay
        return marks

    def _is_within(self, seconds: float, at: Ticks) -> bool:
        return self._clock() < at + round(seconds * SECOND)
