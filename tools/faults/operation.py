"""What an operation is to the trials: something that can be carried out under faults, and looked
at."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from faults.client import Request, Sent, send
from faults.lane import Lane, body_of
from rooms.storage.entities import unpack
from rooms_cli.check.places import GUID
from testkit.whole import StoredRoom

_OWN = re.compile(f"{GUID}|[0-9a-f]{{32,64}}|[0-9]{{7,}}")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a client is left with: the answer, as it can be compared with another run's, and after
    how many tries."""

    answer: tuple[int, object]
    """The status, and the body."""
    tries: int
    body: bytes = b""
    gone: bool = False
    """What was to be removed is not there when it is asked for again: an earlier try has done it.
    """


@dataclass(frozen=True, slots=True)
class Trial:
    """One run of an operation: `carry_out` with the client's retries, then `look` at what the
    storage has of it."""

    carry_out: Callable[[], Outcome]
    look: Callable[[Outcome], object]


@dataclass(frozen=True, slots=True)
class Operation:
    """Something that the app does. `prepare` makes what it is done to; two runs of it must not
    differ."""

    name: str
    functions: tuple[str, ...]
    """Of the app, that this is about."""
    prepare: Callable[[Lane], Trial]
    refused: bool = False
    """Whether the answer, without faults too, is a refusal."""
    timer: bool = False
    """Whether the app's timer does it."""


def asked(
    lane: Lane,
    request: Request,
    look: Callable[[Outcome], object],
    *own: str,
    removes: bool = False,
) -> Trial:
    """A request; ids that are `own` to this run are not compared. Of one that `removes` something,
    a 404 may be the last answer, if there was a failure before."""

    def carry_out() -> Outcome:
        result = outcome(sent := send(lane.raw, request), *own)
        return replace(result, gone=removes and sent.tries > 1 and sent.answer.status == 404)

    return Trial(carry_out, look)


def outcome(sent: Sent, *own: str) -> Outcome:
    """A request's."""
    return Outcome(body_of(sent, *own), sent.tries, sent.answer.body)


def nothing(_: Outcome) -> object:
    """What reads leave behind."""
    return None


def described(room: StoredRoom) -> Mapping[str, Any]:
    """A room as the table has it, without what is one run's own."""
    row = room.row or {}
    return {
        "row": {
            name: row.get(name)
            for name in (
                "validFrom",
                "validUntil",
                "pstnDialOutEnabled",
                "roomJoinPolicy",
                "deleted",
            )
        },
        "roster": list(room.roster.items()),
        "log": [(record["kind"], record["actor"]) for record in room.log],  # newest first
        "changed": [
            unpack(record)["after"] for record in room.log if record["kind"] == "DetailsUpdated"
        ],
        "events": sorted(
            json.dumps({**asdict(event), "id": "", "call": ""}) for event in room.events
        ),
    }


def room_is(lane: Lane, room_id: str) -> Callable[[Outcome], object]:
    """Looks at one room."""
    return lambda _: described(lane.stored(room_id))


def decided(lane: Lane, room_id: str, *kinds: str, before: int = 0) -> Callable[[Outcome], object]:
    """Looks at one room, in which a request leaves a record of one of these kinds; `before` it
    there were so many. Of the records of requests that were sent again, all but one are left out:
    each try decides anew."""

    def look(result: Outcome) -> object:
        stored = lane.stored(room_id)
        records = [record for record in stored.log if record["kind"] in kinds]
        own = records[: len(records) - before]
        assert 1 <= len(own) <= result.tries, f"{len(own)} records after {result.tries} tries"
        stored.log = [record for record in stored.log if record not in own[1:]]
        return {**described(stored), "events": len(stored.events)}

    return look


def shape(text: str) -> str:
    """A request to the storage, or a row's key, without ids, times and hashes: these are one run's
    own."""
    return _OWN.sub("#", text)
