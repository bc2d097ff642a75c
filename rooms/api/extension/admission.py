"""Admission: whether a person may join a room, and their way in."""

from typing import Literal, NotRequired, TypedDict

import azure.functions as func

from rooms.api.body import Device, StrictBody, Text
from rooms.api.error_answers import Error, error_body
from rooms.api.errors import ANSWERS, AdmissionRefused, InvalidParameter
from rooms.api.extension.admitting import (
    Asking,
    LostConnection,
    carry_out,
    judged,
    logged_reason,
)
from rooms.api.request import Request
from rooms.api.responses import json_answer
from rooms.api.routing import Routes
from rooms.api.shapes import Link, RoomId
from rooms.domain import admission as domain
from rooms.domain import capabilities
from rooms.domain.capabilities import Restriction
from rooms.domain.limits import LIMITS
from rooms.domain.log_details import Reason
from rooms.domain.roster import Role
from rooms.domain.time import Time, format_time
from rooms.media import carrier

routes = Routes()


class AskAdmission(StrictBody):
    """The body of POST /rooms/{id}/admission.

    `media` is whether the answer is to have the way into the call. Without it, the answer has that
    to a media server, and none to ACS.
    """

    raw_id: Text
    display_name: Text | None = None
    device: Device | None = None
    lost: LostConnection | None = None
    media: bool | None = None


class Allowed(TypedDict):
    """A capability. `only` limits it to the web calling SDK or to remote streams."""

    name: str
    only: NotRequired[Restriction]


class WayIn(TypedDict):
    """Where the person connects, and the token that lets them in, once or again, until it expires.
    It is for that person only: the log never has it."""

    kind: Literal["livekit"]
    url: Link
    token: str
    tokenExpiresAt: Time


class WayInAtAcs(TypedDict):
    """The token of ACS with which the person joins the room, by its id, with the calling SDK. It is
    for that person only: the log never has it."""

    kind: Literal["acs"]
    token: str
    expiresAt: Time


class Admitted(TypedDict):
    """The person may join until just before `validUntil`, with this role and these
    capabilities. A `guest` joins an open room without an invitation. Answers to a POST have
    `media`, the way into the call: from a media server unless `media` was false, from ACS if
    `media` was true."""

    roomId: RoomId
    rawId: str
    admitted: Literal[True]
    role: Role
    guest: bool
    capabilities: list[Allowed]
    validUntil: Time
    media: NotRequired[WayIn | WayInAtAcs]


class Refused(TypedDict):
    """The person may not join. `reasons` has every reason that applies."""

    roomId: RoomId
    rawId: str
    admitted: Literal[False]
    reasons: list[Reason]


class RefusedAdmission(Error, Refused):
    """A refusal as an error. The message is that of the first reason."""


@routes.extension("GET", "rooms/{roomId}/admission")
async def try_admission(request: Request) -> func.HttpResponse:
    """Answers whether a person may join, and changes nothing."""
    room_id, raw_id = request.call_room_id(), _raw_id(request)
    decision = (await judged(request.app, room_id, raw_id, request.time("at"))).decision
    match decision:
        case domain.Admitted():
            return json_answer(200, admitted_body(room_id, raw_id, decision))
        case domain.Refused():
            return json_answer(200, refused_body(room_id, raw_id, decision))


@routes.extension("POST", "rooms/{roomId}/admission")
async def decide_admission(request: Request) -> func.HttpResponse:
    """Decides whether a person may join, logs the decision, and answers with the way in."""
    room_id, asked = request.call_room_id(), request.parse(AskAdmission)
    asking = Asking(asked.raw_id, asked.display_name, asked.device, asked.lost, media=asked.media)
    wants_media = request.app.media.lets_in and asked.media is not False
    needs_name = wants_media and asked.display_name is None
    judgement = await judged(request.app, room_id, asked.raw_id, with_details=needs_name)
    way_in = await carry_out(request.app, judgement, asking, request.origin)
    return admission_answer(room_id, asked.raw_id, judgement.decision, way_in)


def admission_answer(
    room_id: str,
    raw_id: str,
    decision: domain.Admitted | domain.Refused,
    way_in: carrier.WayIn | carrier.AcsToken | None,
) -> func.HttpResponse:
    """Returns the answer to who asked to join: 200, or 403."""
    match decision:
        case domain.Admitted() as admitted:
            body = admitted_body(room_id, raw_id, admitted)
            if way_in is not None:
                body["media"] = media_body(way_in)
            return json_answer(200, body)
        case domain.Refused() as refused:
            answer = ANSWERS[AdmissionRefused]
            refusal: RefusedAdmission = {
                **error_body(answer.code, refused.reasons[0].message),
                **refused_body(room_id, raw_id, refused),
            }
            return json_answer(answer.status, refusal, {"x-ms-error-code": answer.code})


def _raw_id(request: Request) -> str:
    raw_id = request.query("rawId")
    if raw_id is None or len(raw_id) > LIMITS.text:
        raise InvalidParameter(
            f"rawId is required: a raw id of at most {LIMITS.text} characters, like 8:acs:...",
            "rawId",
        )
    return raw_id.replace(" ", "+")  # as a bare + arrives


def admitted_body(room_id: str, raw_id: str, admitted: domain.Admitted) -> Admitted:
    """Returns the answer to an admitted person."""
    return {
        "roomId": room_id,
        "rawId": raw_id,
        "admitted": True,
        "role": admitted.role,
        "guest": admitted.guest,
        "capabilities": [_allowed_body(allowed) for allowed in admitted.capabilities],
        "validUntil": format_time(admitted.valid_until),
    }


def refused_body(room_id: str, raw_id: str, refused: domain.Refused) -> Refused:
    """Returns the answer to a refused person."""
    reasons = [logged_reason(reason) for reason in refused.reasons]
    return {"roomId": room_id, "rawId": raw_id, "admitted": False, "reasons": reasons}


def media_body(way_in: carrier.WayIn | carrier.AcsToken) -> WayIn | WayInAtAcs:
    """Returns the way in, as answers have it."""
    expires_at = format_time(way_in.expires_at)
    match way_in:
        case carrier.WayIn(url, token):
            return {"kind": "livekit", "url": url, "token": token, "tokenExpiresAt": expires_at}
        case carrier.AcsToken(token):
            return {"kind": "acs", "token": token, "expiresAt": expires_at}


def _allowed_body(allowed: capabilities.Allowed) -> Allowed:
    return (
        {"name": allowed.name}
        if allowed.only is None
        else {"name": allowed.name, "only": allowed.only}
    )
