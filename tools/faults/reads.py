"""Everything that reads, as operations."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from devhost.eventgrid import element_text
from faults.changes import ALICE, BOB, CAROL, PEOPLE, VALIDITY
from faults.client import Request, delivery, invited, send
from faults.kept import FILLING, put
from faults.lane import Lane
from faults.operation import Operation, Outcome, Trial, asked, nothing
from rooms.domain.time import DAY, format_time
from testkit.events import LONG_AGO, Meeting, live_meeting
from testkit.identifiers import raw_id

_LISTED = 31
"""Rooms with a title: more than a page, so that a list of some of them is full with the first ten
requests."""


_VISITOR = raw_id(50)
"""Somebody who is in no other room, so that the first requests find all of theirs."""


@dataclass(frozen=True, slots=True)
class World:
    """What reads are about: a room with a call that is over, one with a call that goes on, and an
    event in quarantine."""

    past: str
    live: str
    call: str
    event: str


def world(lane: Lane) -> World:
    """The lane's, made when it is first asked for."""
    if lane.world is None:
        lane.world = _made(lane)
    made: World = lane.world
    return made


def _made(lane: Lane) -> World:
    for number in range(_LISTED):
        room_id = lane.create(VALIDITY)
        lane.send("PATCH", f"/rooms/{room_id}/details", {"title": f"Tea {number}"})
    past, live = (lane.create({**VALIDITY, **invited(*PEOPLE, _VISITOR)}) for _ in range(2))
    names = {
        "title": "Tea",
        "participants": {ALICE: {"name": "Alice"}, BOB: {"name": "Bob", "externalId": "b"}},
    }
    lane.send("PATCH", f"/rooms/{past}/details", names)
    lane.send("PATCH", f"/rooms/{past}/participants", {"participants": {CAROL: None}})
    call, going_on = Meeting(past, LONG_AGO), live_meeting(live)
    send(lane.raw, delivery(*call.whole(600, call.stay(1, 500, ALICE), call.stay(2, 400, BOB))))
    send(lane.raw, delivery(going_on.started(), *(going_on.added(1, who) for who in PEOPLE[:3])))
    event = {**call.added(3, ALICE), "eventTime": "yesterday", "more": FILLING}
    return World(past, live, call.id, lane.directly(put, element_text(event)))


def _get(path: str, lane: Lane) -> Trial:
    """A GET of a path with words of the world in it."""
    there = world(lane)
    words = {"past": there.past, "live": there.live, "call": there.call, "event": there.event}
    return asked(lane, Request("GET", path.format_map(words)), nothing)


def _examined(lane: Lane) -> Trial:
    """The doctor tells of faults and of what others do: only its status is compared."""

    def carry_out() -> Outcome:
        sent = send(lane.raw, Request("GET", "/doctor"))
        return Outcome((sent.answer.status, None), sent.tries, sent.answer.body)

    return Trial(carry_out, nothing)


def _read(name: str, function: str, path: str) -> Operation:
    prepare: Callable[[Lane], Trial] = partial(_get, path)
    return Operation(name, (function,), prepare)


_SLOT = f"from={format_time(LONG_AGO)[:19]}Z&until={format_time(LONG_AGO + DAY)[:19]}Z"

_FIRST = f"{format_time(LONG_AGO)[:19]}Z"

READS = [
    _read("get a room", "get_room", "/rooms/{past}"),
    _read("participants", "list_participants", "/rooms/{past}/participants"),
    _read("list", "list_rooms", "/rooms"),
    _read("list those of a state", "list_rooms", "/rooms?state=open"),
    _read("list those of a title", "list_rooms", "/rooms?title=tea"),
    _read("list those of a schedule", "list_rooms", "/rooms?scheduledFrom=2026-01-01T00:00:00Z"),
    _read("list those of a name, with their calls", "list_rooms", "/rooms?name=a&include=lastCall"),
    _read("people", "list_people", "/people?name=a"),
    _read("list those of a person", "list_rooms", f"/rooms?participant={ALICE}"),
    _read("list those of an external id", "list_rooms", "/rooms?externalId=b"),
    _read("may somebody come in", "try_admission", f"/rooms/{{past}}/admission?rawId={ALICE}"),
    _read(
        "may somebody come in, as the call is full",
        "try_admission",
        f"/rooms/{{live}}/admission?rawId={PEOPLE[3]}",
    ),
    _read("presence", "get_presence", "/rooms/{live}/presence"),
    _read(
        "presence of then",
        "get_presence",
        f"/rooms/{{past}}/presence?at={format_time(LONG_AGO + 2_000_000_000)[:19]}Z",
    ),
    _read("calls", "list_calls", "/rooms/{past}/calls"),
    _read("a call", "get_call", "/rooms/{past}/calls/{call}"),
    _read("calls of all rooms", "list_all_calls", f"/calls?{_SLOT}"),
    _read("live", "list_live_rooms", "/live"),
    _read("attendance", "get_attendance", f"/rooms/{{past}}/attendance?{_SLOT}"),
    _read(
        "attendance of a call, as CSV",
        "get_attendance",
        "/rooms/{past}/attendance?call={call}&format=csv",
    ),
    _read("attendance of a person", "get_person_attendance", f"/attendance?person={_VISITOR}"),
    _read(
        "attendance of an external id, as CSV",
        "get_person_attendance",
        "/attendance?person=b&format=csv",
    ),
    _read("no-shows", "list_no_shows", f"/noShows?{_SLOT}"),
    _read("who may join", "get_join_policy", "/rooms/{past}/joinPolicy"),
    _read("details", "get_details", "/rooms/{past}/details"),
    _read("overview", "get_overview", "/rooms/{past}/overview"),
    _read("log", "get_log", "/rooms/{past}/log"),
    _read("log, as lines", "get_log", "/rooms/{past}/log?format=ndjson"),
    _read("log by arrival", "get_log", "/rooms/{past}/log?since=beginning"),
    _read("log of all rooms by arrival", "get_all_logs", "/log?since=beginning"),
    _read("log of all rooms from a time on", "get_all_logs", f"/log?since={_FIRST}"),
    _read("quarantine", "list_quarantine", "/quarantine"),
    _read("an event in quarantine", "get_quarantined_event", "/quarantine/{event}"),
    _read("the OpenAPI document", "get_openapi", "/openapi.json"),
    _read("roles", "list_roles", "/roles"),
    _read("me", "get_me", "/me"),
    _read("health", "get_health", "/health"),
    Operation("doctor", ("get_doctor",), _examined),
    _read("the root", "get_root", "/"),
    _read("console", "get_console", "/console"),
    _read("a file of the console", "get_console_file", "/console/app.js"),
    _read("join page", "get_join_page", "/join/{past}"),
    _read("a file of the join page", "get_join_page_file", "/join/static/app.js"),
]
"""All reads. They leave nothing behind."""
