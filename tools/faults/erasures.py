"""The erasure of a person, as operations: by requests, and by the timer."""

import time
from functools import partial
from typing import Any

from faults.changes import CALLS_BEGAN
from faults.client import Request, delivery, invited, new_id, send
from faults.lane import Lane
from faults.operation import Operation, Outcome, Trial
from rooms.domain.events import SERVICE_LOG
from rooms.domain.time import now
from rooms.storage.changes import Origin
from rooms.storage.erasures import Erasures
from rooms.storage.table import Table
from testkit.events import Meeting
from testkit.identifiers import raw_id
from testkit.waiting import HANG_SECONDS

_PAUSE_SECONDS = 0.1


def _met(lane: Lane, person: str) -> str:
    """A room to which the person was invited, and came."""
    lane.clear()
    room = send(lane.raw, Request("POST", "/rooms", invited(person))).answer.json()["id"]
    call = Meeting(room, CALLS_BEGAN, new_id(lane.random))
    send(lane.raw, delivery(call.added(1, person)))
    lane.rooms |= {room, SERVICE_LOG}
    return str(room)


def _look(lane: Lane, room: str, person: str, _: Outcome) -> object:
    assert all(person not in str(dict(row)) for row in lane.stored_table.rows())
    stored = lane.stored(room)
    return list(stored.roster.values()), stored.kinds, lane.stored(SERVICE_LOG).kinds


def _erase(lane: Lane) -> Trial:
    room = _met(lane, person := raw_id())

    def carry_out() -> Outcome:
        sent = send(lane.raw, Request("POST", "/persons/erase", {"rawId": person}))
        tries, erasure = sent.tries, sent.answer.json()
        path = f"/persons/erasures/{erasure['id']}"
        while erasure["status"] != "done":
            sent = send(lane.raw, Request("POST", f"{path}/continue"))
            tries, erasure = max(tries, sent.tries), sent.answer.json()
            time.sleep(_PAUSE_SECONDS)
        sent = send(lane.raw, Request("GET", path))
        return Outcome((200, sent.answer.json()["found"]), max(tries, sent.tries))

    return Trial(carry_out, partial(_look, lane, room, person))


async def _start(table: Table, person: str) -> str:
    return (await Erasures(table, now).start(person, None, Origin("faults", ""))).id


async def _found(table: Table, erasure_id: str) -> Any:
    erasure = await Erasures(table, now).get(erasure_id)
    return dict(erasure.found) if erasure.is_done else None


def _go_on(lane: Lane) -> Trial:
    room = _met(lane, person := raw_id())
    erasure = lane.directly(_start, person)

    def carry_out() -> Outcome:
        deadline = time.monotonic() + HANG_SECONDS
        while time.monotonic() < deadline:
            answer = lane.app.devhost.request("POST", "/admin/functions/erasures", body=b"{}")
            assert answer.status == 202
            time.sleep(_PAUSE_SECONDS)
            if (found := lane.directly(_found, erasure)) is not None:
                return Outcome((202, found), 1)
        raise AssertionError("the timer did not end the erasure")

    return Trial(carry_out, partial(_look, lane, room, person))


ERASURES = [
    Operation("erase", ("erase_person", "continue_erasure", "get_erasure"), _erase),
    Operation("erase by the timer", ("erasures",), _go_on),
]
"""The erasure of a person."""
