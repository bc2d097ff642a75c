"""The passes of a service, beside an ACS in memory, with a clock that the test sets."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from azure.data.tables.aio import TableClient

from rooms.acs.answer import AcsAnswer
from rooms.acs.pace import Pace, PacedResource
from rooms.acs.passes.run import Passes
from rooms.acs.passes.work import Parts
from rooms.acs.pull import Pull
from rooms.acs.rooms_api import RoomsApi
from rooms.domain.limits import LIMITS, Limits
from rooms.domain.room import Room
from rooms.domain.time import MAX_TIME, SECOND, Ticks, parse_time
from rooms.settings.moving import Mode, Moving
from rooms.storage.adoption import Adoption
from rooms.storage.calls import Calls
from rooms.storage.changes import Origin
from rooms.storage.entities import Entity
from rooms.storage.history import History
from rooms.storage.listed_rooms import BEGIN, END, ListedRooms
from rooms.storage.marks import Marks
from rooms.storage.operations import Operation
from rooms.storage.pull_state import PullState, PullStates
from rooms.storage.rooms import Rooms
from rooms.storage.table import Table
from testkit.acs_in_memory import AcsInMemory
from testkit.storage import Clock

START = parse_time("2026-05-04T10:00:00Z")
MINUTE: Ticks = 60 * SECOND
APP = Origin("app", "request-1")


class Killed(BaseException):
    """Ends a run where it is, as SIGKILL does."""


class MortalTable(Table):
    """The table of a process that can be killed."""

    dead = False

    async def commit(self, operations: Sequence[Operation], needed: Entity | None = None) -> None:
        if self.dead:
            raise Killed
        await super().commit(operations, needed)

    async def rewrite(self, operations: Sequence[Operation], needed: Entity | None = None) -> None:
        if self.dead:
            raise Killed
        await super().rewrite(operations, needed)


@dataclass
class Rig:
    """A service of one process; `again` returns another one of the same table."""

    client: TableClient
    mode: Mode = "observe"
    requests: int = 100
    limits: Limits = LIMITS
    clock: Clock = field(default_factory=lambda: Clock(START))
    resource: str = "https://ours.communication.azure.com"
    acs: AcsInMemory = field(init=False)

    def __post_init__(self) -> None:
        self.acs = AcsInMemory(self.clock)
        self._build()

    def _build(self) -> None:
        self.table, clock = MortalTable(self.client), self.clock
        self.marks = Marks(self.table, clock)
        self.adoption = Adoption(self.table, clock)
        self.rooms = Rooms(self.table, clock)
        self.calls = Calls(self.table, clock)
        self.states = PullStates(self.table, clock, resource=self.resource)
        self.listed = ListedRooms(self.table)
        self.pace = Pace(self.requests, clock, self._sleep)
        rooms_at_acs = RoomsApi(PacedResource(self.acs, self.pace))
        self.parts = Parts(
            rooms_at_acs,
            Pull(rooms_at_acs, self.adoption, self.marks, self.states, clock),
            self.adoption,
            self.marks,
            self.states,
            History(self.table),
            self.listed,
            self.calls,
        )
        moving = Moving(self.mode, "acs", "own", self.requests, 60)
        self.passes = Passes(self.parts, self.pace, moving, clock, self.limits)

    async def _sleep(self, seconds: float) -> None:
        self.clock.now += round(seconds * SECOND)

    def kill(self) -> AcsAnswer:
        """Kills the run that asks ACS: it writes nothing any more."""
        self.table.dead = True
        raise Killed

    def restart(self) -> None:
        """Lets another process take over, which remembers nothing."""
        self._build()

    async def minute(self, minutes: int = 1) -> None:
        """Runs the timer after so many minutes."""
        self.clock.now += minutes * MINUTE
        await self.passes.run()

    async def settled(self) -> None:
        """Runs until all passes have ended, and forgets what ACS was asked."""
        await self.minute()
        while not _is_at_rest(await self.state()):
            await self.minute()
        self.acs.asked.clear()

    def slow(self) -> None:
        """Lets a run make a request a second, for six seconds."""
        self.requests, self.limits = 1, replace(LIMITS, passes_seconds=6)
        self.restart()

    def fast(self) -> None:
        """Lets a run make as many requests as tests need."""
        self.requests, self.limits = 100, LIMITS
        self.restart()

    def pulls(self) -> list[str]:
        """Returns the rooms that ACS was asked for, in that order."""
        return [path.split("/")[2] for path in self.acs.asked if path.count("/") == 2]

    async def state(self) -> PullState:
        """Returns how far the passes have come."""
        return (await self.states.read())[0]

    async def here(self) -> dict[str, Room]:
        """Returns all rooms that are here."""
        rooms, _ = await self.listed.between(BEGIN, END)
        return {room.id: room for room in rooms}

    async def adopt(self, *room_ids: str) -> None:
        """Lets rooms of ACS be here as they are there."""
        for room_id in room_ids:
            there = self.acs.rooms[room_id]
            await self.adoption.adopt(there.room, there.roster)

    async def actors(self, room_id: str) -> list[tuple[str, str]]:
        """Returns kind and actor of the records of a room's log, the oldest first."""
        page = await History(self.table).log(room_id, 0, MAX_TIME, None, None, None)
        return [(record.kind, record.actor) for record in reversed(page.items)]


def _is_at_rest(state: PullState) -> bool:
    passes = (state.full, state.rosters)
    return all(each.ended_at is not None and not each.goes_on for each in passes)
