"""The operations on rooms, and their lists: ACS's, and ours of some of them, with their titles."""

import hashlib
from urllib.parse import parse_qsl

import azure.functions as func

from rooms import clients
from rooms.api.acs.answers import room_body, rooms_body
from rooms.api.acs.versions import SUPPORTED_VERSIONS, check_api_version
from rooms.api.bodies import CreateRoom, UpdateRoom
from rooms.api.extension.answers import listed_body, page_body
from rooms.api.paging import page_begin, page_end
from rooms.api.routing import Request, answer, answer_of_ours, no_content, query, respond
from rooms.api.tokens import from_token, to_token
from rooms.auth.url import route_url
from rooms.domain.details import MAX_TEXT
from rooms.domain.room import ROOM_STATES, faults_of_create, faults_of_update
from rooms.domain.room_filter import room_filter
from rooms.domain.roster import check_size, first_unsupported, is_acs_user
from rooms.domain.time import now, parse_http_date
from rooms.errors import Detail, InvalidIdentifier, InvalidParameter, ValidationFailed
from rooms.storage import keys
from rooms.storage.rooms import Repeatability

blueprint = func.Blueprint()

FILTERS = {"participant", "state", "from", "until", "title"}
"""Parameters that ACS does not have: a list with one of them is ours, and needs no api-version."""

MAX_REPEATABILITY_ID = 256
"""Characters of a Repeatability-Request-ID."""


@blueprint.route("rooms", methods=["POST"], auth_level=func.AuthLevel.ANONYMOUS)
async def create_room(req: func.HttpRequest) -> func.HttpResponse:
    """POST /rooms"""
    return await answer(req, _create)


@blueprint.route("rooms", methods=["GET"], auth_level=func.AuthLevel.ANONYMOUS)
async def list_rooms(req: func.HttpRequest) -> func.HttpResponse:
    """GET /rooms, or GET /rooms?participant=&state=open|upcoming|expired&from=&until=&title="""
    is_ours = _filters(req) or (
        "x-api-key" in req.headers and "authorization" not in req.headers
    )  # which no SDK sends
    return await (answer_of_ours(req, _list_some) if is_ours else answer(req, _list))


@blueprint.route("rooms/{roomId}", methods=["GET"], auth_level=func.AuthLevel.ANONYMOUS)
async def get_room(req: func.HttpRequest) -> func.HttpResponse:
    """GET /rooms/{roomId}"""
    return await answer(req, _get)


@blueprint.route("rooms/{roomId}", methods=["PATCH"], auth_level=func.AuthLevel.ANONYMOUS)
async def update_room(req: func.HttpRequest) -> func.HttpResponse:
    """PATCH /rooms/{roomId}"""
    return await answer(req, _update)


@blueprint.route("rooms/{roomId}", methods=["DELETE"], auth_level=func.AuthLevel.ANONYMOUS)
async def delete_room(req: func.HttpRequest) -> func.HttpResponse:
    """DELETE /rooms/{roomId}"""
    return await answer(req, _delete)


async def _create(request: Request) -> func.HttpResponse:
    body = request.parse(CreateRoom)
    wanted, roster = body.change, body.roster
    repeatability = _repeatability(request.http)
    if faults := faults_of_create(wanted, now()):
        raise ValidationFailed(*faults)
    check_size(roster)
    if first_unsupported(roster) is not None:
        raise InvalidIdentifier
    room = await clients.rooms().create(wanted, roster, repeatability, request.origin)
    headers = {"Location": room.id}
    if repeatability is not None:
        headers["Repeatability-Result"] = "accepted"
    return respond(201, room_body(room, request.version), headers)


async def _list(request: Request) -> func.HttpResponse:
    token = query(request.http, "nextLink")
    rooms, last = await clients.lists().all(
        None if token is None else from_token(token, keys.INDEX_ROW)
    )
    next_link = None
    if last is not None:
        url = route_url(request.http, clients.settings().trust_forwarded_host)
        next_link = f"{url}?nextLink={to_token(last)}&api-version={request.version}"
    return respond(200, rooms_body(rooms, next_link, request.version))


async def _list_some(request: Request) -> func.HttpResponse:
    asked_version = query(request.http, "api-version")
    version = (
        request.version
        if asked_version is None
        else check_api_version(asked_version, request.http.url.partition("?")[0])
    )
    for name in _filters(request.http):
        if (
            query(request.http, name) is None
        ):  # one that a caller forgot to fill in must not list everything
            raise InvalidParameter("A value is expected here.", name)
    state = request.choice("state", *ROOM_STATES)
    start, end = request.time_range()
    participant = query(request.http, "participant")
    if participant is not None and not is_acs_user(participant):
        raise InvalidParameter(
            "The raw id of an ACS user is expected here: 8:acs:<guid>_<guid>.", "participant"
        )
    title = query(request.http, "title")
    if title is not None and len(title) > MAX_TEXT:
        raise InvalidParameter(f"At most {MAX_TEXT} characters are expected here.", "title")
    prefix = keys.INDEX_START if participant is None else keys.invitee_prefix(participant)
    point = page_begin(request, prefix, keys.LIST_POINT)
    wanted = room_filter(state, point.as_of, start, end, title)
    if participant is None:
        rooms, last = await clients.lists().some(wanted, point.row, point.as_of)
    else:
        rooms, last = await clients.lists().of_participant(participant, wanted, point.row)
    return respond(
        200,
        page_body([listed_body(each, version) for each in rooms], page_end(request, point, last)),
    )


async def _get(request: Request) -> func.HttpResponse:
    room = await clients.rooms().get(request.room_id())
    return respond(200, room_body(room, request.version))


async def _update(request: Request) -> func.HttpResponse:
    wanted = request.parse(UpdateRoom).change
    if faults := faults_of_update(wanted, now()):
        raise ValidationFailed(*faults)
    room = await clients.rooms().update(request.room_id(), wanted, request.origin)
    return respond(200, room_body(room, request.version))


async def _delete(request: Request) -> func.HttpResponse:
    await clients.rooms().delete(request.room_id(), request.origin)
    return no_content({"api-supported-versions": SUPPORTED_VERSIONS})


def _filters(request: func.HttpRequest) -> list[str]:
    """The parameters of ours in the URL; the host drops those without a value from its own."""
    names = {
        name.lower() for name, _ in parse_qsl(request.url.partition("?")[2], keep_blank_values=True)
    }
    return sorted(FILTERS & names)


def _repeatability(request: func.HttpRequest) -> Repeatability | None:
    """What the OASIS headers of a repeatable request say: an id, and then when it was first sent."""
    request_id = request.headers.get("repeatability-request-id")
    if not request_id:
        return None
    if len(request_id) > MAX_REPEATABILITY_ID:
        too_long = f"A Repeatability-Request-ID has at most {MAX_REPEATABILITY_ID} characters."
        raise ValidationFailed(Detail(too_long, "Repeatability-Request-ID"))
    try:
        parse_http_date(request.headers.get("repeatability-first-sent", ""))
    except ValueError:
        expected = "With Repeatability-Request-ID a date is expected here, like Mon, 04 May 2026 10:00:00 GMT."
        raise ValidationFailed(Detail(expected, "Repeatability-First-Sent")) from None
    return Repeatability(request_id, hashlib.sha256(request.get_body()).hexdigest())
