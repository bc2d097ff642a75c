"""Many histories, with a pass a day: nothing that should be gone stays, and nothing needed goes."""

import asyncio
from collections.abc import Callable
from random import Random
from typing import Any

import pytest
from azure.data.tables.aio import TableClient

from rooms.domain.events import CallEvent
from rooms.domain.join_link import JoinLink
from rooms.domain.room import Room, RoomChange
from rooms.domain.time import DAY, HOUR, Ticks
from rooms.storage import keys
from rooms.storage.accesses import Accesses
from rooms.storage.admissions import Admissions
from rooms.storage.adoption import Adoption
from rooms.storage.calls import Calls
from rooms.storage.creation import Seen
from rooms.storage.join_links import HeldLink
from rooms.storage.quarantine import Quarantine
from rooms.storage.rooms import Rooms
from rooms.storage.table import Table
from rooms.upkeep.walk import Upkeep
from testkit.identifiers import raw_id
from testkit.past import NOW, Watched, checked, looked_through
from testkit.storage import ORIGIN
from testkit.waiting import HANG_SECONDS
from tests.effort import thorough
from tests.upkeep.model import Model, Remembering

pytestmark = pytest.mark.usefixtures("one_partition")

EXPIRED, RETENTION = DAY, 4 * DAY
DAYS = 11
SERVED = "-7"
"""A room that only events name."""


class Killed(BaseException):
    """What is under way ends here."""


