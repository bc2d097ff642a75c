"""How far the passes over the rooms at ACS have come, what they found, and which of them somebody
asked for.

One process at a time goes on with them: it holds the row of their state.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, get_args

from azure.data.tables import TableEntity

from rooms.domain.limits import LIMITS, Limits
from rooms.domain.room import Room
from rooms.domain.time import SECOND, Ticks, parse_time
from rooms.storage import keys
from rooms.storage.arrivals import Arrivals
from rooms.storage.entities import Entity, pack, row_of, stored_time, unpack
from rooms.storage.operations import Conflict, insert, replace, replace_unchanged
from rooms.storage.table import Table

type Pass = Literal["full", "rosters"]
"""What can be asked for: the comparison of all rooms, or of their rosters."""
PASSES: tuple[Pass, ...] = get_args(Pass.__value__)

type Named = dict[str, Ticks]
"""Rooms that are named to people, and when they were found last."""


@dataclass(slots=True)
class Head:
    """The looks at the beginning of ACS's list. What was made before `seen` is known here."""

    at: Ticks | None = None
    pages: int = 0
    """Of the last look."""
    seen: Ticks = 0


@dataclass(slots=True)
class Comparison:
    """A comparison of all rooms, or of all rosters: the one that goes on, or the last one."""

    began_at: Ticks | None = None
    ended_at: Ticks | None = None
    rooms: int = 0
    """Rooms that were compared."""
    changed: int = 0
    reached: str = ""
    """The place in the index before which all are compared."""

    @property
    def goes_on(self) -> bool:
        """Returns whether it has begun, and not ended."""
        return self.began_at is not None and self.ended_at is None


@dataclass(slots=True)
class Full(Comparison):
    """The comparison of all rooms. Its `rooms` are those that ACS has listed."""

    pages: int = 0
    new: int = 0
    gone: int = 0
    acs: int = 0
    own: int = 0
    """Rooms here, by their carrier, that were counted."""
    link: str | None = None
    """The page with which it goes on; None: the first."""
    border: list[Room] = field(default_factory=list)
    """Rooms that ACS has listed behind that place: others of the same seconds may be on the next
    page."""


@dataclass(slots=True)
class PullState:
    """How far all passes have come."""

    head: Head = field(default_factory=Head)
    full: Full = field(default_factory=Full)
    rosters: Comparison = field(default_factory=Comparison)
    counted: dict[str, int] | None = None
    """Rooms here by their carrier, as of the end of the last full pass."""
    throttled_until: Ticks = 0
    not_understood: Named = field(default_factory=dict)
    """Rooms whose fields or roster at ACS this service does not know."""
    deleted_here: Named = field(default_factory=dict)
    """Rooms that are deleted here, and still at ACS."""
    unclaimed: Named = field(default_factory=dict)
    """Rooms that may have been made by a create whose answer was lost."""
    resource: str | None = None
    """The endpoint of the resource that the passes look at, once they have begun."""


class PullStates:
    """The state in the table. Raises StorageUnavailable as Table does.

    `resource`: the endpoint of the resource that is set.
    """

    def __init__(
        self,
        table: Table,
        clock: Callable[[], Ticks],
        limits: Limits = LIMITS,
        resource: str = "",
    ) -> None:
        self.resource = resource
        self._table = table
        self._arrivals = Arrivals(table, clock)
        self._clock = clock
        self._limits = limits
        self._held_until: Ticks = 0

    async def read(self) -> tuple[PullState, set[Pass]]:
        """Returns the state, and which passes were asked for and have not begun. One request."""
        row, asked = await self._rows()
        return state_of(row), asked

    async def is_of_resource(self) -> bool:
        """Returns whether the passes look at the resource that is set: what another one does not
        know is not gone. One request."""
        row = await self._table.get(keys.PULL_PARTITION, keys.PULL_STATE_ROW)
        return state_of(row).resource in (None, self.resource)

    async def hold(self, seconds: float) -> tuple[PullState, set[Pass]] | None:
        """Returns the same, and keeps other processes from going on with the passes for so many
        seconds. None: another process holds them. Two requests."""
        row, asked = await self._rows()
        now = self._clock()
        if row is not None and parse_time(row["heldUntil"]) > now:
            return None
        state = state_of(row)
        state.resource = state.resource or self.resource
        self._held_until = now + round(seconds * SECOND)
        entity = _entity(state, self._held_until)
        try:
            held = insert(entity) if row is None else replace_unchanged(entity, row)
            await self._table.rewrite([held])
        except Conflict:
            return None
        return state, asked

    async def save(self, state: PullState) -> None:
        """Writes the state, which this process holds. One request."""
        await self._table.rewrite([replace(_entity(state, self._held_until))])

    async def release(self, state: PullState) -> None:
        """Writes the state, and lets other processes hold it. One request."""
        await self._table.rewrite([replace(_entity(state, self._clock()))])

    async def ask(self, which: Pass) -> None:
        """Notes that somebody wants a pass now. One request."""
        row = _row(keys.pull_asked_row(which)) | {"askedAt": stored_time(self._clock())}
        await self._table.rewrite([replace(row)])

    async def begun(self, which: Pass) -> None:
        """Notes that a pass that was asked for has begun. One request."""
        with suppress(Conflict):
            await self._table.delete(keys.PULL_PARTITION, [keys.pull_asked_row(which)])

    async def is_unknown(self, room_id: str) -> bool:
        """Returns whether ACS did not know this room within `Limits.unknown_kept`. One request."""
        row = await self._table.get(
            await self._table.partition_of(room_id), keys.pull_unknown_row(room_id)
        )
        kept = self._limits.unknown_kept
        return row is not None and parse_time(row["askedAt"]) + kept > self._clock()

    async def note_unknown(self, room_id: str) -> None:
        """Notes that ACS does not know this room. One request."""
        row = row_of(keys.pull_unknown_row(room_id)) | {"askedAt": stored_time(self._clock())}
        await self._arrivals.rewrite(room_id, [replace(row)])

    async def _rows(self) -> tuple[TableEntity | None, set[Pass]]:
        rows = await self._table.first(
            keys.PULL_PARTITION, keys.PULL_STATE_ROW, keys.PULL_ASKED_END, 1 + len(PASSES)
        )
        by_key = {row["RowKey"]: row for row in rows}
        asked = {each for each in PASSES if keys.pull_asked_row(each) in by_key}
        return by_key.get(keys.PULL_STATE_ROW), asked


def _row(key: str) -> Entity:
    return {"PartitionKey": keys.PULL_PARTITION, "RowKey": key}


def _entity(state: PullState, held_until: Ticks) -> Entity:
    held = {"heldUntil": stored_time(held_until)}
    return _row(keys.PULL_STATE_ROW) | held | pack(asdict(state))


def state_of(row: Mapping[str, Any] | None) -> PullState:
    """Returns the state of its row; that before the first run, if there is none."""
    if row is None:
        return PullState()
    value = unpack(row)
    full = value.pop("full")
    border = [Room(**each) for each in full.pop("border")]
    return PullState(
        head=Head(**value.pop("head")),
        full=Full(**full, border=border),
        rosters=Comparison(**value.pop("rosters")),
        **value,
    )
