"""What has been heard of the calls that checks of the media server make: it may be another process
that hears it than the one that asks."""

from rooms.domain.media_check import HeardEvents
from rooms.storage import keys
from rooms.storage.entities import identity_row
from rooms.storage.operations import upsert
from rooms.storage.table import Table


class Probes:
    """The last check. Raises StorageUnavailable as Table does."""

    def __init__(self, table: Table) -> None:
        self._table = table

    async def hear(self, probe: str, *, finished: bool) -> None:
        """Keeps that a call of a check has started or finished. One request."""
        name = "finished" if finished else "started"
        await self._table.rewrite([upsert(identity_row(keys.PROBE_ROW) | {name: probe})])

    async def heard(self, probe: str) -> HeardEvents:
        """Returns what has been heard of a call. One request."""
        row = await self._table.get(keys.IDENTITY_PARTITION, keys.PROBE_ROW)
        known = {} if row is None else row
        return HeardEvents(known.get("started") == probe, known.get("finished") == probe)