class History:
    """What happens in a table, one thing after the other, by a seed."""

    def __init__(self, client: TableClient, random: Random) -> None:
        self.client = client
        self.table = Remembering(client)
        self.random = random
        self.now = NOW
        self.rooms = Rooms(self.table, self.clock)
        self.living = list[str]()
        self.known = [SERVED]
        self.people = 0

    def clock(self) -> Ticks:
        return self.now

    def some(self, *lengths: Ticks) -> Ticks:
        return self.random.choice(lengths) + self.random.randrange(HOUR)

    async def something(self) -> None:
        self.now += self.some(0, 5 * HOUR, 10 * HOUR)
        choices: list[Callable[[str], object]] = [
            self.invite, self.invite, self.leave, self.extend, self.name, self.delete, self.call,
            self.call, self.look, self.admit,
        ]  # fmt: skip
        if not self.living or self.random.random() < 0.2:
            await self.random.choice([self.create, self.create, self.adopt])()
        elif self.random.random() < 0.05:
            await Quarantine(self.table, self.clock).put(f"{self.now}", "why")
        else:
            await self.random.choice(choices)(self.random.choice(self.living))  # type: ignore[misc]

    async def create(self) -> None:
        crowd = 70 if self.random.random() < 0.15 else self.random.randrange(4)
        wanted = RoomChange(self.now, self.now + self.some(HOUR, 2 * DAY, 6 * DAY))
        roster = {self.person(): "Attendee" for _ in range(crowd)}
        made = await self.rooms.create(wanted, roster, None, ORIGIN)  # type: ignore[arg-type]
        self.add(made.room.id)

    async def adopt(self) -> None:
        made = self.now - self.some(HOUR, 2 * DAY, 6 * DAY)
        room_id = f"99{self.random.randrange(10**14):014d}7"
        room = Room(room_id, made, made, self.now + 3 * DAY, False, carrier="acs")
        seen = Seen(self.now, "pull")
        await Adoption(self.table, self.clock).adopt(room, {self.person(): "Consumer"}, seen=seen)
        self.known.append(room_id)

    def add(self, room_id: str) -> None:
        self.living.append(room_id)
        self.known.append(room_id)

    def person(self) -> str:
        self.people += 1
        return raw_id(self.people)

    async def invite(self, room_id: str) -> None:
        count = self.random.choice([1, 1, 1, 66])
        patch = {self.person(): "Attendee" for _ in range(count)}
        await self.rooms.patch_roster(room_id, patch, ORIGIN)  # type: ignore[arg-type]

    async def leave(self, room_id: str) -> None:
        roster = list((await self.rooms.with_roster(room_id)).roster)
        leaving = self.random.sample(roster, min(len(roster), self.random.choice([1, 60])))
        await self.rooms.patch_roster(room_id, dict.fromkeys(leaving), ORIGIN)

    async def extend(self, room_id: str) -> None:
        valid = RoomChange(self.now, self.now + self.some(HOUR, 2 * DAY, 5 * DAY))
        await self.rooms.update(room_id, valid, ORIGIN)

    async def name(self, room_id: str) -> None:
        external_id = self.random.choice([None, f"A-{self.random.randrange(3)}"])
        people = {raw_id(1): {"externalId": external_id}}
        patches: list[dict[str, Any]] = [{"externalId": external_id}, {"participants": people}]
        patch = self.random.choice(patches)
        await self.rooms.patch_details(room_id, patch, ORIGIN)

    async def delete(self, room_id: str) -> None:
        if self.random.random() < 0.5:
            await self.rooms.delete(room_id, ORIGIN)
            self.living.remove(room_id)

    async def call(self, _: str) -> None:
        """An event of a call, that may be of long ago, or ahead of the clock."""
        room_id = self.random.choice(self.known)
        for number in range(self.random.randrange(1, 4)):
            ago = self.random.choice([0, 0, 0, HOUR, 2 * DAY, 5 * DAY, 90 * DAY, -DAY // 2])
            event = CallEvent(
                "ParticipantAdded", f"{self.now}-{number}", f"call {self.random.randrange(6)}",
                self.now - ago, "phone",
            )  # fmt: skip
            await Calls(self.table, self.clock).record(room_id, event, "text")

    async def look(self, _: str) -> None:
        room_id = self.random.choice(self.known)
        await Accesses(self.table, self.clock).record(room_id, {"what": "log", "query": {}}, ORIGIN)

    async def admit(self, room_id: str) -> None:
        link = JoinLink(f"{self.now:032x}", room_id, raw_id(1), None, self.now + self.some(DAY))
        await Admissions(self.table, Calls(self.table, self.clock), self.clock).record(
            room_id, self.now, "Admitted", {"rawId": raw_id(1), "role": "Attendee"}, ORIGIN,
            HeldLink(link, "browser"),
        )  # fmt: skip

    async def upkeep(self, table: Table, retention: Ticks, *, reads_acs: bool) -> None:
        """A pass, of which rooms that expired are remembered, too."""
        at = self.now
        upkeep = Upkeep(
            table, Rooms(self.table, lambda: at), lambda: at, EXPIRED, retention,
            reads_acs=reads_acs,
        )  # fmt: skip
        report = await upkeep.run(HANG_SECONDS)
        assert (report.done, report.unavailable) == (report.partitions, 0)
        self.living = [
            each for each in self.living if not self.table.rows[keys.room_row(each)].get("deleted")
        ]

    async def killed_upkeep(self, retention: Ticks, *, reads_acs: bool) -> None:
        left = self.random.randrange(1, 25)

        async def kill(what: str, _: str) -> None:
            nonlocal left
            left -= what in ("commit", "delete")
            if left < 0:
                raise Killed

        try:
            await self.upkeep(Watched(self.client, kill), retention, reads_acs=reads_acs)
        except Killed:
            self.living = [
                each
                for each in self.living
                if not self.table.rows[keys.room_row(each)].get("deleted")
            ]

    async def gone(self) -> set[str]:
        """Returns the keys of the rows that upkeep has removed."""
        there = {row["RowKey"] async for row in self.client.list_entities(select=["RowKey"])}
        return self.table.rows.keys() - there

    async def a_day(self, retention: Ticks, *, reads_acs: bool) -> None:
        """Some things, and the pass of the day: once, killed and again, or twice at once."""
        end = self.now + DAY
        while self.now < end:
            await self.something()
        match self.random.randrange(4):
            case 0:
                await self.killed_upkeep(retention, reads_acs=reads_acs)
            case 1:
                await asyncio.gather(
                    *(
                        self.upkeep(Table(self.client), retention, reads_acs=reads_acs)
                        for _ in range(2)
                    )
                )
            case _:
                await self.upkeep(Table(self.client), retention, reads_acs=reads_acs)


async def removed_by_a_whole_pass(history: History, *, reads_acs: bool) -> set[str]:
    before = await history.gone()
    await history.client.delete_entity("7", keys.UPKEEP_ROW)
    await history.upkeep(Table(history.client), RETENTION, reads_acs=reads_acs)
    return await history.gone() - before


@pytest.mark.parametrize("seed", [0, *thorough(*range(1, 40))])
async def test_a_pass_a_day_removes_all_that_is_too_old_and_nothing_else(
    direct: TableClient, seed: int
) -> None:
    random = Random(seed)
    history, reads_acs = History(direct, random), random.random() < 0.5
    await looked_through(direct)
    for _ in range(DAYS):
        await history.a_day(random.choice([RETENTION, 2 * RETENTION]), reads_acs=reads_acs)
    history.now += DAY
    await history.upkeep(Table(direct), RETENTION, reads_acs=reads_acs)
    model = Model(history.now - RETENTION, reads_acs)
    rows, gone = history.table.rows, without_hints(await history.gone())
    assert gone - model.may_be_gone(rows) == set()
    assert model.must_be_gone(rows) - gone == set()
    await checked(direct, history.now - RETENTION)
    more = await removed_by_a_whole_pass(history, reads_acs=reads_acs)
    assert without_hints(more) == set()


def without_hints(row_keys: set[str]) -> set[str]:
    """Without what leads upkeep somewhere, and may stay until it looks."""
    return {key for key in row_keys if not key.startswith((".until:", ".due:", ".stale:"))}
