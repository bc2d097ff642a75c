"""ACS's routes of rooms. `extension/room_list.py` has the list, which both share."""

import hashlib
from typing import Annotated, Any, NotRequired, TypedDict

import azure.functions as func
from pydantic import ValidationInfo, ValidatorFunctionWrapHandler, WrapValidator

from rooms.api.acs.participants import UpdateParticipants
from rooms.api.acs.versions import SUPPORTED_VERSIONS, has_pstn
from rooms.api.body import Body, OptionalTime
from rooms.api.errors import Detail, InvalidIdentifier, ValidationFailed
from rooms.api.request import Request
from rooms.api.responses import acs_answer, no_content
from rooms.api.routing import Routes
from rooms.api.shapes import Page, RoomId
from rooms.domain import room as domain
from rooms.domain.limits import LIMITS
from rooms.domain.room import RoomChange, check_changed_validity, check_new_validity
from rooms.domain.roster import Roster, check_size, first_unsupported
from rooms.domain.time import Time, format_time, parse_http_date
from rooms.storage.rooms import Repeatability

routes = Routes()


class Room(TypedDict):
    """A room. With api-version 2023-06-14 it has no `pstnDialOutEnabled`."""

    id: RoomId
    createdAt: Time
    validFrom: Time
    validUntil: Time
    pstnDialOutEnabled: NotRequired[bool]


def _unless_unknown(
    value: Any, check: ValidatorFunctionWrapHandler, info: ValidationInfo[Any]
) -> Any:
    return check(value) if has_pstn(info.context) else None


class UpdateRoom(Body):
    """The body of PATCH /rooms/{id}."""

    valid_from: OptionalTime = None
    valid_until: OptionalTime = None
    pstn_dial_out_enabled: Annotated[bool | None, WrapValidator(_unless_unknown)] = None

    @property
    def change(self) -> RoomChange:
        """Returns the change that the body asks for."""
        return RoomChange(self.valid_from, self.valid_until, self.pstn_dial_out_enabled)


class CreateRoom(UpdateRoom, UpdateParticipants):
    """The body of POST /rooms."""

    @property
    def roster(self) -> Roster:
        """Returns the people whom the body invites. Leaves out a participant that is null."""
        return {raw_id: role for raw_id, role in self.patch.items() if role is not None}


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
    page = await request.app.lists.all(request.query("nextLink"))
    next_link = None
    if page.cursor is not None:
        next_link = f"{request.route_url}?nextLink={page.cursor}&api-version={request.version}"
    return acs_answer(200, rooms_body(page.items, next_link, request.version))


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
    if len(request_id) > LIMITS.repeatability_id:
        too_long = f"A Repeatability-Request-ID has at most {LIMITS.repeatability_id} characters."
        raise ValidationFailed(Detail(too_long, "Repeatability-Request-ID"))
    try:
        parse_http_date(http.headers.get("repeatability-first-sent", ""))
    except ValueError:
        expected = (
            "Repeatability-Request-ID needs this header too: an HTTP date, like "
            "Mon, 04 May 2026 10:00:00 GMT."
        )
        raise ValidationFailed(Detail(expected, "Repeatability-First-Sent")) from None
    return Repeatability(request_id, hashlib.sha256(http.get_body()).hexdigest())


def room_body(room: domain.Room, version: str) -> Room:
    """Returns a room in the form of `version`."""
    body: Room = {
        "id": room.id,
        "createdAt": format_time(room.created_at),
        "validFrom": format_time(room.valid_from),
        "validUntil": format_time(room.valid_until),
    }
    if has_pstn(version):
        body["pstnDialOutEnabled"] = room.pstn_dial_out_enabled
    return body


def rooms_body(rooms: list[domain.Room], next_link: str | None, version: str) -> Page[Room]:
    """Returns a page of the list of rooms."""
    body: Page[Room] = {"value": [room_body(room, version) for room in rooms]}
    if next_link is not None:
        body["nextLink"] = next_link
    return body
