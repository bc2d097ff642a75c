"""Everything that changes a room, asks for admission or delivers events, as operations."""

from collections.abc import Callable
from functools import partial

from faults.client import (
    FOR_EVERY_USER,
    Body,
    Request,
    delivery,
    invited,
    new_id,
    repeatable,
    request_id,
    send,
)
from faults.lane import CAPACITY, Lane, rest
from faults.operation import Operation, Outcome, Trial, asked, decided, described, outcome, room_is
from rooms.domain.time import DAY, HOUR, format_time, now
from testkit.events import Element, Meeting, in_cloud_events
from testkit.identifiers import raw_id

FROM = now() - HOUR
UNTIL = now() + DAY
VALIDITY = {"validFrom": format_time(FROM), "validUntil": format_time(UNTIL)}
CALLS_BEGAN = now() - 3 * DAY
"""Long enough ago for calls of which nothing more is heard to be over."""

ALICE, BOB, CAROL, DAVE = PEOPLE = [raw_id(number) for number in range(1, 5)]


def crowd(count: int) -> list[str]:
    """Raw ids of so many people."""
    return [raw_id(number) for number in range(1_000, 1_000 + count)]


def room(lane: Lane, *raw_ids: str) -> str:
    """A room that is open for a day, and to which these are invited."""
    return lane.create({**VALIDITY, **invited(*raw_ids)})


def create(lane: Lane, request: Request) -> Trial:
    """A create in any api-version. Without Repeatability-Request-ID each try may make a room."""
    made: list[str] = []

    def carry_out() -> Outcome:
        sent = send(lane.raw, request)
        made.append(room_id := sent.answer.headers["location"])
        lane.rooms.add(room_id)
        if "Repeatability-Request-ID" not in request.headers:
            lane.may_be_doubled += sent.tries - 1
        return outcome(sent, room_id)

    return Trial(carry_out, lambda _: described(lane.stored(made[-1])))


def _create(lane: Lane, people: int, repeats: bool) -> Trial:
    headers = repeatable(lane.random) if repeats else {}
    body = {**VALIDITY, **invited(*crowd(people))}
    return create(lane, Request("POST", "/rooms", body, headers))


def _change(method: str, path: str, body: Body, *people: str) -> Callable[[Lane], Trial]:
    """A change of a room to which these people are invited."""

    def prepare(lane: Lane) -> Trial:
        room_id = room(lane, *people)
        request = Request(method, f"/rooms/{room_id}{path}", body, request_id(lane.random))
        return asked(lane, request, room_is(lane, room_id), room_id)

    return prepare


_patch = partial(_change, "PATCH")


def _title(lane: Lane, title: str | None) -> Trial:
    room_id = room(lane, ALICE)
    path = f"/rooms/{room_id}/details"
    lane.send("PATCH", path, {"title": "before", "participants": {ALICE: {"name": "Alice"}}})
    request = Request("PATCH", path, {"title": title}, request_id(lane.random))
    return asked(lane, request, room_is(lane, room_id), room_id)


def _as_read(lane: Lane, meanwhile: Body | None = None) -> Trial:
    """A change of the room as it was read, or as it was before another change."""
    room_id = room(lane, ALICE)
    etag = lane.send("GET", f"/rooms/{room_id}/overview").answer.headers["etag"]
    path = f"/rooms/{room_id}/details"
    if meanwhile is not None:
        lane.send("PATCH", path, meanwhile)
    headers = {**request_id(lane.random), "If-Match": etag}
    request = Request("PATCH", path, {"title": "after"}, headers)
    return asked(lane, request, room_is(lane, room_id), room_id)


def _delete(lane: Lane) -> Trial:
    room_id = room(lane, ALICE)
    request = Request("DELETE", f"/rooms/{room_id}", None, request_id(lane.random))
    return asked(lane, request, room_is(lane, room_id), room_id)


