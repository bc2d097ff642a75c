"""Makes the media server have what the rooms say: nobody is in a call who may not be, and everybody
has the role of the roster.

It keeps nothing: whatever failed is seen again by the next look. `corrections` has the rules.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace

from rooms.domain.connection import CarriedCall, Connection
from rooms.domain.corrections import ChangeRole, Correction, EndCall, Remove, corrections
from rooms.domain.errors import RoomNotFound
from rooms.domain.limits import LIMITS, Limits
from rooms.domain.log import MEDIA_ACTOR
from rooms.domain.room import Room
from rooms.domain.roster import Roster
from rooms.domain.time import Ticks
from rooms.log_text import error_text
from rooms.media.carrier import Carrier
from rooms.media.errors import MediaError
from rooms.storage.call_log import CallAction, CallLog, done_to
from rooms.storage.changes import Origin
from rooms.storage.errors import StorageError
from rooms.storage.rooms import Rooms

_log = logging.getLogger(__name__)

ORIGIN = Origin(MEDIA_ACTOR, "")
"""Who does all of this."""

type _Correct = Callable[[list[CallAction]], Awaitable[None]]
"""Corrects a call, and adds what was done."""

_AT_ONCE = 10
"""Requests to the media server at the same time."""


class Reconciler:
    """Corrects the calls that the media plane carries."""

    def __init__(
        self,
        media: Carrier,
        rooms: Rooms,
        call_log: CallLog,
        clock: Callable[[], Ticks],
        limits: Limits = LIMITS,
    ) -> None:
        self._media = media
        self._rooms = rooms
        self._call_log = call_log
        self._clock = clock
        self._limits = limits
        self._under_way: set[asyncio.Task[None]] = set()
        """Corrections. The loop itself keeps no task."""

    async def after_change(self, room_id: str, room: Room | None, roster: Roster) -> None:
        """Corrects the call of a room that was changed: `room` and `roster` are what was written,
        None and nobody for a deletion.

        Waits for the media server no longer than `media_seconds`, and raises nothing: what fails is
        logged, and corrected by the timer. No request to the storage if there is nothing to do.
        """

        async def correct(done: list[CallAction]) -> None:
            call = await self._media.call(room_id)
            if call is None:
                return
            needed = corrections(room, roster, self._clock(), ())
            if not needed:
                present = await self._media.connections(room_id)
                needed = corrections(room, roster, self._clock(), present)
            await self._correct(room_id, call.id, needed, done)

        await self._best_effort(room_id, correct)

    async def guard(self, room_id: str, connection: Connection) -> None:
        """Corrects the call for one device that has just joined: somebody who was removed may hold
        a token that is still good.

        Takes no longer than `media_seconds`, and raises nothing, as `after_change`. One request to
        the storage if there is nothing to do.
        """

        async def correct(done: list[CallAction]) -> None:
            needed = await self._needed(room_id, [connection])
            await self._correct(room_id, None, needed, done)

        await self._best_effort(room_id, correct)

    async def reconcile(self, call: CarriedCall) -> list[Connection]:
        """Corrects a call, and returns who was in it before. One request to the storage if there is
        nothing to do.

        Raises:
            MediaError, StorageError: it could not.
        """
        present = await self._media.connections(call.room_id)
        done: list[CallAction] = []
        try:
            needed = await self._needed(call.room_id, present)
            await self._correct(call.room_id, call.id, needed, done)
        finally:
            await self._call_log.record(call.room_id, done, ORIGIN)
        return present

    async def _needed(self, room_id: str, connections: Iterable[Connection]) -> list[Correction]:
        """Returns what must change, by the room as it is now. One request."""
        try:
            found = await self._rooms.with_roster(room_id)
        except RoomNotFound:
            return corrections(None, {}, self._clock(), connections)
        return corrections(found.room, found.roster, self._clock(), connections)

    async def _correct(
        self,
        room_id: str,
        call_id: str | None,
        needed: list[Correction],
        done: list[CallAction],
    ) -> None:
        """Carries out corrections, and adds to `done` what has changed something.

        Looks again at whose role it has changed, with one request each time: another instance may
        have carried out a later change of the roster, which this one would have undone.
        """
        while needed:
            await self._carry_out(room_id, call_id, needed, done)
            changed = [
                replace(each.connection, role=each.role)
                for each in needed
                if isinstance(each, ChangeRole)
            ]
            needed = await self._needed(room_id, changed) if changed else []

    async def _carry_out(
        self,
        room_id: str,
        call_id: str | None,
        needed: Iterable[Correction],
        done: list[CallAction],
    ) -> None:
        """Carries out corrections, and adds to `done` what has changed something. One that fails
        keeps none of the others. Raises the first error."""
        free = asyncio.Semaphore(_AT_ONCE)

        async def one(correction: Correction) -> None:
            async with free:
                if await self._changes(room_id, correction):
                    done.append(_action(correction, call_id))

        outcomes = await asyncio.gather(*map(one, needed), return_exceptions=True)
        for outcome in outcomes:
            if outcome is not None:
                raise outcome

    async def _changes(self, room_id: str, correction: Correction) -> bool:
        """Carries out a correction. Returns whether there was what it is about."""
        match correction:
            case EndCall():
                return await self._media.end(room_id)
            case Remove(connection):
                return await self._media.remove(room_id, connection.identity)
            case ChangeRole(connection, role):
                return await self._media.set_role(room_id, connection.identity, role)

    async def _best_effort(self, room_id: str, correct: _Correct) -> None:
        """Corrects a call, and waits for it no longer than the request has time: it goes on, and
        the request has done what it was for."""
        task = asyncio.create_task(self._corrected(room_id, correct))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        with suppress(asyncio.CancelledError):
            await asyncio.shield(task)

    async def _corrected(self, room_id: str, correct: _Correct) -> None:
        """Corrects a call for as long as one waits for the media server, and records what was done,
        also if the rest has failed."""
        done: list[CallAction] = []
        with _logged_failure(room_id):
            async with asyncio.timeout(self._limits.media_seconds):
                await correct(done)
        with _logged_failure(room_id):
            async with asyncio.timeout(self._limits.request_seconds):
                await self._call_log.record(room_id, done, ORIGIN)


def _action(correction: Correction, call_id: str | None) -> CallAction:
    """Returns what the log says of a correction that was carried out."""
    match correction:
        case EndCall(reason):
            call = {} if call_id is None else {"callId": call_id}
            return CallAction("CallEndedForAll", {**call, "reason": reason})
        case Remove(connection, reason):
            return done_to(connection, "RemovedFromCall", reason=reason)
        case ChangeRole(connection, role):
            return done_to(connection, "RoleCorrected", role=role)


@contextmanager
def _logged_failure(room_id: str) -> Iterator[None]:
    """Logs what is raised, whatever it is: the timer tries again, and nobody waits for that."""
    try:
        yield
    except (MediaError, StorageError, TimeoutError) as error:
        reason = error_text(error)
        _log.warning("the call of room %s is not corrected for now: %s", room_id, reason)
    except Exception:
        _log.exception("the call of room %s could not be corrected", room_id)
