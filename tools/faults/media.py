"""What has to do with the media server, as operations: join links, what is done in a call, and
webhooks."""

import time
from collections.abc import Callable
from functools import partial

from faults.changes import ALICE, BOB, room
from faults.client import Request, request_id, send
from faults.lane import Lane
from faults.operation import Operation, Outcome, Trial, asked, decided, nothing, room_is
from rooms.domain.log_kinds import kinds_from
from testkit.livekit_state import Json
from testkit.livekit_webhooks import CONTENT_TYPE, signed_webhook

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
    """Lets somebody join the call; their identity in it."""
    return lane.livekit.join(_token(lane, room_id, who)).identity


def _token(lane: Lane, room_id: str, who: str) -> str:
    """The token of somebody who is admitted."""
    admitted = lane.send("POST", f"/rooms/{room_id}/admission", {"rawId": who}).answer.json()
    token: str = admitted["media"]["token"]
    return token


def _in_it(lane: Lane, room_id: str) -> list[tuple[str, list[bool]]]:
    """Returns who is in the call of a room, and which of their tracks are muted."""
    if room_id not in lane.livekit.rooms:
        return []
    people = lane.livekit.rooms[room_id].people.values()
    return [(each.identity.split("#")[0], [one.muted for one in each.tracks]) for each in people]


def _webhook(
    event: str, change: Callable[[Json], Json] | None = None, removed: bool = False
) -> Callable[[Lane], Trial]:
    """A webhook about ALICE, who joined, and has left, and nobody is in then.

    Args:
        change: what is sent instead of it.
        removed: she has been removed from the roster while she was on her way.
    """

    def prepare(lane: Lane) -> Trial:
        room_id = room(lane, ALICE)
        token = _token(lane, room_id, ALICE)
        if removed:
            gone = {"participants": {ALICE: None}}
            lane.send("PATCH", f"/rooms/{room_id}/participants", gone)
        identity = lane.livekit.join(token).identity
        if event != "participant_joined":
            lane.livekit.leave(room_id, identity)
            lane.livekit.time_out(room_id)
        made = [each for each in lane.livekit.webhooks.made if each.room == room_id]
        (webhook,) = (each for each in made if each.event["event"] == event)
        if change is not None:
            webhook = signed_webhook(
                lane.livekit.key, room_id, change(webhook.event), int(time.time())
            )
        headers = {"Authorization": webhook.authorization, "Content-Type": CONTENT_TYPE}
        request = Request("POST", "/media/livekit", webhook.body, headers)
        return asked(lane, request, lambda _: _heard(lane, room_id), room_id)

    return prepare


def _heard(lane: Lane, room_id: str) -> object:
    """Returns what is kept of webhooks, without their times. That somebody is removed whom they
    tell of is left out: if it fails, the timer does it."""
    stored = lane.stored(room_id)
    events = [
        (each.kind, each.source, each.estimated, each.raw_id, each.role, each.leave_reason)
        for each in stored.events
    ]
    done = kinds_from("call")
    records = [(each["kind"], each["actor"]) for each in stored.log if each["kind"] not in done]
    return sorted(events), sorted(records)


def _check(lane: Lane) -> Trial:
    """The server tells of no rooms: it is checked no further, and no call is made."""

    def carry_out() -> Outcome:
        sent = send(lane.raw, Request("POST", "/media/check"))
        return Outcome((sent.answer.status, None), sent.tries, sent.answer.body)

    return Trial(carry_out, nothing)


def _not_understood(event: Json) -> Json:
    return event | {"createdAt": "yesterday"}


_ONE = f"/call/participants/{ALICE}"
_EVENT = ("take_livekit_event",)

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
    Operation("check the media server", ("check_media",), _check),
    Operation("a join", _EVENT, _webhook("participant_joined")),
    Operation("a join of who was removed", _EVENT, _webhook("participant_joined", removed=True)),
    Operation("a leave", _EVENT, _webhook("participant_left")),
    Operation("the end of a call", _EVENT, _webhook("room_finished")),
    Operation("a webhook that is left", _EVENT, _webhook("room_started")),
    Operation(
        "a webhook that is not understood", _EVENT, _webhook("participant_left", _not_understood)
    ),
]
"""What has to do with the media server."""
