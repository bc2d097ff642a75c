"""Records what was done in a call."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import aclosing
from itertools import batched
from typing import Any, Literal, NamedTuple

from rooms.domain.connection import Connection
from rooms.domain.limits import Limits
from rooms.domain.log import LIVEKIT_ACTOR
from rooms.domain.log_details import ConnectionFailedDetail
from rooms.domain.time import SECOND, Ticks
from rooms.storage import keys
from rooms.storage.arrivals import Arrivals
from rooms.storage.changes import Origin, log_record
from rooms.storage.entities import unpack
from rooms.storage.operations import insert
from rooms.storage.table import MAX_PAGE, Table

_AT_ONCE = 25
"""Records of one transaction, which holds 100 rows: each record has two more, of its arrival."""


type PutOut = Literal["CallEndedForAll", "RemovedFromCall"]
"""The kinds of records of what puts people out of a call."""

_PUTS_OUT = "(kind eq 'CallEndedForAll' or kind eq 'RemovedFromCall')"


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

    def __init__(self, table: Table, limits: Limits, clock: Callable[[], Ticks]) -> None:
        self._table = table
        self._limits = limits
        self._arrivals = Arrivals(table, clock)
        self._clock = clock

    async def record(self, room_id: str, actions: Sequence[CallAction], origin: Origin) -> None:
        """Writes actions into the log of the room. One request for 25 of them."""
        at = self._clock()
        for some in batched(actions, _AT_ONCE, strict=False):
            await self._arrivals.commit(
                room_id,
                [
                    insert(log_record(room_id, at, action.kind, origin, action.detail))
                    for action in some
                ],
            )

    async def put_out(
        self, room_id: str, raw_id: str, call_id: str, participant_id: str
    ) -> PutOut | None:
        """Returns what has just put this device of a person out of this call: it was removed, or
        the call was ended for everybody. None if neither. One request."""
        now, limits = self._clock(), self._limits
        start = now - round(limits.loss_seconds * SECOND)
        end = now + round(limits.clock_skew_seconds * SECOND)
        found: PutOut | None = None
        async with aclosing(
            self._table.each(
                await self._table.partition_of(room_id),
                *keys.log_range(room_id, start, end),
                MAX_PAGE,
                where=_PUTS_OUT,
            )
        ) as rows:
            async for row in rows:
                detail = unpack(row)
                if row["kind"] == "CallEndedForAll":
                    if detail["callId"] == call_id:
                        found = "CallEndedForAll"
                elif (detail["rawId"], detail["participantId"]) == (raw_id, participant_id):
                    return "RemovedFromCall"
        return found

    async def record_failure(
        self, room_id: str, at: Ticks, event_id: str, detail: ConnectionFailedDetail
    ) -> None:
        """Writes into the log of the room who did not get into its call, once however often the
        media server tells of it. One request."""
        origin, change = Origin(LIVEKIT_ACTOR, event_id), keys.hashed(event_id)[:32]
        record = log_record(room_id, at, "ConnectionFailed", origin, detail, change)
        await self._arrivals.commit(room_id, [insert(record)])
