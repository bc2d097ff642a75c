"""Records who looked at what, before they are answered."""

from collections.abc import Callable

from rooms.domain.log_details import Accessed
from rooms.domain.time import Ticks
from rooms.storage.arrivals import Arrivals
from rooms.storage.changes import Origin, log_record
from rooms.storage.operations import insert
from rooms.storage.table import Table


class Accesses:
    """The record of who looked. Raises StorageUnavailable as Table does."""

    def __init__(self, table: Table, clock: Callable[[], Ticks]) -> None:
        self._arrivals = Arrivals(table, clock)
        self._clock = clock

    async def record(self, room_id: str, detail: Accessed, origin: Origin) -> None:
        """Writes an access into the log of the room, or of the service. One request."""
        record = log_record(room_id, self._clock(), "Accessed", origin, detail)
        await self._arrivals.commit(room_id, [insert(record)])
