"""ACS's routes of rooms. `extension/room_list.py` has the list, which both share."""

import hashlib

import azure.functions as func

from rooms.api.acs.answers import room_body, rooms_body
from rooms.api.acs.versions import SUPPORTED_VERSIONS
from rooms.api.bodies import CreateRoom, UpdateRoom
from rooms.api.errors import Detail, InvalidIdentifier, ValidationFailed
from rooms.api.request import Request
from rooms.api.responses import acs_answer, no_content
from rooms.api.routing import Routes
from rooms.api.tokens import from_token, to_token
from rooms.domain.room import check_changed_validity, check_new_validity
from rooms.domain.roster import check_size, first_unsupported
from rooms.domain.time import parse_http_date
from rooms.storage import keys
from rooms.storage.rooms import Repeatability

routes = Routes()

MAX_REPEATABILITY_ID = 256
"""Characters of a Repeatability-Request-ID."""


@routes.acs("POST", "rooms")
async def create_room(request: Request) -> func.HttpResponse:
    """Creates a room. With a Repeatability-Request-ID it may be sent again."""
    body = request.parse(CreateRoom)
    wanted, roster = body.change, body.roster
    repeatability = _repeatability(request.http)
    check_new_validity(wanted, request.app.clock())
    check_size(roster)
    if first_unsupported(roster) is not None:
        raise InvalidIdentifier
    room = await request.app.rooms.create(wanted, roster, repeatability, request.origin)
    headers = {"Location": room.id}
    if repeatability is not None:
        headers["Repeatability-Result"] = "accepted"
    return acs_answer(201, room_body(room, request.version), headers)


async def list_all_rooms(request: Request) -> func.HttpResponse:
    """Answers with a page of ACS's list."""
    token = request.query("nextLink")
    rooms, last = await request.app.lists.all(
        None if token is None else from_token(token, keys.INDEX_ROW)
    )
    next_link = None
    if last is not None:
        next_link = f"{request.route_url}?nextLink={to_token(last)}&api-version={request.version}"
    return acs_answer(200, rooms_body(rooms, next_link, request.version))


@routes.acs("GET", "rooms/{roomId}")
async def get_room(request: Request) -> func.HttpResponse:
    """Answers with a room, also one that has expired."""
    room = await request.app.rooms.get(request.room_id())
    return acs_answer(200, room_body(room, request.version))


@routes.acs("PATCH", "rooms/{roomId}")
async def update_room(request: Request) -> func.HttpResponse:
    """Changes the validity of a room, and whether it allows dial-out."""
    wanted = request.parse(UpdateRoom).change
    check_changed_validity(wanted, request.app.clock())
    room = await request.app.rooms.update(request.room_id(), wanted, request.origin)
    return acs_answer(200, room_body(room, request.version))


@routes.acs("DELETE", "rooms/{roomId}")
async def delete_room(request: Request) -> func.HttpResponse:
    """Deletes a room. Its log stays."""
    await request.app.rooms.delete(request.room_id(), request.origin)
    return no_content({"api-supported-versions": SUPPORTED_VERSIONS})


def _repeatability(http: func.HttpRequest) -> Repeatability | None:
    """Reads the OASIS headers of a repeatable request: an id, and when it was first sent."""
    request_id = http.headers.get("repeatability-request-id")
    if not request_id:
        return None
    if len(request_id) > MAX_REPEATABILITY_ID:
        too_long = f"A Repeatability-Request-ID has at most {MAX_REPEATABILITY_ID} characters."
        raise ValidationFailed(Detail(too_long, "Repeatability-Request-ID"))
    try:
        parse_http_date(http.headers.get("repeatability-first-sent", ""))
    except ValueError:
        expected = (
            "With Repeatability-Request-ID a date is expected here, like "
            "Mon, 04 May 2026 10:00:00 GMT."
        )
        raise ValidationFailed(Detail(expected, "Repeatability-First-Sent")) from None
    return Repeatability(request_id, hashlib.sha256(http.get_body()).hexdigest())
