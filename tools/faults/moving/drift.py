"""Changes that others make at ACS itself, beside those that go through this service. Meanwhile
rooms are pulled, and ACS reads rosters late."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from random import Random

from faults.moving.operations import Change, create, delete, participants, update
from rooms.domain.limits import LIMITS
from rooms.domain.log import ACS_ACTOR
from rooms.domain.roster import ROLES
from testkit.identifiers import raw_id
from testkit.mortal_app import MortalApp
from testkit.two_sides import Sight, TwoSides
from testkit.whole import StoredRoom

READ_LATE_SECONDS = 0.2
"""How late ACS reads rosters."""

LIMITS_OF_DRIFT = replace(LIMITS, quiet_seconds=2 * READ_LATE_SECONDS)
"""What ACS has is believed sooner than ever, and so while changes go on."""

ROOMS = 4
"""Rooms that are changed through this service only; by others only; and by both."""

PEOPLE = [raw_id(number) for number in range(1, 5)]


@dataclass
class Drift:
    """Rooms, by who changes them."""

    sides: TwoSides
    seed: int
    ours: list[str] = field(default_factory=list)
    theirs: list[str] = field(default_factory=list)
    shared: list[str] = field(default_factory=list)
    direct: Counter[str] = field(default_factory=Counter)
    """Changes at ACS itself, by name."""
    wrong: list[str] = field(default_factory=list)
    """Answers that nobody should get."""

    async def run(self, changes: int, rounds: int) -> None:
        """Makes so many changes at ACS itself, and as many through this service. In each round the
        timer comes."""
        async with self.sides.process() as process:
            random = Random(self.seed)
            for rooms in (self.ours, self.theirs, self.shared):
                for _ in range(ROOMS):
                    request = create(PEOPLE[0]).request("", random)
                    made = await process.ask("POST", "/rooms", request.body, request.headers)
                    rooms.append(made.json()["id"])
            self.sides.acs.late_rosters.seconds = READ_LATE_SECONDS
            assert process.app.passes is not None
            directly, through = Random(f"{self.seed}/direct"), Random(f"{self.seed}/through")
            for _ in range(rounds):
                await asyncio.gather(
                    self._directly(changes // rounds, directly),
                    self._through(process, changes // rounds, through),
                    process.app.passes.run(),
                )
        self.sides.acs.late_rosters.catch_up()

    def problems(self, sight: Sight) -> Iterator[str]:
        """Yields what is not as it must be, when all was pulled."""
        yield from self.wrong
        yield from sight.problems()
        for room_id in self.ours:
            if strangers := _actors(sight.ours[room_id]) - {"app"}:
                yield f"room {room_id}, which nobody else changed, has records of {strangers}"
        for room_id in self.theirs:
            room = sight.ours.get(room_id)
            if room is not None and (strangers := _actors(room) - {ACS_ACTOR}):
                yield f"room {room_id}, which was changed at ACS, has records of {strangers}"

    async def _directly(self, changes: int, random: Random) -> None:
        for _ in range(changes):
            room_id = random.choice(self.theirs + self.shared)
            change = _change(random)
            self.direct[change.name] += 1
            request = change.request(room_id, random)
            answer = await asyncio.to_thread(request.sent_by, self.sides.acs.raw)
            if answer.status == 201:
                self.theirs.append(answer.json()["id"])
            elif answer.status not in (200, 204, 404):
                self.wrong.append(f"{change.name} at ACS: {answer.status} {answer.body!r}")

    async def _through(self, process: MortalApp, changes: int, random: Random) -> None:
        for _ in range(changes):
            room_id = random.choice(self.ours + self.shared)
            change = random.choice((_update, _participants))(random)
            request = change.request(room_id, random)
            answer = await process.ask(request.method, request.path, request.body, request.headers)
            if answer.status not in (200, 404):
                self.wrong.append(f"{change.name}: {answer.status} {answer.body!r}")


def _actors(room: StoredRoom) -> set[str]:
    """Returns who changed a room after it was made."""
    return {record["actor"] for record in room.log if record["kind"] != "RoomCreated"}


def _change(random: Random) -> Change:
    match random.randrange(20):
        case 0 | 1:
            return create(*random.sample(PEOPLE, random.randrange(3)), days=random.randint(1, 9))
        case 2:
            return delete()
        case 3 | 4 | 5 | 6 | 7 | 8:
            return _update(random)
    return _participants(random)


def _update(random: Random) -> Change:
    return update(random.randint(1, 9))


def _participants(random: Random) -> Change:
    return participants({random.choice(PEOPLE): random.choice((*ROLES, None))})
