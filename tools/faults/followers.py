"""Clients that follow the log by its cursor, whatever becomes of the app: each record reaches them
once, and all get those of a room in one order."""

import threading
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from faults.client import InFlight, Request, send_until_answered
from rooms.storage.arrivals import RAISE_SECONDS
from testkit.raw import Raw
from testkit.whole import StoredRoom

_POLL_SECONDS = 0.2

_EMPTY_PAGES = 3
"""Empty pages, further apart than floors are raised, after which a quiet log has no more."""

type Record = tuple[str, str]
"""A room's id, and a record's."""


@dataclass
class Follower:
    """Follows the log of a room, or of all rooms if `room` is None, from its beginning."""

    room: str | None
    given: list[Record] = field(default_factory=list)
    pages: int = 0
    failure: str = ""

    def run(self, raw: Raw, over: threading.Event) -> None:
        """Reads until the writers are `over` and nothing comes any more."""
        try:
            self._run(raw, over)
        except Exception as problem:  # of any kind: it is one of the outcomes
            self.failure = f"{type(problem).__name__}: {problem}"

    def _run(self, raw: Raw, over: threading.Event) -> None:
        path = "/log" if self.room is None else f"/rooms/{self.room}/log"
        cursor, empty = "beginning", 0
        while empty < _EMPTY_PAGES:
            quiet = over.is_set()
            request = Request("GET", f"{path}?since={cursor}")
            answer = send_until_answered(raw, request, InFlight()).answer
            assert answer.status == 200, f"{answer.status} {answer.body!r}"
            page = answer.json()
            self.pages += 1
            self.given += [(self.room or each["roomId"], each["id"]) for each in page["value"]]
            cursor = page["cursor"]
            empty = empty + 1 if quiet and not page["value"] else 0
            if quiet:
                threading.Event().wait(2 * RAISE_SECONDS if empty else 0)
            elif not page["more"]:
                over.wait(_POLL_SECONDS)


@contextmanager
def following(raw: Raw, rooms: Sequence[str]) -> Iterator[list[Follower]]:
    """Follows all rooms, and each of `rooms` by itself. In the end, reads what is left."""
    followers = [Follower(room) for room in (None, *rooms)]
    over = threading.Event()
    threads = [threading.Thread(target=each.run, args=(raw, over)) for each in followers]
    for thread in threads:
        thread.start()
    try:
        yield followers
    finally:
        over.set()
        for thread in threads:
            thread.join()


def wrongly_followed(
    followers: Sequence[Follower], stored: Mapping[str, StoredRoom]
) -> Iterator[str]:
    """What a follower lost, was given twice or was given though it is not in the log; and rooms
    whose records two followers were given in different orders."""
    everything, *others = followers
    for each in followers:
        name = each.room or "all rooms"
        if each.failure:
            yield f"who follows {name} failed: {each.failure}"
        rooms = stored if each.room is None else {each.room: stored[each.room]}
        wanted = Counter(
            (room_id, str(record["RowKey"]).rpartition(":")[2])
            for room_id, room in rooms.items()
            for record in room.log
        )
        given = Counter(each.given)
        for how, which in ("lost", wanted - given), ("doubled or unknown", given - wanted):
            if which:
                record, _ = next(iter(which.items()))
                yield f"{which.total()} records of {name} are {how}, such as {record}"
    for each in others:
        if [record for record in everything.given if record[0] == each.room] != each.given:
            yield f"the records of {each.room} came in two orders"
