"""No-shows: who was invited to scheduled meetings that are over, and did not come."""

import re
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import batched
from typing import Literal, TypedDict

import azure.functions as func

from rooms.api.errors import InvalidParameter
from rooms.api.extension.looking import record_access
from rooms.api.extension.reports import Report, report
from rooms.api.request import Request
from rooms.api.responses import json_answer
from rooms.api.routing import Routes
from rooms.api.shapes import Count, KnownPerson, RoomId, page_body, person_body
from rooms.app import App
from rooms.domain import attendance as domain
from rooms.domain.missing import MOST_MISSED
from rooms.domain.people import People
from rooms.domain.room_filter import RoomInList, RoomQuery
from rooms.domain.time import Ticks, Time, format_time
from rooms.domain.time_window import TimeWindow
from rooms.storage import keys
from rooms.storage.cursors import Page, read_start
from rooms.storage.errors import TooManyChanges, TooManyEvents
from rooms.storage.parallel import in_parallel

routes = Routes()

_AT_ONCE = 5
"""Rooms whose attendance is read at the same time."""


class AbsentPerson(KnownPerson, TypedDict):
    """An invited person who did not come. `estimated` is true if events of the calls are missing:
    the person may have come."""

    role: str | None
    estimated: bool


class ScheduledRoom(TypedDict):
    """A room and its scheduled time."""

    roomId: RoomId
    title: str | None
    scheduledStart: Time
    scheduledEnd: Time


class NoShow(ScheduledRoom):
    """A room to whose meeting people did not come. `absent` has the first of them, and
    `absentCount` counts all. If the attendance of the room needs more events, calls or changes of
    the roster than one answer may, `error` says so, and nobody is named."""

    absent: list[AbsentPerson]
    absentCount: Count
    error: Literal["TooManyEvents", "TooManyChanges"] | None


@dataclass(frozen=True, slots=True)
class _Meeting:
    """A room with a scheduled meeting that is over."""

    room: RoomInList
    start: Ticks
    end: Ticks


@routes.extension("GET", "noShows")
async def list_no_shows(request: Request) -> func.HttpResponse:
    """Answers with a page of the rooms to whose meetings people did not come."""
    start, end = request.time_range()
    if start is None:
        raise InvalidParameter("Must have a value: the time from which on meetings began.", "from")
    page = await read_page(request.app, start, end, request.query("nextLink"))
    await record_access(request, "attendance", None)
    return json_answer(200, page_body(page.items, request.next_link(page.cursor)))


async def read_page(
    app: App,
    start: Ticks,
    end: Ticks | None,
    cursor: str | None,
    monotonic: Callable[[], float] = time.monotonic,
) -> Page[NoShow]:
    """Returns the no-shows among the next rooms that were scheduled to start from `start` until
    just before `end`, the newest room first, as of the time of the first page.

    Requests as a page of the list of rooms by schedule. For each of its rooms, at most 30, that has
    invited people and whose meeting is over: those of the attendance.
    """
    until = monotonic() + app.limits.person_seconds
    begin = read_start(cursor, re.escape(keys.INDEX_START) + keys.LIST_SUFFIX, app.clock())
    last_start = begin.as_of if end is None else min(end, begin.as_of)
    if start >= last_start:
        return Page([], None)
    query = RoomQuery(scheduled_from=start, scheduled_until=last_start)
    listed = await app.lists.some(query, cursor, begin.as_of)
    meetings = _meetings(listed.items, begin.as_of)
    bodies: list[NoShow] = []
    for some in batched(meetings, _AT_ONCE, strict=False):
        found = await in_parallel(_no_show(app, each, begin.as_of) for each in some)
        bodies += [each for each in found if each is not None]
        if some[-1] is not meetings[-1] and monotonic() > until:
            room = some[-1].room.room
            return Page(bodies, begin.cursor(keys.index_row(room.id, room.created_at)))
    return Page(bodies, listed.cursor)


def _meetings(rooms: Iterable[RoomInList], as_of: Ticks) -> list[_Meeting]:
    """Returns the meetings of rooms with invited people that are over."""
    scheduled = [_Meeting(each, *each.scheduled) for each in rooms if each.scheduled is not None]
    return [each for each in scheduled if each.room.people and each.end <= as_of]


async def _no_show(app: App, meeting: _Meeting, as_of: Ticks) -> NoShow | None:
    """Returns who did not come, or None if all came, or if the room was deleted before."""
    room_id = meeting.room.room.id
    try:
        known = await app.history.snapshot(room_id)
        window = TimeWindow(meeting.start, meeting.end)
        made = await report(app, room_id, known, window, as_of)
    except TooManyEvents:
        return {**_room_body(meeting), "absent": [], "absentCount": 0, "error": "TooManyEvents"}
    except TooManyChanges:
        return {**_room_body(meeting), "absent": [], "absentCount": 0, "error": "TooManyChanges"}
    absent = _absent(made)
    if not absent:
        return None
    shown = absent[: app.limits.missing]
    return {
        **_room_body(meeting),
        "absent": [_absent_body(one, made.people) for one in shown],
        "absentCount": len(absent),
        "error": None,
    }


def _absent(made: Report) -> list[domain.Attendee]:
    """Returns the invited who did not come: presenters first, then the other roles."""
    absent = [each for each in made.attendees if each.status == "absent"]
    return sorted(absent, key=lambda one: MOST_MISSED.index(one.role))


def _room_body(meeting: _Meeting) -> ScheduledRoom:
    return {
        "roomId": meeting.room.room.id,
        "title": meeting.room.title,
        "scheduledStart": format_time(meeting.start),
        "scheduledEnd": format_time(meeting.end),
    }


def _absent_body(one: domain.Attendee, people: People) -> AbsentPerson:
    return {
        **person_body(one.raw_ids[0], one.raw_ids, people),
        "role": one.role,
        "estimated": one.estimated,
    }
