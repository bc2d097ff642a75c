"""When calls began at the latest, as far as this process has seen."""

from rooms.domain.time import Ticks

_MOST = 20_000
"""Calls of which that is remembered: some 200 bytes each."""


class Starts:
    """The times of first events. One that comes later can only be earlier, so that a call never
    began after what is remembered of it."""

    def __init__(self) -> None:
        self._latest: dict[tuple[str, str], Ticks] = {}

    def remember(self, room_id: str, call: str, at: Ticks) -> None:
        """Remembers that a call had an event then."""
        key = room_id, call
        at = min(at, self._latest.pop(key, at))
        if len(self._latest) >= _MOST:
            del self._latest[next(iter(self._latest))]
        self._latest[key] = at

    def is_before(self, room_id: str, call: str, start_order: tuple[Ticks, str]) -> bool:
        """Returns whether a call is known to have begun before another one of the room, which has
        this `start_order`."""
        at = self._latest.get((room_id, call))
        return at is not None and (at, call) <= start_order
