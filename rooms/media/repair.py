"""Inserts the events that were lost, by what the media server has. `repairs` has the rules."""

import logging
from collections.abc import Callable, Collection, Mapping, Sequence

from rooms.domain.call import Call
from rooms.domain.connection import CarriedCall, Connection
from rooms.domain.events import CARRIED, CallEvent
from rooms.domain.repairs import missing_end, missing_joins, missing_leaves
from rooms.domain.time import Ticks
from rooms.storage.call_pages import RoomCall
from rooms.storage.calls import Calls
from rooms.storage.parallel import in_parallel

_log = logging.getLogger(__name__)

type Present = Mapping[CarriedCall, Sequence[Connection]]
"""Who is in the calls that the server has."""


class Repair:
    """Repairs the calls of the media server. Raises StorageUnavailable as Calls does."""

    def __init__(self, calls: Calls, clock: Callable[[], Ticks]) -> None:
        self._calls = calls
        self._clock = clock

    async def told(self) -> list[RoomCall]:
        """Returns the calls of the media server of which no event tells an end. To be read before
        the server is asked who is in them. Requests as `Calls.unended`."""
        found = await self._calls.unended(self._clock())
        return [each for each in found if each.call.source == CARRIED]

    async def run(
        self,
        told: Sequence[RoomCall],
        present: Present,
        there: Collection[CarriedCall],
        silent_since: Ticks | None,
    ) -> None:
        """Inserts what is missing. One request for each event, and for each call with people in it
        that is not in `told`.

        Args:
            present: of calls that the server had all the time.
            there: all calls that it has.
            silent_since: as in `missing_end`.
        """
        at = self._clock()
        open_calls = {each.call.id: each.call for each in told}
        missing: list[tuple[str, CallEvent]] = []
        for (room_id, call_id, _), people in present.items():
            call = open_calls.get(call_id)
            if call is not None:
                missing += ((room_id, event) for event in missing_leaves(call, people, at))
            elif people:
                call = await self._calls.told(room_id, call_id, at)
            missing += ((room_id, event) for event in missing_joins(call_id, call, people, at))
        carried = {each.room_id: each for each in there}
        for room_id, call in told:
            now = carried.get(room_id)
            if now is not None and now.id == call.id:
                continue
            end = missing_end(call, at, silent_since, _next_start(told, now, room_id, call))
            if end is not None:
                missing.append((room_id, end))
        await in_parallel(self._calls.record(room_id, event, "") for room_id, event in missing)
        if missing:
            _log.warning("media: inserted %d events that the server has not told", len(missing))


def _next_start(
    told: Sequence[RoomCall], now: CarriedCall | None, room_id: str, call: Call
) -> Ticks | None:
    """Returns when the next call of the room began, if one is told.

    If the server has a call of the room `now`, that was made before: its first join may still be
    told.
    """
    later = [
        each.call.started_at
        for each in told
        if each.room_id == room_id and each.call.start_order > call.start_order
    ]
    if later and now is not None:
        later.append(now.made_at)
    return min(later, default=None)
