"""What has to do with the media server, as operations: join links, and what is done in a call."""

from collections.abc import Callable
from functools import partial

from faults.changes import ALICE, BOB, room
from faults.client import Request, request_id
from faults.lane import Lane
from faults.operation import Operation, Outcome, Trial, asked, decided, nothing, room_is

_BROWSER = "b" * 32


def _make_link(lane: Lane) -> Trial:
    room_id = room(lane, ALICE)
    request = Request(
        "POST", f"/rooms/{room_id}/joinLinks", {"rawId": ALICE}, request_id(lane.random)
    )
    return asked(lane, request, decided(lane, room_id, "JoinLinkMade"), room_id)


def _link(lane: Lane, room_id: str) -> dict[str, str]:
    """Returns the header of somebody who holds a join link of ALICE."""
    made = lane.send("POST", f"/rooms/{room_id}/joinLinks", {"rawId": ALICE}).answer
    return {"Authorization": f"JoinLink {made.json()['url'].partition('#')[2]}"}


def _look_at_link(lane: Lane) -> Trial:
    room_id = room(lane, ALICE)
    request = Request("GET", f"/rooms/{room_id}/join", None, _link(lane, room_id))
    return asked(lane, request, nothing, room_id)


def _join(lane: Lane, held_by: str | None = None) -> Trial:
    """ALICE joins by a link, from one browser; `held_by`: another time before, from this one."""
    room_id = room(lane, ALICE)
    path, link = f"/rooms/{room_id}/join", _link(lane, room_id)
    if held_by is not None:
        lane.send("POST", path, {"device": "tablet", "browser": held_by}, link)
    body = {"device": "phone", "browser": _BROWSER}
    request = Request("POST", path, body, link | request_id(lane.random))
    if held_by not in (None, _BROWSER):
        return asked(lane, request, room_is(lane, room_id), room_id)
    look = decided(lane, room_id, "Admitted", before=0 if held_by is None else 1)
    return asked(lane, request, look, room_id)


def _in_call(method: str, path: str, kind: str, removes: bool) -> Callable[[Lane], Trial]:
    """Something that is done in a call, to ALICE or to all; BOB is in it, too."""

    def prepare(lane: Lane) -> Trial:
        room_id = room(lane, ALICE, BOB)
        for who in (ALICE, BOB):
            identity = _join_call(lane, room_id, who)
            lane.livekit.publish(room_id, identity, "MICROPHONE")
        call_id = lane.livekit.rooms[room_id].sid
        there = [person.sid for person in lane.livekit.rooms[room_id].people.values()]
        request = Request(method, f"/rooms/{room_id}{path}", None, request_id(lane.random))
        look = decided(lane, room_id, kind)

        def with_the_call(result: Outcome) -> object:
            return look(result), _in_it(lane, room_id)

        return asked(lane, request, with_the_call, room_id, call_id, *there, removes=removes)

    return prepare


def _join_call(lane: Lane, room_id: str, who: str) -> str:
    """Lets somebody join the call, who is asked for admission; their identity in it."""
    admitted = lane.send("POST", f"/rooms/{room_id}/admission", {"rawId": who}).answer.json()
    return lane.livekit.join(admitted["media"]["token"]).identity


def _in_it(lane: Lane, room_id: str) -> list[tuple[str, list[bool]]]:
    """Returns who is in the call of a room, and which of their tracks are muted."""
    if room_id not in lane.livekit.rooms:
        return []
    people = lane.livekit.rooms[room_id].people.values()
    return [(each.identity.split("#")[0], [one.muted for one in each.tracks]) for each in people]


_ONE = f"/call/participants/{ALICE}"

MEDIA = [
    Operation("make a join link", ("make_join_link",), _make_link),
    Operation("look at a join link", ("get_join",), _look_at_link),
    Operation("join by a link", ("join_room",), _join),
    Operation("join again", ("join_room",), partial(_join, held_by=_BROWSER)),
    Operation(
        "join from another browser", ("join_room",), partial(_join, held_by="c" * 32), refused=True
    ),
    Operation(
        "mute in the call",
        ("mute_in_call",),
        _in_call("POST", f"{_ONE}/mute", "MutedInCall", removes=False),
    ),
    Operation(
        "remove from the call",
        ("remove_from_call",),
        _in_call("DELETE", _ONE, "RemovedFromCall", removes=True),
    ),
    Operation(
        "end the call",
        ("end_call",),
        _in_call("DELETE", "/call", "CallEndedForAll", removes=True),
    ),
]
"""What has to do with the media server."""
