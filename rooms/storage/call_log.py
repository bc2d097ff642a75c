"""Records what was done in a call."""

from collections.abc import Callable, Mapping, Sequence
from itertools import batched
from typing import Any, NamedTuple

from rooms.domain.connection import Connection
from rooms.domain.log import LIVEKIT_ACTOR
from rooms.domain.log_details import ConnectionFailedDetail
from rooms.domain.time import SECOND, Ticks
from rooms.storage import keys
from rooms.storage.arrivals import Arrivals
from rooms.storage.changes import Origin, log_record
from rooms.storage.history import History
from rooms.storage.operations import insert
from rooms.storage.table import Table

_REMEMBERED: Ticks = 300 * SECOND
"""How long after it somebody who lost the connection is told what was done in the call."""

_SKEW: Ticks = 30 * SECOND
"""How far ahead the clock of another instance may be."""

_AT_ONCE = 25
"""Records of one transaction, which holds 100 rows: each record has two more, of its arrival."""


class CallAction(NamedTuple):
    """What was done: a kind of log record whose source is `call`, and its detail."""

    kind: str
    detail: Mapping[str, Any]


def done_to(device: Connection, kind: str, **more: str) -> CallAction:
    """Returns what was done to a device in a call: `more` is in the detail, too."""
    detail = {"rawId": device.raw_id, "participantId": device.participant_id, **more}
    return CallAction(kind, detail)


class CallLog:
    """The record of what was done in the calls of all rooms. Raises StorageUnavailable as Table
    does."""

    def __init__(self, table: Table, history: History, clock: Callable[[], Ticks]) -> None:
        self._history = history
        self._arrivals = Arrivals(table, clock)
        self._clock = clock

    async def record(self, room_id: str, actions: Sequence[CallAction], origin: Origin) -> None:
        """Writes actions into the log of the room. One request for 25 of them."""
        at = self._clock()
        for some in batched(actions, _AT_ONCE, strict=False):
            await self._arrivals.commit(
                [
                    insert(log_record(room_id, at, action.kind, origin, action.detail))
                    for action in some
                ]
            )

    async def was_ended(self, room_id: str, call_id: str) -> bool:
        """Returns whether somebody has just ended this call for everybody. One request, or some if
        much else has happened."""
        return await self._has(room_id, "CallEndedForAll", "callId", call_id)

    async def was_removed(self, room_id: str, participant_id: str) -> bool:
        """Returns whether this device has just been removed from the call. Requests as
        `was_ended`."""
        return await self._has(room_id, "RemovedFromCall", "participantId", participant_id)

    async def _has(self, room_id: str, kind: str, name: str, value: str) -> bool:
        now = self._clock()
        page = await self._history.log(room_id, now - _REMEMBERED, now + _SKEW, None, kind, None)
        return any(record.detail.get(name) == value for record in page.items)

    async def record_failure(
        self, room_id: str, at: Ticks, event_id: str, detail: ConnectionFailedDetail
    ) -> None:
        """Writes into the log of the room who did not get into its call, once however often the
        media server tells of it. One request."""
        origin, change = Origin(LIVEKIT_ACTOR, event_id), keys.hashed(event_id)[:32]
        record = log_record(room_id, at, "ConnectionFailed", origin, detail, change)
        await self._arrivals.commit([insert(record)])
