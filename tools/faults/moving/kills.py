"""Every change, killed before and behind each of its requests to the storage and to ACS, and then
settled, or sent again."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from random import Random
from typing import Literal

from faults.client import Request
from faults.moving.operations import (
    Change,
    create,
    delete,
    invitees,
    made_with,
    participants,
    person,
    update,
)
from testkit.identifiers import raw_id
from testkit.mortal_app import Killed, MortalApp
from testkit.raw_http import Answer
from testkit.two_sides import Sight, TwoSides
from testkit.whole import StoredRoom

type Ending = Literal["settled", "sent again"]
"""What comes after the kill: the timer settles it, or the client sends its request again."""

ENDINGS: tuple[Ending, ...] = ("settled", "sent again")

ANN = raw_id(1)

type Operation = Callable[[str], Change]
"""A change of a room that has one person, or will have: the one who is given."""

OPERATIONS: Sequence[Operation] = (
    lambda who: create(who, days=2),
    lambda _: update(days=3),
    lambda who: participants({ANN: "Presenter", who: None}),
    lambda _: invitees({ANN: "Ann"}),
    lambda _: delete(),
)


@dataclass(frozen=True, slots=True)
class Kill:
    """One change that was killed."""

    change: Change
    who: str
    """A person who is on the roster of its room, and of no other."""
    at: str
    """The request at which it was killed."""
    ending: Ending
    answer: Answer | None
    """To the request that was sent again."""

    def __str__(self) -> str:
        return f"{self.change.name}, killed {self.at}, {self.ending}"

    def problems(self, sight: Sight) -> Iterator[str]:
        """Yields what is not as it must be, when all is settled."""
        if self.answer is not None and self.answer.status >= 300:
            yield f"{self}: answered {self.answer.status} {self.answer.body!r}"
        ours, acs = (_rooms_of(self.who, rooms) for rooms in (sight.ours, sight.acs))
        if len(ours) != len(acs) or len(acs) > 1:
            yield f"{self}: {len(ours)} rooms here, and {len(acs)} at ACS"
            return
        there = Counter(kind for room in acs for kind in room.kinds)
        here = Counter((one["kind"], one["actor"]) for room in ours for one in room.log)
        done = max((there[kind] for kind in self.change.kinds), default=0)
        if done > 1 or (done == 0 and self.ending == "sent again"):
            yield f"{self}: carried out {done} times at ACS"
        for kind in self.change.kinds:
            if kind == "DetailsUpdated" and self.ending == "settled":
                continue  # ACS has no names: they are as they were, or as the answer said
            if here[kind, "app"] != done:
                yield f"{self}: {here[kind, 'app']} records {kind}, and {done} changes at ACS"
        if strangers := [each for each in here if each[1] != "app"]:
            yield f"{self}: records {strangers}"


async def killed_everywhere(
    sides: TwoSides, every: int, seed: int, operations: Sequence[Operation] = OPERATIONS
) -> list[Kill]:
    """Carries out each operation again and again, killed at another point each time, until it
    lives. Returns all that was killed. Nothing is settled yet.

    Args:
        every: of so many points and endings, one is tried: an odd number.
    """
    random, kills = Random(seed), list[Kill]()
    async with sides.process() as steady:
        for operation in operations:
            for turn in count(random.randrange(every), every):
                point, ending = divmod(turn, len(ENDINGS))
                kill = await _killed(sides, steady, operation, point, ENDINGS[ending], random)
                if kill is None:
                    break
                kills.append(kill)
    return kills


async def _killed(
    sides: TwoSides,
    steady: MortalApp,
    operation: Operation,
    point: int,
    ending: Ending,
    random: Random,
) -> Kill | None:
    """Kills a change in a process that has just started. Returns None if it has no such point.

    Args:
        steady: a process that lives, and makes the room.
        point: twice the number of a request; one more: behind it.
    """
    who = person(random)
    change = operation(who)
    room_id = "" if change.is_create else await _room_with(steady, who, random)
    request = change.request(room_id, random)
    number, behind = divmod(point, 2)
    async with sides.process() as process:
        process.life.dies_at(number, behind=behind == 1)
        try:
            await _sent(process, request)
        except Killed:
            at = f"{'behind' if behind else 'before'} {number}, {process.life.seen[number]}"
        else:
            return None
    answer = await _sent(steady, request) if ending == "sent again" else None
    return Kill(change, who, at, ending, answer)


async def _room_with(process: MortalApp, who: str, random: Random) -> str:
    answer = await _sent(process, create(who).request("", random))
    assert answer.status == 201, answer
    room_id: str = answer.json()["id"]
    return room_id


async def _sent(process: MortalApp, request: Request) -> Answer:
    return await process.ask(request.method, request.path, request.body, request.headers)


def _rooms_of(who: str, rooms: Mapping[str, StoredRoom]) -> list[StoredRoom]:
    return [room for room in rooms.values() if made_with(room) == who]
