"""Presence: who is in a room, or was at another time."""

from typing import TypedDict

import azure.functions as func

from rooms.api.errors import InvalidParameter
from rooms.api.extension.looking import record_access
from rooms.api.request import Request
from rooms.api.responses import json_answer
from rooms.api.routing import Routes
from rooms.api.shapes import CallRoomId, Count, KnownPerson, person_body, time_or_none
from rooms.domain.call import Call
from rooms.domain.overdue import is_overdue
from rooms.domain.people import identified, people_in
from rooms.domain.presence import call_at, present_at
from rooms.domain.roster import Invited
from rooms.domain.time import Ticks, Time, format_time
from rooms.storage.history import RoomSnapshot
from rooms.storage.parallel import both

routes = Routes()


class PresentPerson(KnownPerson, TypedDict):
    """A person in a call. `rawIds` has all their raw ids in the call so far, `rawId` is the one
    that joined last. A `guest` came to an open room without an invitation. `joinedAt` starts their
    unbroken stay; `legs` counts their devices. `estimated` is true if the event for the coming or
    going of one of these never came, or if the person came back so often that they may have been
    away just then."""

    displayName: str | None
    role: str | None
    invited: bool
    guest: bool
    joinedAt: Time
    legs: Count
    estimated: bool


class PresentCall(TypedDict):
    """The call, and the people in it at that time.

    `lastEventAt` is the time of its last event. `overdue` is true if by then it had no event for an
    hour, and the room's planned end had passed an hour ago: the scheduled end, the end of its
    validity, or when it was deleted. `peakEstimated` is true if somebody counted in the peak is
    there by an estimate. `incomplete` is true if the call has more events than were read: the
    answer is made of the first of them.
    """

    id: str
    startedAt: Time
    startEstimated: bool
    lastEventAt: Time
    overdue: bool
    peak: Count
    peakAt: Time | None
    peakEstimated: bool
    incomplete: bool
    count: Count
    participants: list[PresentPerson]


class Presence(TypedDict):
    """The people in a room at `asOf`."""

    roomId: CallRoomId
    asOf: Time
    live: bool
    call: PresentCall | None


@routes.extension("GET", "rooms/{roomId}/presence")
async def get_presence(request: Request) -> func.HttpResponse:
    """Answers who is in a room, or was at another time."""
    room_id, as_of, at = request.call_room_id(), request.app.clock(), request.time("at")
    if at is None:
        at = as_of
    elif at > as_of:
        raise InvalidParameter("Must not be in the future.", "at")
    history = request.app.history
    known, calls = await both(
        history.snapshot(room_id), request.app.calls.overlapping(room_id, at, at, as_of)
    )
    if known.room is None and not calls:
        await history.check(room_id)
    invited = known.invited
    if known.room and at < as_of:
        invited = await history.invited(known.room, at, at)
    call = call_at(calls, at)
    body: Presence = {
        "roomId": room_id,
        "asOf": format_time(at),
        "live": call is not None,
        "call": None if call is None else present_call_body(call, at, known, invited),
    }
    await record_access(request, "presence", room_id)
    return json_answer(200, body)


def present_call_body(call: Call, at: Ticks, known: RoomSnapshot, invited: Invited) -> PresentCall:
    """Returns the call that goes on at `at`, and the people in it."""
    people = people_in(known.details)
    call = identified(call, people)
    present = present_at(call, at)
    invited_people = {people.key(raw_id) for raw_id in invited.roster}
    return {
        "id": call.id,
        "startedAt": format_time(call.started_at),
        "startEstimated": call.start_estimated,
        "lastEventAt": format_time(call.last_event_at),
        "overdue": is_overdue(call, known.planned_end, at),
        "peak": call.peak,
        "peakAt": time_or_none(call.peak_at),
        "peakEstimated": call.peak_estimated,
        "incomplete": call.incomplete,
        "count": len(present),
        "participants": [
            {
                **person_body(one.raw_id, one.raw_ids, people),
                "displayName": one.display_name,
                "role": one.role,
                "invited": one.person in invited_people,
                "guest": invited.open and one.person not in invited_people,
                "joinedAt": format_time(one.since),
                "legs": one.legs,
                "estimated": one.estimated,
            }
            for one in present
        ],
    }
