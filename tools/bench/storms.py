"""Many at once: the events of calls that all begin, and hundreds who ask to come in."""

import json
import random
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain
from pathlib import Path

from bench.load import Connection, Refused, measure
from bench.operations import ADMISSION, delivered, kept
from bench.site import Site, new_room, site
from bench.speed import Speed, by_storage_alone, carry_out, send, through_service
from faults.result import Tell
from testkit.events import Element, Meeting, live_meeting
from testkit.identifiers import raw_id

DELIVERIES_AT_ONCE = 64
"""Of events."""


@dataclass(frozen=True, slots=True)
class Storm(Speed):
    """So many calls, so many at once."""

    calls: int

    @property
    def seconds(self) -> float:
        """Until all were answered."""
        return self.calls / self.service.rate


async def storms(folder: Path, storage: str, rooms: int, people: int, tell: Tell) -> list[Storm]:
    """`people` join each of so many rooms within the same seconds; and so many ask at once to be
    let into one.

    Raises:
        Refused: not all came in, or not all are in the rooms then.
    """
    async with site(folder, storage, people) as at, AsyncExitStack() as stack:
        connections = [
            await Connection.open(at.app.port) for _ in range(max(people, DELIVERIES_AT_ONCE))
        ]
        for connection in connections:
            stack.callback(connection.close)
        crowded = replace(at, connections=connections)
        tell(f"the events of {rooms} rooms of {people}")
        events = await _events(crowded, rooms, people)
        tell(f"{people} admissions at once")
        return [events, await _admissions(crowded, people)]


async def _events(at: Site, rooms: int, people: int) -> Storm:
    name = f"events of {rooms} rooms of {people}"
    meetings = [live_meeting(new_room(number).id) for number in range(rooms)]
    others = [live_meeting(new_room(number).id) for number in range(rooms)]
    alone = await measure(
        [partial(carry_out, kept(at, each)) for each in _arrivals(others, people)],
        DELIVERIES_AT_ONCE,
    )
    arrivals = [partial(send, at, delivered(at, each)) for each in _arrivals(meetings, people)]
    service = await measure(arrivals, DELIVERIES_AT_ONCE)
    for meeting in meetings:
        answer = json.loads(
            await at.connections[0].send(at.keyed("GET", f"/rooms/{meeting.room_id}/presence"))
        )
        if answer["call"]["count"] != people:
            raise Refused(
                f"{answer['call']['count']} of {people} are in room {meeting.room_id} after "
                "the storm"
            )
    return Storm(name, DELIVERIES_AT_ONCE, service, alone, len(arrivals))


def _arrivals(meetings: Sequence[Meeting], people: int) -> list[Element]:
    """All join within three seconds, in whatever order."""
    joins = (
        (meeting.added(3 * random.random(), raw_id(each)) for each in range(people))
        for meeting in meetings
    )
    arrivals = [*(meeting.started() for meeting in meetings), *chain.from_iterable(joins)]
    random.shuffle(arrivals)
    return arrivals


async def _admissions(at: Site, people: int) -> Storm:
    one = replace(at, rooms=at.rooms[:1])
    alone = await measure(by_storage_alone(one, ADMISSION, range(people)), people)
    service = await measure(through_service(one, ADMISSION, range(people)), people)
    return Storm(f"{people} admissions to one room", people, service, alone, people)
