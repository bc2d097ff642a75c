"""The app is killed again and again among events and changes: what it answered is there, and what
is sent again is there once."""

import threading
import time
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from typing import Any

from faults import lives
from faults.client import InFlight, send_until_answered
from faults.followers import Follower, following, wrongly_followed
from faults.lives import Job, deliveries, event
from faults.restarted import Restarted
from faults.result import Result, Tell, lasted
from testkit.events import Element
from testkit.raw import Raw
from testkit.raw_http import Answer
from testkit.running import storage_settings
from testkit.stored_table import StoredTable
from testkit.whole import StoredRoom, stored_rooms

TABLE = "kills"
SHARED_ROOMS = 10
"""Rooms that all clients change at the same time."""

FOLLOWED_ROOMS = 2
"""Of these, those whose logs are followed one by one; that of all rooms is followed, too."""

AT_ONCE = 16
"""Clients."""

BATCH = 10
"""Events in a delivery."""

COPIES = 2
"""How often each event is delivered."""


CHANGES_FOR_A_USER = 10
"""For so many changes of rooms a user is made."""


@dataclass(frozen=True, slots=True)
class Change:
    """The room that was changed, and the kinds of log records of the change."""

    room: str
    kinds: Sequence[str]


@dataclass
class Work:
    """What has been answered, by any client."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    in_flight: InFlight = field(default_factory=InFlight)
    answered: int = 0
    sent_again: int = 0
    changes: dict[str, Change] = field(default_factory=dict)
    """Those that were answered, by their x-ms-client-request-id."""
    tokens: dict[str, str] = field(default_factory=dict)
    """Tokens that were answered, and what the check must say: whose they are, or why they are not
    valid."""
    refused: list[str] = field(default_factory=list)
    at_kill: list[int] = field(default_factory=list)
    """Requests that were under way at each kill."""

    def took(self, tries: int) -> None:
        with self.lock:
            self.answered += 1
            self.sent_again += tries - 1


def kills(
    storages: Sequence[str],
    folder: Path,
    tell: Tell,
    events: int = 10_000,
    changes: int = 1_000,
    kills: int = 100,
    seed: int = 1,
) -> Result:
    """Sends so many `events` (each COPIES times) and `changes` while the app is killed so often.

    Args:
        storages: the connection strings of the storage accounts, which go on running.
        folder: for the logs of the apps.
    """
    random, began, work = Random(seed), time.monotonic(), Work()
    app = Restarted(folder, {**storage_settings(storages), "ROOMS_TABLE": TABLE})
    raw = Raw(app.endpoint, app.key)
    with app.running():
        shared = [raw.new_room()["id"] for _ in range(SHARED_ROOMS)]
        elements = dict(event(random, shared) for _ in range(events))
        jobs = [
            *deliveries(elements, COPIES, BATCH, random),
            *lives.changes(changes, shared, random),
            *lives.users(changes // CHANGES_FOR_A_USER),
        ]
        random.shuffle(jobs)
        requests = sum(map(len, jobs))
        followed = following(raw, shared[:FOLLOWED_ROOMS])
        with followed as followers, ThreadPoolExecutor(AT_ONCE) as pool:
            doing = [pool.submit(_carry_out, job, raw, work) for job in jobs]
            try:
                _kill(app, work, kills, requests, random, tell)
                for each in doing:
                    each.result()
                tokens = list(_otherwise(raw, work.tokens))
            finally:
                pool.shutdown(
                    wait=False, cancel_futures=True
                )  # on Ctrl-C the clients must not go on
    stored = StoredTable(storages, TABLE)
    problems = [*work.refused, *tokens, *_compared(stored, work, elements, shared, followers)]
    if app.killed < kills:
        problems.append(f"the app was killed {app.killed} times only")
    return Result(
        "However often the app is killed, what it answered is there, and what clients send "
        "again is there exactly once. Who follows the log gets each record exactly once.",
        {
            "kills (SIGKILL)": f"{app.killed:,}",
            "events": f"{events:,}, each delivered {COPIES} times, {BATCH} at a time",
            "changes": f"{len(work.changes):,}",
            "tokens of users": f"{len(work.tokens):,}",
            "requests": f"{work.answered:,}, by {AT_ONCE} clients at once",
            "under way at a kill": _range(work.at_kill),
            "sent again": f"{work.sent_again:,} times",
            "followed by cursor": f"{len(followers[0].given):,} log records on "
            f"{followers[0].pages:,} pages, and the logs of {FOLLOWED_ROOMS} rooms by themselves",
            "time": lasted(time.monotonic() - began),
        },
        problems,
    )


def _range(counts: Sequence[int]) -> str:
    return f"{min(counts, default=0)} to {max(counts, default=0)} requests, {sum(counts):,} in all"


def _carry_out(job: Job, raw: Raw, work: Work) -> None:
    made, tokens = "", dict[str, str]()
    for step in job:
        request = replace(step.request, path=step.request.path.replace("{made}", made))
        try:
            sent = send_until_answered(raw, request, work.in_flight)
            assert sent.answer.status in (200, 201, 202, 204), (
                f"{sent.answer.status} {sent.answer.body!r}"
            )
            made = _made(sent.answer) or made
            tokens |= dict.fromkeys(_tokens(sent.answer), made)
        except Exception as problem:  # of any kind: who kills waits for answers
            work.refused.append(
                f"{request.method} {request.path}: {type(problem).__name__}: {problem}"
            )
            return
        if step.change:
            work.changes[step.change] = Change(step.room or made, step.kinds)
        if step.ends:
            tokens = dict.fromkeys(tokens, step.ends)
        work.took(sent.tries)
    work.tokens |= tokens


def _made(answer: Answer) -> str | None:
    """The id of the room or user that was made, if one was."""
    if answer.status != 201:
        return None
    made: str = answer.headers.get("location") or answer.json()["identity"]["id"]
    return made


def _tokens(answer: Answer) -> list[str]:
    """The token in an answer, if there is one."""
    match answer.json() if answer.status in (200, 201) else None:
        case {"token": token} | {"accessToken": {"token": token}}:
            return [token]
    return []


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


def _otherwise(raw: Raw, tokens: Mapping[str, str]) -> Iterator[str]:
    """Tokens of which the check says something else in the end."""
    for token, expected in tokens.items():
        body = raw.post("/identities/:checkAccessToken", {"token": token}).json()
        if (told := body["rawId"] if body["valid"] else body["reason"]) != expected:
            yield f"a token is {told}, and not {expected}"


def _compared(
    stored: StoredTable,
    work: Work,
    elements: Mapping[str, Element],
    shared: Sequence[str],
    followers: Sequence[Follower],
) -> Iterator[str]:
    """What is lost, doubled, or there though nobody sent it."""
    try:
        rooms = stored_rooms(stored.rows())
    except AssertionError as error:
        yield f"the rows do not agree: {error}"
        return
    changed = {change.room for change in work.changes.values()}
    if len(rooms) != (made := len({*shared, *changed})):
        yield f"{len(rooms)} rooms are there, and not {made}"
    events = Counter(event.id for room in rooms.values() for event in room.events)
    yield from differences("event", events, elements)
    logged = Counter(
        (record["requestId"], room_id, record["kind"])
        for room_id, room in rooms.items()
        for record in _own(room)
    )
    wanted = {
        (request_id, change.room, kind)
        for request_id, change in work.changes.items()
        for kind in change.kinds
    }
    yield from differences("record", logged, wanted)
    yield from wrongly_followed(followers, rooms)


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
