"""Clients of a service whose rooms move: each uses two processes in turn, and expects of each what
the other has answered."""

import asyncio
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random
from typing import Any

from faults.client import PAUSE_SECONDS, RETRIED
from faults.followers import Follower
from rooms.domain.time import DAY, format_time, now
from rooms.storage.arrivals import RAISE_SECONDS
from rooms.storage.errors import StorageError
from testkit.events import Meeting
from testkit.identifiers import raw_id
from testkit.mortal_app import MortalApp
from testkit.raw_http import Answer

POLL_SECONDS = 0.2

_TRIES = 400
"""Requests of a client for one change: rooms that move cannot be changed until a process that was
killed over it has been started again."""


@dataclass
class Seen:
    """What clients have met: answers by status and code, and what was wrong."""

    answers: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)
    listed: int = 0
    under_way: set[object] = field(default_factory=set)

    @contextmanager
    def request(self) -> Iterator[None]:
        """Knows of a request while it is under way."""
        this = object()
        self.under_way.add(this)
        try:
            yield
        finally:
            self.under_way.remove(this)

    async def all_ended(self) -> None:
        """Waits until each request has ended that is under way."""
        these = set(self.under_way)
        while these & self.under_way:  # noqa: ASYNC110 - there are many of them
            await asyncio.sleep(0.01)


