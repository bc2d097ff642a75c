"""Join: what a person with a join link sees of the room, and how they get into its call."""

from typing import Annotated, NotRequired, TypedDict

import azure.functions as func
from pydantic import StringConstraints

from rooms.api.body import StrictBody
from rooms.api.error_answers import Error, error_body
from rooms.api.errors import ANSWERS, AdmissionRefused
from rooms.api.extension.admission import (
    Admitted,
    Allowed,
    Refused,
    admitted_body,
    decision_detail,
    refused_body,
)
from rooms.api.request import Request
from rooms.api.responses import json_answer
from rooms.api.routing import Routes
from rooms.api.shapes import Link, RoomId
from rooms.domain import admission as domain
from rooms.domain.admission import UNOCCUPIED, admission, needs_occupancy
from rooms.domain.details import names_in
from rooms.domain.errors import RoomNotFound
from rooms.domain.join_link import JoinLink
from rooms.domain.log_details import Reason
from rooms.domain.roster import Role
from rooms.domain.time import Time, format_time
from rooms.media.carrier import Joining, WayIn
from rooms.storage.history import RoomSnapshot

routes = Routes()

type Device = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,32}$")]
type BrowserSecret = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{22,86}$")]


class Join(StrictBody):
    """The body of POST /rooms/{id}/join.

    `device` tells the devices of a person apart: a page that keeps it over a reload replaces
    itself in the call. `browser` is a random secret, at least 128 bits in base64url, that the
    browser keeps: the link is then good in this browser only.
    """

    device: Device
    browser: BrowserSecret


class LinkedPerson(TypedDict):
    """The person of a join link. Who is not on the roster has no `role`, unless the room is open
    to guests."""

    rawId: str
    displayName: NotRequired[str]
    role: NotRequired[Role]


class JoinState(TypedDict):
    """What the person of a join link may know of the room before they join: whether they may join
    now, with which `capabilities`, or the `reasons` why not."""

    roomId: RoomId
    title: str | None
    person: LinkedPerson
    admitted: bool
    reasons: NotRequired[list[Reason]]
    capabilities: NotRequired[list[Allowed]]
    validFrom: Time
    validUntil: Time
    scheduledStart: Time | None
    scheduledEnd: Time | None
    now: Time


class Media(TypedDict):
    """Where the person connects, and the token that lets them in until `tokenExpiresAt`."""

    url: Link
    token: str
    tokenExpiresAt: Time


class Joined(Admitted):
    """The person may join now, in this role, through `media`."""

    media: Media


class RefusedJoin(Error, Refused):
    """A refusal as an error. The message is that of the first reason."""


@routes.join_link("GET", "rooms/{roomId}/join")
async def get_join(request: Request, link: JoinLink) -> func.HttpResponse:
    """Answers what the person of a join link may know, and changes nothing."""
    known = await request.app.history.snapshot(link.room_id)
    return json_answer(200, await _state_body(request, link, known))


@routes.join_link("POST", "rooms/{roomId}/join")
async def join_room(request: Request, link: JoinLink) -> func.HttpResponse:
    """Lets the person of a join link in, and logs the decision."""
    asked = request.parse(Join)
    known = await request.app.history.snapshot(link.room_id)
    decision = await _decision(request, link, known)
    name = _display_name(link, known)
    detail = decision_detail(link.raw_id, name, decision)
    detail["link"] = link.id
    if isinstance(decision, domain.Admitted):
        await request.app.media.provision(link.room_id)
    await request.app.admissions.record(
        link.room_id, request.app.clock(), type(decision).__name__, detail, request.origin
    )
    if isinstance(decision, domain.Refused):
        refused = ANSWERS[AdmissionRefused]
        body: RefusedJoin = {
            **error_body(refused.code, decision.reasons[0].message),
            **refused_body(link.room_id, link.raw_id, decision),
        }
        return json_answer(refused.status, body, {"x-ms-error-code": refused.code})
    joining = Joining(link.raw_id, asked.device, decision.role, name)
    way_in = request.app.media.way_in(link.room_id, joining)
    assert way_in is not None
    joined: Joined = {
        **admitted_body(link.room_id, link.raw_id, decision),
        "media": media_body(way_in),
    }
    return json_answer(200, joined)


async def _decision(
    request: Request, link: JoinLink, known: RoomSnapshot
) -> domain.Admitted | domain.Refused:
    if known.room is None or known.deleted:
        raise RoomNotFound
    capacity = request.app.settings.call_capacity
    occupancy = UNOCCUPIED
    if needs_occupancy(known.room, known.roster, capacity):
        occupancy = await request.app.admissions.occupancy(link.room_id)
    at = request.app.clock()
    return admission(known.room, known.roster, link.raw_id, at, occupancy, capacity)


async def _state_body(request: Request, link: JoinLink, known: RoomSnapshot) -> JoinState:
    decision = await _decision(request, link, known)
    room = known.room
    assert room is not None
    person: LinkedPerson = {"rawId": link.raw_id}
    if (name := _display_name(link, known)) is not None:
        person["displayName"] = name
    body: JoinState = {
        "roomId": room.id,
        "title": known.details.get("title"),
        "person": person,
        "admitted": isinstance(decision, domain.Admitted),
        "validFrom": format_time(room.valid_from),
        "validUntil": format_time(room.valid_until),
        "scheduledStart": known.details.get("scheduledStart"),
        "scheduledEnd": known.details.get("scheduledEnd"),
        "now": format_time(request.app.clock()),
    }
    match decision:
        case domain.Admitted():
            admitted = admitted_body(room.id, link.raw_id, decision)
            person["role"] = admitted["role"]
            body["capabilities"] = admitted["capabilities"]
        case domain.Refused():
            body["reasons"] = refused_body(room.id, link.raw_id, decision)["reasons"]
            if link.raw_id in known.roster:
                person["role"] = known.roster[link.raw_id]
    return body


def _display_name(link: JoinLink, known: RoomSnapshot) -> str | None:
    return link.display_name or names_in(known.details).get(link.raw_id)


def media_body(way_in: WayIn) -> Media:
    """Returns a way in."""
    return {
        "url": way_in.url,
        "token": way_in.token,
        "tokenExpiresAt": format_time(way_in.expires_at),
    }
