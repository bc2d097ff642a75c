"""Overview: a room, its details and its participants in one answer."""

from typing import Literal, TypedDict

import azure.functions as func

from rooms.api.acs.versions.v2023_03_31 import Participant
from rooms.api.extension.details import Names, names_body
from rooms.api.if_match import etag
from rooms.api.request import Request
from rooms.api.responses import json_answer
from rooms.api.routing import Routes
from rooms.api.shapes import RoomId
from rooms.domain.details import Details
from rooms.domain.errors import RoomNotFound
from rooms.domain.room import JoinPolicy, Room, RoomCarrier, RoomState, state_at
from rooms.domain.roster import Roster
from rooms.domain.time import Time, format_time

routes = Routes()


class NamedParticipant(Participant, Names):
    """A participant with role and names."""


class Overview(TypedDict):
    """A room with its state, details and participants. `carrier` says where its calls run: at ACS,
    or here (`own`)."""

    roomId: RoomId
    state: RoomState | Literal["deleted"]
    createdAt: Time
    validFrom: Time
    validUntil: Time
    pstnDialOutEnabled: bool
    roomJoinPolicy: JoinPolicy
    carrier: RoomCarrier
    title: str | None
    externalId: str | None
    scheduledStart: Time | None
    scheduledEnd: Time | None
    participants: list[NamedParticipant]


@routes.extension("GET", "rooms/{roomId}/overview")
async def get_overview(request: Request) -> func.HttpResponse:
    """Answers with a room, its state, details and participants, also of a deleted room."""
    known = await request.app.history.snapshot(request.call_room_id())
    if known.room is None:
        raise RoomNotFound
    state = "deleted" if known.deleted else state_at(known.room, request.app.clock())
    body = overview_body(known.room, state, known.details, known.roster)
    return json_answer(200, body, etag(known.version))


def overview_body(
    room: Room, state: RoomState | Literal["deleted"], details: Details, roster: Roster
) -> Overview:
    """Returns the answer."""
    return {
        "roomId": room.id,
        "state": state,
        "createdAt": format_time(room.created_at),
        "validFrom": format_time(room.valid_from),
        "validUntil": format_time(room.valid_until),
        "pstnDialOutEnabled": room.pstn_dial_out_enabled,
        "roomJoinPolicy": room.join_policy,
        "carrier": room.carrier,
        "title": details.get("title"),
        "externalId": details.get("externalId"),
        "scheduledStart": details.get("scheduledStart"),
        "scheduledEnd": details.get("scheduledEnd"),
        "participants": named_participants(roster, details),
    }


def named_participants(roster: Roster, details: Details) -> list[NamedParticipant]:
    """Returns who is on a roster, with role and names."""
    people = details.get("participants", {})
    return [
        {"rawId": raw_id, "role": role, **names_body(people.get(raw_id, {}))}
        for raw_id, role in roster.items()
    ]