@dataclass
class Client:
    """Sends requests through processes in turn."""

    processes: Sequence[MortalApp]
    random: Random
    seen: Seen

    async def send(
        self,
        method: str,
        path: str,
        body: object = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Returns the answer of one of the processes to a request, which is sent until it is
        answered."""
        for _ in range(_TRIES):
            process = self.random.choice(self.processes)
            with self.seen.request():
                answer = await process.ask(method, path, body, headers)
            code = answer.headers.get("x-ms-error-code", "")
            self.seen.answers[f"{answer.status} {code}".strip()] += 1
            if answer.status not in RETRIED:
                return answer
            await asyncio.sleep(PAUSE_SECONDS)
        raise AssertionError(f"{method} {path} is answered {answer.status} {answer.body!r}")

    async def get(self, path: str) -> Any:
        """Returns what a request is answered with, and None for what is not there."""
        answer = await self.send("GET", path)
        return answer.json() if answer.status == 200 else None


@dataclass
class Room:
    """A room as its only writer has left it."""

    id: str
    valid_from: str
    valid_until: str
    people: int = 0
    title: str | None = None
    call: Meeting | None = None
    in_call: int = 0
    deleted: bool = False


@dataclass
class Writer(Client):
    """Makes rooms and changes them. After each change it asks the service whether it is there."""

    rooms: list[Room] = field(default_factory=list)

    async def run(self, over: asyncio.Event) -> None:
        """Goes on until it is `over`."""
        while not over.is_set():
            await self.step()

    async def step(self) -> None:
        """Makes a room, or changes one."""
        living = [room for room in self.rooms if not room.deleted]
        changes = self._update, self._invite, self._name, self._join, self._delete, None
        change = self.random.choice(changes) if len(living) > 1 else None
        if change is None:
            await self._create()
        else:
            await change(self.random.choice(living))

    def expect(self, what: str, room: Room, found: object, wanted: object) -> None:
        """Notes it if something is not as this writer has left it."""
        if found != wanted:
            self.seen.problems.append(f"{what} of {room.id} is {found!r}, and was {wanted!r}")

    async def check(self, room: Room) -> None:
        """Asks for all of a room."""
        found = await self.get(f"/rooms/{room.id}")
        self.expect("validUntil", room, found and found["validUntil"], self._until(room))
        if room.deleted:
            return
        people = await self.get(f"/rooms/{room.id}/participants")
        self.expect("people", room, people and len(people["value"]), room.people)
        overview = await self.get(f"/rooms/{room.id}/overview")
        self.expect("title", room, overview and overview["title"], room.title)
        presence = await self.get(f"/rooms/{room.id}/presence")
        call = presence and presence["call"]
        self.expect("call", room, len(call["participants"]) if call else 0, room.in_call)

    def _until(self, room: Room) -> str | None:
        return None if room.deleted else room.valid_until

    async def _create(self) -> None:
        sent = {
            "Repeatability-Request-ID": f"{self.random.getrandbits(128):032x}",
            "Repeatability-First-Sent": "Mon, 30 Nov 2026 00:00:00 GMT",
        }
        answer = await self.send("POST", "/rooms", {"participants": {}}, sent)
        assert answer.status == 201, answer
        made = answer.json()
        room = Room(made["id"], made["validFrom"], made["validUntil"])
        self.rooms.append(room)
        await self.check(room)

    async def _update(self, room: Room) -> None:
        until = format_time(now() + self.random.randrange(2, 170) * DAY)
        times = {"validFrom": room.valid_from, "validUntil": until}
        answer = await self.send("PATCH", f"/rooms/{room.id}", times)
        assert answer.status == 200, answer
        room.valid_until = answer.json()["validUntil"]
        await self.check(room)

    async def _invite(self, room: Room) -> None:
        who = {raw_id(self.random.getrandbits(32)): {"role": "Attendee"}}
        answer = await self.send("PATCH", f"/rooms/{room.id}/participants", {"participants": who})
        assert answer.status == 200, answer
        room.people += 1
        await self.check(room)

    async def _name(self, room: Room) -> None:
        room.title = f"Title {self.random.getrandbits(32)}"
        answer = await self.send("PATCH", f"/rooms/{room.id}/details", {"title": room.title})
        assert answer.status == 200, answer
        await self.check(room)

    async def _join(self, room: Room) -> None:
        """Lets Event Grid deliver that somebody has joined, in the order of events or not."""
        room.call = room.call or Meeting(room.id, now() - DAY // 24)
        room.in_call += 1
        events = [room.call.started(), room.call.added(room.in_call, raw_id(room.in_call))]
        for event in self.random.sample(events, len(events)):
            await self._deliver(json.dumps(event))
        await self.check(room)

    async def _delete(self, room: Room) -> None:
        room.deleted = True
        answer = await self.send("DELETE", f"/rooms/{room.id}")
        assert answer.status in (204, 404), answer  # the answer to the first may be lost
        await self.check(room)

    async def _deliver(self, event: str) -> None:
        for _ in range(_TRIES):
            try:
                with self.seen.request():
                    await self.random.choice(self.processes).app.intake.accept(event)
                return
            except StorageError as error:
                self.seen.answers[f"event {type(error).__name__}"] += 1
            await asyncio.sleep(PAUSE_SECONDS)
        raise AssertionError("an event is not taken")


@dataclass
class Lister(Client):
    """Goes through the list of all rooms again and again."""

    writers: Sequence[Writer] = ()

    async def run(self, over: asyncio.Event) -> None:
        """Goes on until it is `over`."""
        while not over.is_set():
            await self.list()
            await asyncio.sleep(POLL_SECONDS)

    async def list(self) -> None:
        """Checks that each room is listed once that was there before and is there after."""
        before = [room for writer in self.writers for room in writer.rooms]
        found = Counter[str]()
        path = "/rooms"
        while path:
            answer = await self.send("GET", path)
            assert answer.status == 200, answer
            page = answer.json()
            found.update(room["id"] for room in page["value"])
            _, _, query = (page.get("nextLink") or "").partition("?nextLink=")
            path = f"/rooms?nextLink={query.partition('&')[0]}" if query else ""
        self.seen.listed += 1
        self.seen.problems += [
            f"{room_id} is listed {count} times" for room_id, count in found.items() if count > 1
        ]
        self.seen.problems += [
            f"{room.id} is not listed" for room in before if not room.deleted and not found[room.id]
        ]


async def follow(follower: Follower, client: Client, over: asyncio.Event) -> None:
    """Reads the log until the writers are `over` and nothing comes any more."""
    path = "/log" if follower.room is None else f"/rooms/{follower.room}/log"
    cursor, empty = "beginning", 0
    while empty < 3:
        quiet = over.is_set()
        answer = await client.send("GET", f"{path}?since={cursor}")
        assert answer.status == 200, answer
        page = answer.json()
        follower.pages += 1
        follower.given += [(follower.room or each["roomId"], each["id"]) for each in page["value"]]
        cursor = page["cursor"]
        empty = empty + 1 if quiet and not page["value"] else 0
        await asyncio.sleep(RAISE_SECONDS if empty else POLL_SECONDS)
