"""The app is killed again and again among events and changes: what it answered is there, and what
is sent again is there once."""

import threading
import time
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import batched
from pathlib import Path
from random import Random
from typing import Any

from azure.data.tables import TableClient

from faults.client import (
    FOR_EVERY_USER,
    InFlight,
    Request,
    delivery,
    invited,
    new_id,
    repeatable,
    send_until_answered,
)
from faults.restarted import Restarted
from faults.result import Result, Tell, lasted
from rooms.domain.time import DAY, format_time, now
from testkit.events import Element, Meeting
from testkit.identifiers import raw_id
from testkit.raw import Raw
from testkit.whole import StoredRoom, stored_rooms

TABLE = "kills"
SHARED_ROOMS = 10
"""Rooms that all clients change at the same time."""

AT_ONCE = 16
"""Clients."""

BATCH = 10
"""Events in a delivery."""

COPIES = 2
"""How often each event is delivered."""

CHANGES_OF_A_ROOM = 7
"""Changes that a room of a client's own has, from its creation to its end."""


@dataclass
class Work:
    """What has been answered, by any client."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    in_flight: InFlight = field(default_factory=InFlight)
    answered: int = 0
    sent_again: int = 0
    changes: dict[str, str] = field(default_factory=dict)
    """Of each change that was answered, by its x-ms-client-request-id, the room."""
    refused: list[str] = field(default_factory=list)
    at_kill: list[int] = field(default_factory=list)
    """Requests that were under way at each kill."""

    def took(self, tries: int) -> None:
        with self.lock:
            self.answered += 1
            self.sent_again += tries - 1


def kills(
    azurite: str,
    folder: Path,
    tell: Tell,
    events: int = 10_000,
    changes: int = 1_000,
    kills: int = 100,
    seed: int = 1,
) -> Result:
    """Sends so many `events` (each COPIES times) and `changes` while the app is killed so often.

    Args:
        azurite: the connection string of the storage, which goes on running.
        folder: for the logs of the apps.
    """
    random, began, work = Random(seed), time.monotonic(), Work()
    app = Restarted(folder, {"ROOMS_STORAGE": azurite, "ROOMS_TABLE": TABLE})
    raw = Raw(app.endpoint, app.key)
    with app.running():
        shared = [raw.new_room()["id"] for _ in range(SHARED_ROOMS)]
        elements = dict(_event(random, shared) for _ in range(events))
        jobs = [*_deliveries(elements, random), *_changes(changes, shared, random)]
        random.shuffle(jobs)
        requests = sum(map(len, jobs))
        with ThreadPoolExecutor(AT_ONCE) as pool:
            doing = [pool.submit(_carry_out, job, raw, work) for job in jobs]
            try:
                _kill(app, work, kills, requests, random, tell)
                for each in doing:
                    each.result()
            finally:
                pool.shutdown(
                    wait=False, cancel_futures=True
                )  # on Ctrl-C the clients must not go on
    problems = [*work.refused, *_compared(azurite, work, elements, shared)]
    if app.killed < kills:
        problems.append(f"the app was killed {app.killed} times only")
    return Result(
        "However often the app is killed, what it answered is there, and what clients send "
        "again is there exactly once.",
        {
            "kills (SIGKILL)": f"{app.killed:,}",
            "events": f"{events:,}, each delivered {COPIES} times, {BATCH} at a time",
            "changes": f"{len(work.changes):,}",
            "requests": f"{work.answered:,}, by {AT_ONCE} clients at once",
            "under way at a kill": _range(work.at_kill),
            "sent again": f"{work.sent_again:,} times",
            "time": lasted(time.monotonic() - began),
        },
        problems,
    )


def _range(counts: Sequence[int]) -> str:
    return f"{min(counts, default=0)} to {max(counts, default=0)} requests, {sum(counts):,} in all"


@dataclass(frozen=True, slots=True)
class Step:
    """A request, with `{room}` in its path for the room that the first step made. If it is a
    change: its id, and which room's."""

    request: Request
    change: str | None = None
    room: str | None = None


type Job = Sequence[Step]
"""Requests that one client sends one after the other."""


def _event(random: Random, rooms: Sequence[str]) -> tuple[str, Element]:
    """An event by its id, of one of a few calls of these rooms."""
    call = Meeting(random.choice(rooms), now() - 2 * DAY, "")
    number, who, at = random.randrange(5), raw_id(random.randrange(50)), random.randrange(7_200)
    write = random.choice((call.added, call.added, call.removed))
    element = write(at, who) if random.random() < 0.9 else call.ended(at)
    element["id"] = new_id(random)
    element["data"]["correlationId"] = f"{call.room_id}-{number}"
    return element["id"], element


