"""Live rooms: those with a call now."""

from typing import TypedDict

import azure.functions as func

from rooms.api.extension.looking import record_access
from rooms.api.request import Request
from rooms.api.responses import json_answer
from rooms.api.routing import Routes
from rooms.api.shapes import CallRoomId, Count, KnownPerson, page_body, person_body, time_or_none
from rooms.domain.call import Call
from rooms.domain.details import scheduled
from rooms.domain.missing import Missing, missing_from
from rooms.domain.overdue import is_overdue
from rooms.domain.people import People, identified, people_in
from rooms.domain.presence import PersonInCall, present_at
from rooms.domain.room import JoinPolicy
from rooms.domain.roster import Role
from rooms.domain.time import Ticks, Time, format_time
from rooms.storage.history import RoomSnapshot

routes = Routes()


class LivePerson(TypedDict):
    """A person in a call. `rawIds` has all their raw ids in the call so far, `rawId` is the one
    that joined last. `joinedAt` is the start of their current unbroken stay."""

    rawId: str
    rawIds: list[str]
    name: str | None
    displayName: str | None
    role: str | None
    joinedAt: Time


class MissingPerson(KnownPerson, TypedDict):
    """An invited person who is not in the call. `leftAt` is null if no event tells that they
    left. `since` is `leftAt`, or the scheduled start if that is later."""

    role: Role
    since: Time
    leftAt: Time | None


class LiveRoom(TypedDict):
    """A room with a live call, and the people in it. `roomJoinPolicy` is null if only events name
    the room.

    `lastEventAt` is the time of the call's last event. `overdue` is true if the call had no event
    for an hour, and the room's planned end passed an hour ago. `incomplete` is true if the call has
    more events than were read: the answer is made of the first of them. `missing` has the first of
    the invited who are not in the call, and `missingCount` counts all of them. Nobody is missing
    before the scheduled start, or from a room without one.
    """

    roomId: CallRoomId
    title: str | None
    roomJoinPolicy: JoinPolicy | None
    callId: str
    startedAt: Time
    lastEventAt: Time
    overdue: bool
    incomplete: bool
    count: Count
    participants: list[LivePerson]
    missing: list[MissingPerson]
    missingCount: Count


@routes.extension("GET", "live")
async def list_live_rooms(request: Request) -> func.HttpResponse:
    """Answers with a page of the rooms that have a call now, by the start of the call."""
    app = request.app
    page = await app.live_rooms.page(request.query("nextLink"))
    value = [
        live_body(room_id, known, call, page.as_of, app.limits.missing)
        for room_id, known, call in page.items
    ]
    await record_access(request, "live", None)
    return json_answer(200, page_body(value, request.next_link(page.cursor)))


def live_body(
    room_id: str, known: RoomSnapshot, call: Call, at: Ticks, most_missing: int
) -> LiveRoom:
    """Returns a room with a call that goes on at `at`, with at most so many missing people."""
    people = people_in(known.details)
    call = identified(call, people)
    present = present_at(call, at)
    missing = _missing(known, call, people, at)
    return {
        "roomId": room_id,
        "title": known.details.get("title"),
        "roomJoinPolicy": None if known.room is None else known.room.join_policy,
        "callId": call.id,
        "startedAt": format_time(call.started_at),
        "lastEventAt": format_time(call.last_event_at),
        "overdue": is_overdue(call, known.planned_end, at),
        "incomplete": call.incomplete,
        "count": len(present),
        "participants": [_live_person_body(one, people) for one in present],
        "missing": [_missing_body(one, people) for one in missing[:most_missing]],
        "missingCount": len(missing),
    }


def _missing(known: RoomSnapshot, call: Call, people: People, at: Ticks) -> list[Missing]:
    planned = scheduled(known.details)
    if planned is None or known.deleted:
        return []
    return missing_from(call, known.roster, people, planned[0], at)


def _live_person_body(one: PersonInCall, people: People) -> LivePerson:
    return {
        "rawId": one.raw_id,
        "rawIds": list(one.raw_ids),
        "name": people.name(one.raw_id),
        "displayName": one.display_name,
        "role": one.role,
        "joinedAt": format_time(one.since),
    }


def _missing_body(one: Missing, people: People) -> MissingPerson:
    return {
        **person_body(one.raw_ids[0], one.raw_ids, people),
        "role": one.role,
        "since": format_time(one.since),
        "leftAt": time_or_none(one.left_at),
    }
