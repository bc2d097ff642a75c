"""Admission: whether a person may join a room."""

from typing import Literal, NotRequired, TypedDict

import azure.functions as func

from rooms.api.body import StrictBody, Text
from rooms.api.error_answers import Error, error_body
from rooms.api.errors import ANSWERS, AdmissionRefused, InvalidParameter
from rooms.api.request import Request
from rooms.api.responses import json_answer
from rooms.api.routing import Routes
from rooms.api.shapes import RoomId
from rooms.domain import admission as domain
from rooms.domain import capabilities
from rooms.domain.admission import UNOCCUPIED, admission, needs_occupancy
from rooms.domain.capabilities import Restriction
from rooms.domain.limits import LIMITS
from rooms.domain.log_details import AdmittedDetail, Asker, Reason, RefusedDetail
from rooms.domain.roster import Role
from rooms.domain.time import SECOND, Ticks, Time, format_time

routes = Routes()


class AskAdmission(StrictBody):
    """The body of POST /rooms/{id}/admission."""

    raw_id: Text
    display_name: Text | None = None


class Allowed(TypedDict):
    """A capability. `only` limits it to the web calling SDK or to remote streams."""

    name: str
    only: NotRequired[Restriction]


class Admitted(TypedDict):
    """The person may join until just before `validUntil`, with this role and these
    capabilities. A `guest` joins an open room without an invitation."""

    roomId: RoomId
    rawId: str
    admitted: Literal[True]
    role: Role
    guest: bool
    capabilities: list[Allowed]
    validUntil: Time


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
    _, decision, _ = await _judged(request, room_id, raw_id, request.time("at"))
    match decision:
        case domain.Admitted():
            return json_answer(200, admitted_body(room_id, raw_id, decision))
        case domain.Refused():
            return json_answer(200, refused_body(room_id, raw_id, decision))


@routes.extension("POST", "rooms/{roomId}/admission")
async def decide_admission(request: Request) -> func.HttpResponse:
    """Decides whether a person may join, and logs the decision."""
    room_id, asked = request.call_room_id(), request.parse(AskAdmission)
    at, decision, incomplete = await _judged(request, room_id, asked.raw_id, None)
    detail = decision_detail(asked.raw_id, asked.display_name, decision)
    if incomplete:
        detail["incomplete"] = True
    await request.app.admissions.record(
        room_id, at, type(decision).__name__, detail, request.origin
    )
    match decision:
        case domain.Admitted():
            return json_answer(200, admitted_body(room_id, asked.raw_id, decision))
        case domain.Refused():
            refused = ANSWERS[AdmissionRefused]
            body: RefusedAdmission = {
                **error_body(refused.code, decision.reasons[0].message),
                **refused_body(room_id, asked.raw_id, decision),
            }
            return json_answer(refused.status, body, {"x-ms-error-code": refused.code})


async def _judged(
    request: Request, room_id: str, raw_id: str, at: Ticks | None
) -> tuple[Ticks, domain.Admitted | domain.Refused, bool]:
    """Returns when the log has the decision, the decision as of `at` or now, and whether there may
    be people in the call who were not counted.

    The room and the roster are always those of now. Now is what the clock says: a change by an
    instance whose clock is wrong must not close the room, only the log has the decision after it.
    """
    as_of = request.app.clock()
    found = await request.app.rooms.with_roster(room_id)
    capacity, admissions = request.app.settings.call_capacity, request.app.admissions
    occupancy = UNOCCUPIED
    if needs_occupancy(found.room, found.roster, capacity):
        occupancy = await (
            admissions.occupancy(room_id)
            if at is None
            else admissions.occupancy_at(room_id, at, as_of)
        )
    logged = max(as_of, found.changed_at + 1)
    if at is None:
        at = logged if logged - as_of <= LIMITS.clock_skew_seconds * SECOND else as_of
    decision = admission(found.room, found.roster, raw_id, at, occupancy, capacity)
    return logged, decision, occupancy.incomplete


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
    reasons = [_reason_body(reason) for reason in refused.reasons]
    return {"roomId": room_id, "rawId": raw_id, "admitted": False, "reasons": reasons}


def decision_detail(
    raw_id: str, display_name: str | None, decision: domain.Admitted | domain.Refused
) -> AdmittedDetail | RefusedDetail:
    """Returns the detail of the log record of a decision."""
    who: Asker = (
        {"rawId": raw_id}
        if display_name is None
        else {"rawId": raw_id, "displayName": display_name}
    )
    match decision:
        case domain.Admitted():
            return {**who, "role": decision.role, "guest": decision.guest}
        case domain.Refused():
            return {**who, "reasons": [_reason_body(reason) for reason in decision.reasons]}


def _reason_body(reason: domain.Reason) -> Reason:
    body: Reason = {
        "code": reason.code,
        "subCode": reason.sub_code,
        "message": reason.message,
    }
    if reason.opens_at is not None:
        body["opensAt"] = format_time(reason.opens_at)
    return body


def _allowed_body(allowed: capabilities.Allowed) -> Allowed:
    return (
        {"name": allowed.name}
        if allowed.only is None
        else {"name": allowed.name, "only": allowed.only}
    )
