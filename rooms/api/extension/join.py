"""Join: what a person with a join link sees of the room, and how they get into its call."""

from typing import Annotated, Final, NotRequired, TypedDict

import azure.functions as func
from pydantic import StringConstraints

from rooms.api.body import Device, StrictBody
from rooms.api.extension.admission import (
    Allowed,
    admission_answer,
    admitted_body,
    refused_body,
)
from rooms.api.extension.admitting import (
    Asking,
    Judgement,
    LostConnection,
    carry_out,
    judged,
)
from rooms.api.request import Request
from rooms.api.responses import json_answer
from rooms.api.routing import Routes
from rooms.api.shapes import RoomId
from rooms.app import App
from rooms.domain import admission as domain
from rooms.domain.admission import role_in
from rooms.domain.details import Details, names_in
from rooms.domain.join_link import JoinLink
from rooms.domain.log_details import Reason
from rooms.domain.room import check_calls_here
from rooms.domain.roster import Role
from rooms.domain.time import Ticks, Time, format_time
from rooms.storage.join_links import HeldLink

routes = Routes()

BROWSER: Final = "Join-Browser"
"""The header of a GET with the secret of the browser."""

type BrowserSecret = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{22,86}$")]


class Join(StrictBody):
    """The body of POST /rooms/{id}/join.

    `device` tells the devices of a person apart: a page that keeps it over a reload replaces
    itself in the call. `browser` is a random secret, at least 128 bits in base64url, that the
    browser keeps: the link is then good in this browser only. `lost` is the connection that this
    device had and lost: if it was put out of that call just before, it is told so instead of coming
    back.
    """

    device: Device
    browser: BrowserSecret
    lost: LostConnection | None = None


class LinkedPerson(TypedDict):
    """The person of a join link. Who is not on the roster has no `role`, unless the room is open
    to guests."""

    rawId: str
    displayName: NotRequired[str]
    role: NotRequired[Role]


class JoinState(TypedDict):
    """What the person of a join link may know of the room before they join: whether they may join
    now, with which `capabilities`, or the `reasons` why not. Who is not invited any more learns
    nothing of the meeting: `title` and the scheduled times are null."""

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


@routes.join_link("GET", "rooms/{roomId}/join")
async def get_join(request: Request, link: JoinLink) -> func.HttpResponse:
    """Answers what the person of a join link may know, and changes nothing.

    Who has a link that another browser has used learns nothing of the meeting.
    """
    held = HeldLink(link, request.http.headers.get(BROWSER.lower(), ""))
    await request.app.admissions.is_bound(held)
    judgement = await _judged(request.app, link)
    return json_answer(200, _state_body(link, judgement, request.app.clock()))


@routes.join_link("POST", "rooms/{roomId}/join")
async def join_room(request: Request, link: JoinLink) -> func.HttpResponse:
    """Lets the person of a join link in, and logs the decision."""
    asked = request.parse(Join)
    held = HeldLink(link, asked.browser)
    binds = None if await request.app.admissions.is_bound(held) else held
    judgement = await _judged(request.app, link)
    asking = Asking(link.raw_id, link.display_name, asked.device, asked.lost, link.id)
    way_in = await carry_out(request.app, judgement, asking, request.origin, binds)
    return admission_answer(link.room_id, link.raw_id, judgement.decision, way_in)


async def _judged(app: App, link: JoinLink) -> Judgement:
    """Decides whether the person of a link may join now. Raises CallsAtAcs if it is of no use, as
    the calls of the room run there."""
    judgement = await judged(app, link.room_id, link.raw_id, with_details=True)
    check_calls_here(judgement.room)
    return judgement


def _state_body(link: JoinLink, judgement: Judgement, now: Ticks) -> JoinState:
    room, details = judgement.room, judgement.details
    invited = role_in(room, judgement.roster, link.raw_id) is not None
    meeting: Details = details if invited else {}
    person: LinkedPerson = {"rawId": link.raw_id}
    if (name := _display_name(link, details)) is not None:
        person["displayName"] = name
    body: JoinState = {
        "roomId": room.id,
        "title": meeting.get("title"),
        "person": person,
        "admitted": isinstance(judgement.decision, domain.Admitted),
        "validFrom": format_time(room.valid_from),
        "validUntil": format_time(room.valid_until),
        "scheduledStart": meeting.get("scheduledStart"),
        "scheduledEnd": meeting.get("scheduledEnd"),
        "now": format_time(now),
    }
    match judgement.decision:
        case domain.Admitted() as admitted:
            person["role"] = admitted.role
            body["capabilities"] = admitted_body(room.id, link.raw_id, admitted)["capabilities"]
        case domain.Refused() as refused:
            body["reasons"] = refused_body(room.id, link.raw_id, refused)["reasons"]
            if link.raw_id in judgement.roster:
                person["role"] = judgement.roster[link.raw_id]
    return body


def _display_name(link: JoinLink, details: Details) -> str | None:
    return link.display_name or names_in(details).get(link.raw_id)