def _deliveries(elements: Mapping[str, Element], random: Random) -> Iterator[Job]:
    copies = [element for element in elements.values() for _ in range(COPIES)]
    random.shuffle(copies)
    return ([Step(delivery(*some))] for some in batched(copies, BATCH, strict=False))


def _changes(count: int, shared: Sequence[str], random: Random) -> Iterator[Job]:
    """Rooms of a client's own from creation to end, and people for rooms that all change. No two
    changes undo each other."""
    for _ in range(count // (2 * CHANGES_OF_A_ROOM)):
        yield list(_life(random))
    for number in range(count - count // (2 * CHANGES_OF_A_ROOM) * CHANGES_OF_A_ROOM):
        room = random.choice(shared)
        yield [
            _change(
                random,
                "PATCH",
                f"/rooms/{room}/participants",
                invited(raw_id(1_000 + number)),
                room,
            )
        ]


def _life(random: Random) -> Iterator[Step]:
    alice, bob = raw_id(random.getrandbits(40)), raw_id(random.getrandbits(40))
    yield _change(random, "POST", "/rooms", invited(alice), **repeatable(random))
    until = {"validFrom": format_time(now()), "validUntil": format_time(now() + DAY)}
    yield _change(random, "PATCH", "/rooms/{room}", until)
    yield _change(random, "PUT", "/rooms/{room}/joinPolicy", FOR_EVERY_USER)
    yield _change(random, "PATCH", "/rooms/{room}/participants", invited(bob))
    yield _change(random, "PATCH", "/rooms/{room}/participants", {"participants": {alice: None}})
    yield _change(random, "PATCH", "/rooms/{room}/details", {"title": new_id(random)})
    yield _change(random, "DELETE", "/rooms/{room}", None)


def _change(
    random: Random, method: str, path: str, body: Any, room: str | None = None, **headers: str
) -> Step:
    change = new_id(random)
    return Step(
        Request(method, path, body, {**headers, "x-ms-client-request-id": change}), change, room
    )


def _carry_out(job: Job, raw: Raw, work: Work) -> None:
    made = ""
    for step in job:
        request = step.request
        request = Request(
            request.method, request.path.replace("{room}", made), request.body, request.headers
        )
        try:
            sent = send_until_answered(raw, request, work.in_flight)
            assert sent.answer.status in (200, 201, 202, 204), (
                f"{sent.answer.status} {sent.answer.body!r}"
            )
            if request.method == "POST" and step.change:
                made = sent.answer.json()["id"]
        except Exception as problem:  # of any kind: who kills waits for answers
            work.refused.append(
                f"{request.method} {request.path}: {type(problem).__name__}: {problem}"
            )
            return
        if step.change:
            work.changes[step.change] = step.room or made
        work.took(sent.tries)


def _kill(
    app: Restarted, work: Work, kills: int, requests: int, random: Random, tell: Tell
) -> None:
    """Kills the app after each share of the requests, at random, while some are under way."""
    while app.killed < kills and work.answered < requests and not work.refused:
        app.wait_until_it_answers()
        if work.answered < requests * (app.killed + 0.5) / (kills + 1):
            time.sleep(0.002)
            continue
        time.sleep(random.uniform(0, 0.05))
        if under_way := work.in_flight.count:
            app.kill()
            work.at_kill.append(under_way)
            tell(f"{app.killed} kills, {work.answered:,} of {requests:,} requests answered")


def _compared(
    azurite: str, work: Work, elements: Mapping[str, Element], shared: Sequence[str]
) -> Iterator[str]:
    """What is lost, doubled, or there though nobody sent it."""
    with TableClient.from_connection_string(azurite, TABLE) as client:
        try:
            rooms = stored_rooms(client.list_entities())
        except AssertionError as error:
            yield f"the rows do not agree: {error}"
            return
    if len(rooms) != (made := len({*shared, *work.changes.values()})):
        yield f"{len(rooms)} rooms are there, and not {made}"
    stored = Counter(event.id for room in rooms.values() for event in room.events)
    yield from differences("event", stored, elements)
    logged = Counter(
        (record["requestId"], room_id) for room_id, room in rooms.items() for record in _own(room)
    )
    yield from differences("change", logged, work.changes.items())


def _own(room: StoredRoom) -> Iterator[Mapping[str, Any]]:
    """The records of changes that came with an id."""
    return (record for record in room.log if record["actor"] == "test" and record["requestId"])


def differences(what: str, there: Counter[Any], wanted: Collection[Any]) -> Iterator[str]:
    """What of the `wanted` is not there, or more than once, or there though it is not wanted."""
    lost, more = (
        [each for each in wanted if each not in there],
        [each for each, times in there.items() if times > 1],
    )
    unknown = [each for each in there if each not in wanted]
    for how, which in ("lost", lost), ("doubled", more), ("unknown", unknown):
        if which:
            yield f"{len(which)} {what}s are {how}, such as {which[0]}"
