"""Rooms of ACS that are imported, and moved to this service, as operations."""

from functools import partial

from faults.changes import ALICE, BOB, VALIDITY
from faults.client import Body, Request, invited, request_id, send
from faults.lane import Lane
from faults.operation import Operation, Outcome, Trial, asked, nothing, room_is
from rooms.domain.room import ROOM_IDS, numbered_room_id
from rooms.domain.time import DAY, format_time, now

CREATED_AT = format_time(now() - DAY)


def _as_at_acs(*people: str) -> Body:
    return {
        **VALIDITY,
        **invited(*people),
        "createdAt": CREATED_AT,
        "pstnDialOutEnabled": False,
        "carrier": "acs",
    }


def _new_room(lane: Lane) -> str:
    room_id = numbered_room_id(lane.random.randrange(ROOM_IDS))
    lane.rooms.add(room_id)
    return room_id


def _once(lane: Lane, request: Request, room_id: str) -> Trial:
    """A request whose answer says whether it changed anything: sent again, it says that it did
    not."""

    def carry_out() -> Outcome:
        sent = send(lane.raw, request)
        return Outcome((200 if sent.answer.status == 201 else sent.answer.status, None), sent.tries)

    return Trial(carry_out, room_is(lane, room_id))


def _import(lane: Lane, *before: str) -> Trial:
    """A room with two people; `before`: it was imported with these."""
    room_id = _new_room(lane)
    path = f"/rooms/{room_id}"
    if before:
        lane.send("PUT", path, _as_at_acs(*before))
    request = Request("PUT", path, _as_at_acs(ALICE, BOB), request_id(lane.random))
    return _once(lane, request, room_id)


def _move(lane: Lane) -> Trial:
    room_id = _new_room(lane)
    lane.send("PUT", f"/rooms/{room_id}", _as_at_acs(ALICE))
    path, headers = f"/rooms/{room_id}/carrier", request_id(lane.random)
    return _once(lane, Request("POST", path, {"carrier": "own"}, headers), room_id)


def _of_no_move(lane: Lane, request: Request) -> Trial:
    """A request about the move from ACS: the app of a lane has nothing to do with ACS."""
    return asked(lane, request, nothing)


IMPORTS = [
    Operation("import a room", ("import_room",), _import),
    Operation(
        "import a room that is here otherwise", ("import_room",), lambda lane: _import(lane, ALICE)
    ),
    Operation("move a room", ("move_room",), _move),
    Operation(
        "the state of a move",
        ("get_moving",),
        partial(_of_no_move, request=Request("GET", "/moving")),
        refused=True,
    ),
    Operation(
        "ask for a comparison",
        ("ask_for_pass",),
        partial(_of_no_move, request=Request("POST", "/moving", {"pass": "full"})),
        refused=True,
    ),
]
"""Imports and moves. What else has to do with ACS is tried in `faults.moving`."""
