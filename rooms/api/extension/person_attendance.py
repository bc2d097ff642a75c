"""The attendance of one person in all their rooms."""

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypedDict

import azure.functions as func

from rooms.api.errors import InvalidParameter
from rooms.api.extension.looking import record_access
from rooms.api.extension.reports import (
    COLUMNS,
    Attendee,
    Cancelled,
    as_csv_row,
    attendee_body,
    cancelled_body,
    report,
)
from rooms.api.request import Request
from rooms.api.responses import csv_answer, json_answer, link_to
from rooms.api.routing import Routes
from rooms.api.shapes import RoomId, page_body
from rooms.app import App
from rooms.domain.details import Details, people_with
from rooms.domain.limits import LIMITS
from rooms.domain.person_window import PersonWindow, person_window
from rooms.domain.roster import is_acs_user
from rooms.domain.time import MAX_TIME, Ticks, Time, format_time
from rooms.domain.time_window import cancelled
from rooms.storage import keys
from rooms.storage.cursors import Page, read_start
from rooms.storage.errors import TooManyChanges, TooManyEvents
from rooms.storage.lists import FoundRoom

routes = Routes()

# `from` is a keyword.
RoomInReport = TypedDict(
    "RoomInReport",
    {
        "roomId": RoomId,
        "title": str | None,
        "from": Time,
        "until": Time,
        "cancelled": Cancelled | None,
    },
)
RoomInReport.__doc__ = "A room in the report about a person, and the period."


class PersonInRoom(RoomInReport, Attendee):
    """The attendance of a person in one room. `incomplete` is true if a call of the period has more
    events than were read."""

    incomplete: bool
    error: None


class RoomNotRead(RoomInReport):
    """A room whose attendance is not in the report: it has more events, calls or changes of the
    roster than one answer may need."""

    error: Literal["TooManyEvents", "TooManyChanges"]


CSV_COLUMNS = (
    "roomId",
    "title",
    "from",
    "until",
    *COLUMNS,
    "cancelledAt",
    "cancelledBy",
    "error",
    "incomplete",
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a caller asks: the attendance of a person from `start` until just before `end`."""

    person: str
    start: Ticks
    end: Ticks

    @property
    def finder(self) -> str:
        """By what the storage finds the rooms."""
        return self.person if is_acs_user(self.person) else keys.by_external_id(self.person)

    def raw_ids(self, details: Details) -> set[str]:
        """Returns the raw ids of the person in a room with these details."""
        return {self.person} if is_acs_user(self.person) else people_with(details, self.person)

    def window(self, found: FoundRoom) -> PersonWindow | None:
        """Returns the time of the room's report, if it lies in the time asked about."""
        known = found.known
        return person_window(found.room, known.details, known.deletion, self.start, self.end)


@routes.extension("GET", "attendance")
async def get_person_attendance(request: Request) -> func.HttpResponse:
    """Answers with a page of the attendance of a person, newest room first, as JSON or CSV."""
    person, form = _person(request), request.choice("format", "json", "csv")
    start, end = request.time_range()
    asked = Asked(person, start or 0, MAX_TIME if end is None else end)
    page = await read_page(request.app, asked, request.query("nextLink"))
    await record_access(request, "attendance", None, person=person)
    next_link = request.next_link(page.cursor)
    if form == "csv":
        rows = map(_csv_row, page.items)
        return csv_answer("attendance", CSV_COLUMNS, rows, link_to(next_link))
    return json_answer(200, page_body(page.items, next_link))


def _person(request: Request) -> str:
    person = request.query("person")
    if person is None:
        raise InvalidParameter(
            "Must be a raw id, 8:acs:<guid>_<guid>, or an external id.", "person"
        )
    if len(person) > LIMITS.text:
        raise InvalidParameter(f"Must have at most {LIMITS.text} characters.", "person")
    return person


async def read_page(
    app: App, asked: Asked, cursor: str | None, monotonic: Callable[[], float] = time.monotonic
) -> Page[PersonInRoom | RoomNotRead]:
    """Returns a page of the report, as of the time of the first page.

    Reads one room after another, so that a page of rooms with many events ends in time.
    """
    until = monotonic() + app.limits.person_seconds
    own = f"report{keys.invitee_prefix(asked.finder)}"
    begin = read_start(cursor, re.escape(own) + keys.LIST_SUFFIX, app.clock())

    def fits(room: FoundRoom) -> bool:
        return bool(asked.raw_ids(room.known.details)) and asked.window(room) is not None

    after = begin.after and begin.after.removeprefix(own)
    bodies: list[PersonInRoom | RoomNotRead] = []
    while True:
        found, behind = await app.lists.found_by(asked.finder, after, fits)
        for room in found:
            if (body := await _in_room(app, asked, room, begin.as_of)) is not None:
                bodies.append(body)
            if len(bodies) == app.limits.rooms_page or monotonic() > until:
                after = behind if room is found[-1] else room.place
                return Page(bodies, begin.cursor(after and f"{own}{after}"))
        after = behind
        if after is None or monotonic() > until:
            return Page(bodies, begin.cursor(after and f"{own}{after}"))


async def _in_room(
    app: App, asked: Asked, found: FoundRoom, as_of: Ticks
) -> PersonInRoom | RoomNotRead | None:
    """Returns the attendance in one room, if there is any to report."""
    known, chosen = found.known, asked.window(found)
    if chosen is None:
        return None
    room = _room_body(found, chosen)
    try:
        made = await report(app, found.room.id, known, chosen.window, as_of)
    except TooManyEvents:
        return {**room, "error": "TooManyEvents"}
    except TooManyChanges:
        return {**room, "error": "TooManyChanges"}
    somebody_came = any(each.joins for each in made.attendees)
    people = {made.people.key(raw_id) for raw_id in asked.raw_ids(known.details)}
    attendee = next((each for each in made.attendees if each.person in people), None)
    if attendee is None or not (chosen.if_empty or somebody_came):
        return None
    return {
        **room,
        "cancelled": cancelled_body(made.cancelled),
        **attendee_body(attendee, made.people),
        "incomplete": made.incomplete,
        "error": None,
    }


def _room_body(found: FoundRoom, chosen: PersonWindow) -> RoomInReport:
    return {
        "roomId": found.room.id,
        "title": found.known.details.get("title"),
        "from": format_time(chosen.start),
        "until": format_time(chosen.end),
        "cancelled": cancelled_body(cancelled(chosen.window, found.known.deletion)),
    }


def _csv_row(body: PersonInRoom | RoomNotRead) -> Mapping[str, Any]:
    """Returns a row of a table. What is not known of a room that was not read is empty."""
    deletion = body["cancelled"]
    more = {
        "cancelledAt": None if deletion is None else deletion["at"],
        "cancelledBy": None if deletion is None else deletion["by"],
    }
    if body["error"] is None:
        return {**as_csv_row(body), **more}
    return {**dict.fromkeys(CSV_COLUMNS), **body, **more}
