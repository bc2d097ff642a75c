"""Hundreds come at once into a room whose call the media server carries, beside the same without
one."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from bench.load import Busy, Call, Connection, Measured, Refused, measure
from bench.operations import delivered
from bench.site import ORIGIN, Site, new_room, site
from faults.result import Tell
from rooms.domain.roster import Roster
from rooms.domain.time import now
from rooms.media.carrier import Joining
from rooms.media.livekit.carrier import LiveKit
from rooms.settings.media import read_media
from rooms.storage.creation import creation
from rooms.storage.table import Table
from testkit.events import live_meeting
from testkit.identifiers import raw_id
from testkit.livekit_double import LiveKitDouble
from testkit.livekit_webhooks import CONTENT_TYPE, Webhook
from testkit.stored_events import write

LIMIT = 2.0
"""With a media server, the slowest hundredth of the admissions takes at most so many times as long:
each waits for the server's answer, and for its token."""

JOINS_AT_ONCE = 16
"""Joins that come at the same time. A media server tells those of one room one after the other."""

_AGAIN_SECONDS = 1
"""After which a request is sent again: what Retry-After says."""

_WEBHOOK = "/media/livekit"


@dataclass(frozen=True, slots=True)
class Beside:
    """The same requests, without a media server and with one: medians of the rounds."""

    name: str
    without: Measured
    with_media: Measured
    again: tuple[int, int]
    """Requests that were sent again after a 503, in all rounds: without and with."""

    @property
    def ratio(self) -> float:
        """The slowest hundredth with a media server, of that without one."""
        return self.with_media.p99 / self.without.p99


@dataclass(frozen=True, slots=True)
class _Place:
    """An app. `livekit` is its media server, or None. The last of the connections are for joins."""

    at: Site
    livekit: LiveKitDouble | None
    again: Counter[str]
    """Requests that were sent again, by what they are about."""

    async def send(self, what: str, request: bytes, connection: int) -> bytes:
        """Sends a request, and again when the service is busy, as its clients do."""
        while True:
            try:
                return await self.at.connections[connection].send(request)
            except Busy:
                self.again[what] += 1
                await asyncio.sleep(_AGAIN_SECONDS)


async def media(folder: Path, storage: str, people: int, rounds: int, tell: Tell) -> list[Beside]:
    """`people` ask at once to be let into a room; and then into another one, while as many join a
    third one.

    Raises:
        Refused: not all were let in, or not all are in the call then.
    """
    names = (
        f"{people} admissions",
        f"{people} admissions, beside {people} joins",
        f"{people} joins, beside {people} admissions",
    )
    found: dict[tuple[str, bool], list[Measured]] = {}
    with LiveKitDouble() as livekit:
        async with (
            _place(folder / "without", storage, people, None) as without,
            _place(folder / "with", storage, people, livekit) as with_media,
        ):
            for number in range(rounds):
                for place in (without, with_media) if number % 2 else (with_media, without):
                    tell(f"round {number + 1}, {'with' if place.livekit else 'without'} media")
                    for name, figure in zip(names, await _round(place, people), strict=True):
                        found.setdefault((name, place.livekit is not None), []).append(figure)
    return [
        Beside(
            name,
            without=Measured.median(found[name, False]),
            with_media=Measured.median(found[name, True]),
            again=(without.again[what], with_media.again[what]),
        )
        for name, what in zip(names, _WHATS, strict=True)
    ]


@asynccontextmanager
async def _place(
    folder: Path, storage: str, people: int, livekit: LiveKitDouble | None
) -> AsyncIterator[_Place]:
    settings = {} if livekit is None else livekit.settings
    async with (
        site(folder, storage, 1, table=f"media{folder.name}", settings=settings) as at,
        AsyncExitStack() as stack,
    ):
        connections = [await Connection.open(at.app.port) for _ in range(people + JOINS_AT_ONCE)]
        for connection in connections:
            stack.callback(connection.close)
        yield _Place(replace(at, connections=connections), livekit, Counter())


_WHATS = ("admissions alone", "admissions", "joins")


async def _round(place: _Place, people: int) -> tuple[Measured, Measured, Measured]:
    alone = await measure(await _admissions(place, people, "admissions alone"), people)
    admissions = await _admissions(place, people, "admissions")
    room_id, joins = await _joins(place, people)
    both = await asyncio.gather(measure(admissions, people), measure(joins, JOINS_AT_ONCE))
    request = place.at.keyed("GET", f"/rooms/{room_id}/presence")
    presence = json.loads(await place.at.connections[0].send(request))
    if presence["call"]["count"] != people:
        raise Refused(f"{presence['call']['count']} of {people} are in the call")
    return alone, *both


async def _room(place: _Place, people: int) -> tuple[str, Roster]:
    """Makes a room with so many people."""
    roster: Roster = {raw_id(number): "Attendee" for number in range(people)}
    room = new_room()
    await write(Table(place.at.table), creation(room, roster, None, ORIGIN))
    return room.id, roster


async def _admissions(place: _Place, people: int, what: str) -> Sequence[Call]:
    """Returns the admission of each person of a new room, on the first connections."""
    room_id, roster = await _room(place, people)
    path = f"/rooms/{room_id}/admission"

    async def admit(request: bytes, worker: int) -> None:
        answer = json.loads(await place.send(what, request, worker))
        if not answer["admitted"] or ("media" in answer) != (place.livekit is not None):
            raise Refused(f"{answer}")

    return [partial(admit, place.at.keyed("POST", path, {"rawId": who})) for who in roster]


async def _joins(place: _Place, people: int) -> tuple[str, Sequence[Call]]:
    """Returns a new room, and what tells that each of its people has joined, on the last
    connections."""
    room_id, roster = await _room(place, people)
    if place.livekit is None:
        meeting = live_meeting(room_id)
        requests = [delivered(place.at, meeting.added(1, who)) for who in roster]
    else:
        webhooks = await _webhooks(place.at, place.livekit, room_id, roster)
        requests = [_posted(place.at, webhook) for webhook in webhooks]

    async def tell(request: bytes, worker: int) -> None:
        await place.send("joins", request, worker - JOINS_AT_ONCE)

    return room_id, [partial(tell, request) for request in requests]


async def _webhooks(
    at: Site, livekit: LiveKitDouble, room_id: str, roster: Roster
) -> list[Webhook]:
    """Lets all join, and returns the webhooks of that. The call is made by the first admission."""
    request = at.keyed("POST", f"/rooms/{room_id}/admission", {"rawId": next(iter(roster))})
    await at.connections[0].send(request)
    server = read_media(livekit.settings)
    assert server
    carrier = LiveKit(server, "", now)
    for who, role in roster.items():
        livekit.join(carrier.sign(room_id, Joining(who, "phone", role)).token)
    joined = "participant_joined"
    return [
        made
        for made in livekit.webhooks.made
        if made.room == room_id and made.event["event"] == joined
    ]


def _posted(at: Site, webhook: Webhook) -> bytes:
    """Returns a webhook as a request."""
    lines = [
        f"POST {_WEBHOOK} HTTP/1.1",
        f"Host: localhost:{at.app.port}",
        f"Authorization: {webhook.authorization}",
        f"Content-Type: {CONTENT_TYPE}",
        f"Content-Length: {len(webhook.body)}",
        "",
        "",
    ]
    return "\r\n".join(lines).encode() + webhook.body