def _ask(lane: Lane, who: str, people: list[str], in_call: int) -> Trial:
    room_id = room(lane, *people)
    if in_call:
        call = _meeting(lane, room_id, now() - HOUR // 60)
        send(
            lane.raw, delivery(call.started(), *(call.added(1, each) for each in people[:in_call]))
        )
    request = Request(
        "POST", f"/rooms/{room_id}/admission", {"rawId": who}, request_id(lane.random)
    )

    return asked(lane, request, decided(lane, room_id, "Admitted", "Refused"), room_id)


def _meeting(lane: Lane, room_id: str, start: int = CALLS_BEGAN) -> Meeting:
    return Meeting(room_id, start, new_id(lane.random))


def _deliver(
    events_of: Callable[[Meeting], list[Element]], again: bool = False
) -> Callable[[Lane], Trial]:
    """A delivery about a room that only events name; `again`: one that was taken before."""

    def prepare(lane: Lane) -> Trial:
        room_id = f"room_{new_id(lane.random)}"
        lane.rooms.add(room_id)
        request = delivery(*events_of(_meeting(lane, room_id)))
        if again:
            send(lane.raw, request)
        return asked(lane, request, room_is(lane, room_id))

    return prepare


def _participants(body: Body, *people: str) -> Callable[[Lane], Trial]:
    return _patch("/participants", body, *people)


def _six_events(call: Meeting) -> list[Element]:
    return call.whole(9, *(call.stay(1, 8, who) for who in (ALICE, BOB)))


def _first(lane: Lane) -> Trial:
    """Nobody has written anything yet."""
    lane.renew_table()
    trial = _create(lane, 0, True)

    def look(result: Outcome) -> object:
        lane.directly(rest)
        return trial.look(result)

    return Trial(trial.carry_out, look)


_CREATES = [
    Operation(
        f"create with {people} people{'' if repeats else ', not repeatable'}",
        ("create_room",),
        prepare,
    )
    for people in (0, 50, 250)
    for repeats in (True, False)
    for prepare in [partial(_create, people=people, repeats=repeats)]
]

_ROSTER = ("update_participants",)
_EVENTS = ("call_events",)
_DETAILS = ("update_details",)
_INVITEES = ("update_invitees",)
_ADMISSION = ("decide_admission",)

CHANGES = [
    Operation("create the first room", ("create_room",), _first),
    *_CREATES,
    Operation(
        "change a room", ("update_room",), _patch("", {**VALIDITY, "pstnDialOutEnabled": True})
    ),
    Operation(
        "open a room to every ACS user",
        ("set_join_policy",),
        _change("PUT", "/joinPolicy", FOR_EVERY_USER, ALICE),
    ),
    Operation("invite one", _ROSTER, _participants(invited(BOB), ALICE)),
    Operation("invite 250", _ROSTER, _participants(invited(*crowd(250)), ALICE)),
    Operation(
        "change a role", _ROSTER, _participants(invited(ALICE, role="Presenter"), ALICE, BOB)
    ),
    Operation("remove one", _ROSTER, _participants({"participants": {ALICE: None}}, ALICE, BOB)),
    Operation(
        "invite, change and remove",
        _ROSTER,
        _participants(
            {"participants": {ALICE: None, BOB: {"role": "Presenter"}, CAROL: {}}}, ALICE, BOB
        ),
    ),
    Operation("change nothing", _ROSTER, _participants(invited(ALICE), ALICE)),
    Operation(
        "name people",
        _DETAILS,
        _patch("/details", {"participants": {ALICE: {"name": "Alice"}}}, ALICE),
    ),
    Operation(
        "invite, name and remove",
        _INVITEES,
        _patch(
            "/invitees",
            {
                "participants": {
                    ALICE: None,
                    BOB: {"name": "Bob"},
                    CAROL: {"role": "Presenter", "name": "Carol", "externalId": "C-1"},
                }
            },
            ALICE,
            BOB,
        ),
    ),
    Operation(
        "invite 250 with external ids",
        _INVITEES,
        _patch(
            "/invitees",
            {
                "participants": {
                    who: {"externalId": f"E-{number}"} for number, who in enumerate(crowd(250))
                }
            },
            ALICE,
        ),
    ),
    Operation("change the title", _DETAILS, partial(_title, title="after")),
    Operation("remove the title", _DETAILS, partial(_title, title=None)),
    Operation("change the title as it was read", _DETAILS, _as_read),
    Operation(
        "change the title as it was before",
        _DETAILS,
        partial(_as_read, meanwhile={"title": "meanwhile"}),
        refused=True,
    ),
    Operation("delete", ("delete_room",), _delete),
    Operation("admit", _ADMISSION, partial(_ask, who=ALICE, people=[ALICE], in_call=0)),
    Operation(
        "refuse", _ADMISSION, partial(_ask, who=BOB, people=[ALICE], in_call=0), refused=True
    ),
    Operation(
        "refuse, as the call is full",
        _ADMISSION,
        partial(_ask, who=DAVE, people=PEOPLE, in_call=CAPACITY),
        refused=True,
    ),
    Operation("CallStarted", _EVENTS, _deliver(lambda call: [call.started(0, ALICE)])),
    Operation(
        "CallParticipantAdded", _EVENTS, _deliver(lambda call: [call.added(1, ALICE, "Alice")])
    ),
    Operation("CallParticipantRemoved", _EVENTS, _deliver(lambda call: [call.removed(60, ALICE)])),
    Operation("CallEnded", _EVENTS, _deliver(lambda call: [call.ended(61, ALICE)])),
    Operation(
        "CallEnded, with a length",
        _EVENTS,
        _deliver(lambda call: [call.ended(61, ALICE, as_participant=True, length=7_200)]),
    ),
    Operation("ParticipantsUpdated", _EVENTS, _deliver(lambda call: [call.phones(5, "+49")])),
    Operation(
        "an event as CloudEvent",
        _EVENTS,
        _deliver(lambda call: [in_cloud_events(call.added(1, ALICE))]),
    ),
    Operation("a delivery of six events", _EVENTS, _deliver(_six_events)),
    Operation(
        "an event that is there", _EVENTS, _deliver(lambda call: [call.added(1, ALICE)], again=True)
    ),
]
"""All but what is about the quarantine, and upkeep."""
