"""Join links: each lets one person into one room, from the first browser that joins with it."""

import secrets
from typing import TypedDict

import azure.functions as func

from rooms.api.body import OptionalTime, StrictBody, Text
from rooms.api.errors import NoJoinPage
from rooms.api.request import Request
from rooms.api.responses import json_answer
from rooms.api.routing import Routes
from rooms.api.shapes import Link, RoomId
from rooms.domain.join_link import JoinLink, link_expiry
from rooms.domain.log_details import JoinLinkMade
from rooms.domain.room import check_calls_here
from rooms.domain.time import Time, format_time

routes = Routes()


class MakeJoinLink(StrictBody):
    """The body of POST /rooms/{id}/joinLinks. Without `expiresAt` the link expires with the
    room."""

    raw_id: Text
    display_name: Text | None = None
    expires_at: OptionalTime = None


class MadeJoinLink(TypedDict):
    """A join link. Whoever opens its `url` first joins as this person: send it to nobody else."""

    roomId: RoomId
    rawId: str
    url: Link
    expiresAt: Time


@routes.extension("POST", "rooms/{roomId}/joinLinks")
async def make_join_link(request: Request) -> func.HttpResponse:
    """Makes a link with which one person can join a room."""
    if (links := request.app.join_links) is None:
        raise NoJoinPage
    room_id, asked = request.call_room_id(), request.parse(MakeJoinLink)
    found, now = await request.app.rooms.with_roster(room_id), request.app.clock()
    check_calls_here(found.room)
    expires_at = link_expiry(found.room, found.roster, asked.raw_id, asked.expires_at, now)
    link = JoinLink(secrets.token_hex(16), room_id, asked.raw_id, asked.display_name, expires_at)
    detail: JoinLinkMade = {
        "rawId": link.raw_id,
        "expiresAt": format_time(expires_at),
        "link": link.id,
    }
    logged = max(now, found.changed_at + 1)
    await request.app.admissions.record(room_id, logged, "JoinLinkMade", detail, request.origin)
    made: MadeJoinLink = {
        "roomId": room_id,
        "rawId": link.raw_id,
        "url": f"{_base(request.route_url)}/join/{room_id}#{links.token(link)}",
        "expiresAt": format_time(expires_at),
    }
    return json_answer(201, made)


def _base(route_url: str) -> str:
    """Returns where this service is, by the URL of this route: without `/rooms/{id}/joinLinks`."""
    return route_url.rstrip("/").rsplit("/", 3)[0]
