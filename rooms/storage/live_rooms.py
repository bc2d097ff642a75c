"""The rooms with a call now, and what is known of them."""

from collections.abc import Callable
from typing import NamedTuple

from rooms.domain.call import Call
from rooms.domain.time import Ticks
from rooms.storage.calls import Calls
from rooms.storage.cursors import PageAsOf
from rooms.storage.history import History, RoomSnapshot
from rooms.storage.parallel import in_parallel
from rooms.storage.single_flight import SingleFlight


class LiveRoom(NamedTuple):
    """A room with a live call."""

    room_id: str
    known: RoomSnapshot
    call: Call


class LiveRooms:
    """The list of live rooms. Raises StorageUnavailable as Calls does."""

    def __init__(self, calls: Calls, history: History, clock: Callable[[], Ticks]) -> None:
        self._calls = calls
        self._history = history
        self._clock = clock
        self._pages = SingleFlight(self._page)

    async def page(self, cursor: str | None) -> PageAsOf[LiveRoom]:
        """Returns a page of the rooms that have a call now, as of the time of the first page: by
        the start of the call, then by room id, so that further events leave the order as it is.

        Those who ask for it at the same time share the reads, and the time.
        """
        return await self._pages.get(cursor or "")

    async def _page(self, cursor: str) -> PageAsOf[LiveRoom]:
        page = await self._calls.live(cursor or None, self._clock())
        known = await in_parallel(self._history.snapshot(room_id) for room_id, _ in page.items)
        rooms = [
            LiveRoom(room_id, room, call)
            for (room_id, call), room in zip(page.items, known, strict=True)
        ]
        rooms.sort(key=lambda room: (room.call.started_at, room.room_id))
        return PageAsOf(rooms, page.cursor, page.as_of)
