"""What has to do with the media server, as operations: the way in, and join links."""

from faults.changes import ALICE, room
from faults.client import Request, request_id
from faults.lane import Lane
from faults.operation import Operation, Trial, asked, decided, nothing

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


def _join(lane: Lane) -> Trial:
    room_id = room(lane, ALICE)
    body = {"device": "phone", "browser": _BROWSER}
    headers = _link(lane, room_id) | request_id(lane.random)
    request = Request("POST", f"/rooms/{room_id}/join", body, headers)
    return asked(lane, request, decided(lane, room_id, "Admitted"), room_id)


MEDIA = [
    Operation("make a join link", ("make_join_link",), _make_link),
    Operation("look at a join link", ("get_join",), _look_at_link),
    Operation("join by a link", ("join_room",), _join),
]
"""What has to do with the media server."""
