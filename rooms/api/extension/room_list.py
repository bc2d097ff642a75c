"""The list of rooms: ACS's, or a filtered one with titles."""

from typing import NotRequired, TypedDict, cast
from urllib.parse import parse_qsl

import azure.functions as func

from rooms.api.acs.rooms import list_all_rooms
from rooms.api.acs.versions.api_version import ApiVersion
from rooms.api.acs.versions.table import check_api_version
from rooms.api.acs.versions.v2023_03_31 import Room
from rooms.api.errors import InvalidParameter
from rooms.api.extension.join_policy import JoinPolicyOfRoom, join_policy_body
from rooms.api.request import Kind, Request
from rooms.api.responses import acs_answer
from rooms.api.routing import Routes
from rooms.api.shapes import Count, page_body, time_or_none
from rooms.app import App
from rooms.domain.limits import LIMITS
from rooms.domain.people import identified, people_in
from rooms.domain.room import ROOM_CARRIERS, ROOM_STATES, RoomCarrier
from rooms.domain.room_filter import RoomInList, RoomQuery
from rooms.domain.roster import is_acs_user
from rooms.domain.time import Ticks, Time, format_time
from rooms.storage.parallel import in_parallel

routes = Routes()

FILTERS = (
    "participant",
    "externalId",
    "state",
    "from",
    "until",
    "title",
    "carrier",
    "scheduledFrom",
    "scheduledUntil",
    "name",
    "include",
)
"""Parameters that ACS does not have. A request with one of them is for the filtered list."""


class Listing(TypedDict):
    """What the filtered list has of a room, beside the room. Its calls run at ACS, or here
    (`own`). `people` says how many are invited."""

    carrier: RoomCarrier
    title: str | None
    scheduledStart: Time | None
    scheduledEnd: Time | None
    people: Count


class LastCall(TypedDict):
    """The call of a room that started last. `endedAt` is null while it is live. `people` says how
    many were in it."""

    id: str
    startedAt: Time
    endedAt: Time | None
    people: Count


class Included(TypedDict):
    """What the filtered list has only if it is asked for. `lastCall` is null for a room without
    calls."""

    lastCall: NotRequired[LastCall | None]


class ListedRoom(Room, JoinPolicyOfRoom, Listing, Included):
    """A room with who may join, its title, its schedule, how many `people` are invited, and where
    its calls run: at ACS, or here (`own`). `lastCall` is there if it is asked for: null, if the
    room has had no call."""


def _kind_of(http: func.HttpRequest) -> Kind:
    has_plain_key = "x-api-key" in http.headers and "authorization" not in http.headers
    return "extension" if _filters(http) or has_plain_key else "acs"  # SDKs send no plain key


@routes.by_request("GET", "rooms", _kind_of)
async def list_rooms(request: Request) -> func.HttpResponse:
    """Answers with a page of rooms, newest first."""
    if request.kind == "acs":
        return await list_all_rooms(request)
    return await _list_some_rooms(request)


async def _list_some_rooms(request: Request) -> func.HttpResponse:
    version = request.version
    if (asked_version := request.query("api-version")) is not None:
        uri = request.http.url.partition("?")[0]
        version = check_api_version(asked_version, uri, list_rooms.__name__)
    for name in _filters(request.http):
        if request.query(name) is None:  # a filter left empty by mistake must not list everything
            raise InvalidParameter("Must have a value.", name)
    state = request.choice("state", *ROOM_STATES)
    start, end = request.time_range()
    participant = request.query("participant")
    if participant is not None and not is_acs_user(participant):
        raise InvalidParameter(
            "Must be the raw id of an ACS user: 8:acs:<guid>_<guid>.", "participant"
        )
    title, external_id, called = (_text(request, each) for each in ("title", "externalId", "name"))
    if participant is not None and external_id is not None:
        raise InvalidParameter("Must be left out if `participant` is given.", "externalId")
    carrier = request.choice("carrier", *ROOM_CARRIERS)
    scheduled = request.time_range("scheduledFrom", "scheduledUntil")
    wanted = RoomQuery(state, start, end, title, carrier, *scheduled, called)
    with_last_call = request.choice("include", "lastCall") is not None
    cursor, now = request.query("nextLink"), request.app.clock()
    lists = request.app.lists
    if participant is not None:
        page = await lists.of_participant(participant, wanted, cursor, now)
    elif external_id is not None:
        page = await lists.of_external_id(external_id, wanted, cursor, now)
    else:
        page = await lists.some(wanted, cursor, now)
    value = [listed_body(each, version) for each in page.items]
    if with_last_call:
        rooms = [each.room.id for each in page.items]
        last_calls = await in_parallel(_last_call(request.app, room_id, now) for room_id in rooms)
        for body, last_call in zip(value, last_calls, strict=True):
            body["lastCall"] = last_call
    return acs_answer(200, page_body(value, request.next_link(page.cursor)), version.supported)


async def _last_call(app: App, room_id: str, now: Ticks) -> LastCall | None:
    """Returns the last call of a room. Three requests, and some more for a live one; one for a room
    without calls."""
    found = await app.calls.last(room_id, now)
    if found is None:
        return None
    call = identified(found, people_in(await app.history.details(room_id)))
    return {
        "id": call.id,
        "startedAt": format_time(call.started_at),
        "endedAt": time_or_none(call.ended_at),
        "people": call.people,
    }


def _text(request: Request, name: str) -> str | None:
    """Returns a text of the query, or None. Raises InvalidParameter."""
    text = request.query(name)
    if text is not None and len(text) > LIMITS.text:
        raise InvalidParameter(f"Must have at most {LIMITS.text} characters.", name)
    return text


def _filters(http: func.HttpRequest) -> list[str]:
    """Returns the filters in the URL. The host drops those without a value from its own list."""
    pairs = parse_qsl(http.url.partition("?")[2], keep_blank_values=True)
    given = {name.lower() for name, _ in pairs}
    return [name for name in FILTERS if name.lower() in given]


def listed_body(listed: RoomInList, version: ApiVersion) -> ListedRoom:
    """Returns a room as the filtered list has it."""
    room = version.room(listed.room, {})
    start, end = listed.scheduled or (None, None)
    ours = {
        "carrier": listed.room.carrier,
        "title": listed.title,
        "scheduledStart": time_or_none(start),
        "scheduledEnd": time_or_none(end),
        "people": listed.people,
    }
    return cast(ListedRoom, {**room, **join_policy_body(listed.room), **ours})
