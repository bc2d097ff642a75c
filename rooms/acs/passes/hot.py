"""Pulls the rooms that have a call: their rosters say who should have come."""

from dataclasses import dataclass

from rooms.acs.passes.work import Work
from rooms.acs.pull import Outcome
from rooms.domain.room import is_room_id
from rooms.domain.time import HOUR, SECOND, Ticks

RECENT: Ticks = 2 * HOUR
"""A room is hot for so long after an event of a call."""

EVERY: Ticks = 300 * SECOND
"""A hot room is pulled so often while its call goes on."""


@dataclass(frozen=True, slots=True)
class _Pulled:
    """When a room was pulled last, and whether its call went on then."""

    at: Ticks
    live: bool


class HotRooms:
    """The hot rooms that this process has pulled. Another process pulls them once more."""

    def __init__(self) -> None:
        self._pulled: dict[str, _Pulled] = {}

    async def pull(self, work: Work) -> None:
        """Pulls each hot room that was not pulled yet, every EVERY while its call goes on, and once
        after its end. Who waits longest comes first.

        Ten requests to the storage, one for each room that was not pulled yet, and those of the
        pulls.
        """
        now = work.clock()
        hot = await work.parts.calls.rooms_with_events(now - RECENT, now + work.limits.event_ahead)
        self._pulled = {room: last for room, last in self._pulled.items() if room in hot}
        due = [
            room for room, live in hot.items() if is_room_id(room) and self._is_due(room, live, now)
        ]
        due.sort(key=lambda room: self._pulled[room].at if room in self._pulled else 0)

        async def pull(room_id: str) -> Outcome:
            outcome = await self._pull(work, room_id)
            self._pulled[room_id] = _Pulled(now, hot[room_id])
            return outcome

        await work.pulled(due, pull)

    def _is_due(self, room_id: str, live: bool, now: Ticks) -> bool:
        last = self._pulled.get(room_id)
        if last is None:
            return True
        return now >= last.at + EVERY if live else last.live

    async def _pull(self, work: Work, room_id: str) -> Outcome:
        """Pulls a room, unless ACS did not know it lately."""
        if room_id not in self._pulled and await work.parts.states.is_unknown(room_id):
            return "unknown"
        outcome = await work.parts.pull.room(room_id)
        if outcome == "unknown":
            await work.parts.states.note_unknown(room_id)
        return outcome
