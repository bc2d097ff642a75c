"""Two services that have the same rooms: this one, in as many processes as a test wants, and a
second instance that stands where ACS does."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from rooms.domain.limits import LIMITS, Limits
from rooms.domain.time import SECOND, Ticks, now
from rooms.storage import keys
from testkit.acs_instance import AcsInstance
from testkit.mortal_app import MortalApp, mortal_app
from testkit.running import new_key, storage_settings
from testkit.stored_table import StoredTable
from testkit.whole import StoredRoom, stored_rooms

SETTLED_AFTER: Ticks = 130 * SECOND
"""What is in doubt has been settled after so long: marks are left alone for a minute, and the timer
comes each minute."""

THROUGH = {"ROOMS_ACS_MODE": "through", "ROOMS_ACS_REQUESTS": "100"}
"""The settings of a service whose rooms are made at ACS, and which may ask it often."""

_COMPARED = ("createdAt", "validFrom", "validUntil", "pstnDialOutEnabled")


@dataclass(frozen=True, slots=True)
class Sight:
    """What both sides have at a time."""

    ours: Mapping[str, StoredRoom]
    acs: Mapping[str, StoredRoom]
    in_doubt: Sequence[Mapping[str, Any]]
    """The marks of changes whose outcome is not known."""

    def problems(self) -> Iterator[str]:
        """Yields what is not as it must be, when all is settled."""
        yield from self.differences()
        for mark in self.in_doubt:
            yield f"still in doubt: {mark['RowKey']}"

    def differences(self) -> Iterator[str]:
        """Yields how the rooms of ACS differ here."""
        ours, acs = (
            {
                room_id: room
                for room_id, room in rooms.items()
                if room.row is not None and not room.row.get("deleted")
            }
            for rooms in (self.ours, self.acs)
        )
        ours = {room_id: room for room_id, room in ours.items() if is_at_acs(room)}
        for room_id in ours.keys() | acs.keys():
            if room_id not in acs:
                yield f"room {room_id} is only here"
            elif room_id not in ours:
                yield f"room {room_id} is only at ACS"
            elif _told(ours[room_id]) != _told(acs[room_id]):
                here, there = _told(ours[room_id]), _told(acs[room_id])
                yield f"room {room_id} is {here} here, and {there} at ACS"


def is_at_acs(room: StoredRoom) -> bool:
    """Returns whether the calls of a room run at ACS."""
    return room.row is not None and room.row.get("carrier") == "acs"


def _told(room: StoredRoom) -> Mapping[str, Any]:
    assert room.row is not None
    return {name: room.row[name] for name in _COMPARED} | {"roster": dict(room.roster)}


@dataclass
class TwoSides:
    """Both, in one storage."""

    acs: AcsInstance
    storages: Sequence[str] = ()
    """Connection strings of our storage accounts, if they are not the one of the instance."""
    settings: Mapping[str, str] = field(default_factory=lambda: THROUGH)
    limits: Limits = LIMITS
    ahead: Ticks = 0
    """How far our clock is ahead."""
    table: str = field(default_factory=lambda: f"t{uuid.uuid4().hex}")
    key: str = field(default_factory=new_key)

    def __post_init__(self) -> None:
        self.stored = StoredTable(self.storages or [self.acs.storage], self.table)
        self.stored.prepare()

    def clock(self) -> Ticks:
        """Returns our time."""
        return now() + self.ahead

    def process(self) -> AbstractAsyncContextManager[MortalApp]:
        """Starts a process of ours."""
        named = storage_settings(self.stored.storages) | {"ROOMS_TABLE": self.table}
        settings = {**self.acs.settings, **self.settings, **named}
        first = self.stored.storages[0]
        return mortal_app(first, settings, self.key, self.clock, self.limits)

    @asynccontextmanager
    async def later(self) -> AsyncIterator[MortalApp]:
        """Starts a process at a time when everything in doubt may be settled."""
        self.ahead += SETTLED_AFTER
        try:
            async with self.process() as process:
                yield process
        finally:
            self.ahead -= SETTLED_AFTER

    async def settle(self) -> None:
        """Lets the timer settle what is in doubt, and find all that was changed at ACS."""
        async with self.later() as process:
            for which in ("full", "rosters"):
                answer = await process.ask("POST", "/moving", {"pass": which})
                assert answer.status == 202, answer
            assert process.app.passes is not None
            await process.app.passes.run()

    async def look(self) -> Sight:
        """Returns what both have. Raises AssertionError if the rows of either disagree."""
        ours = await asyncio.to_thread(self.stored.rows)
        at_acs = StoredTable([self.acs.storage], self.acs.table)
        acs = await asyncio.to_thread(at_acs.rows)
        marks = [row for row in ours if row["RowKey"].startswith(keys.MARKS_START)]
        in_doubt = [mark for mark in marks if mark["open"]]
        return Sight(stored_rooms(ours), stored_rooms(acs), in_doubt)
