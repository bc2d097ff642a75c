"""Admission: whether a person may join a room."""

import azure.functions as func

from rooms.api.acs.answers import error_body
from rooms.api.bodies import AskAdmission
from rooms.api.errors import ANSWERS, AdmissionRefused, InvalidParameter
from rooms.api.extension.admission_answers import admitted_body, decision_detail, refused_body
from rooms.api.request import Request
from rooms.api.responses import json_answer
from rooms.api.routing import Routes
from rooms.api.shapes import RefusedAdmission
from rooms.domain.admission import NOBODY, Admitted, Refused, admission, may_be_full
from rooms.domain.details import MAX_TEXT
from rooms.domain.time import Ticks

routes = Routes()


@routes.extension("GET", "rooms/{roomId}/admission")
async def try_admission(request: Request) -> func.HttpResponse:
    """Answers whether a person may join, and changes nothing."""
    room_id, raw_id = request.call_room_id(), _raw_id(request)
    _, decision = await _judged(request, room_id, raw_id, request.time("at"))
    match decision:
        case Admitted():
            return json_answer(200, admitted_body(room_id, raw_id, decision))
        case Refused():
            return json_answer(200, refused_body(room_id, raw_id, decision))


@routes.extension("POST", "rooms/{roomId}/admission")
async def decide_admission(request: Request) -> func.HttpResponse:
    """Decides whether a person may join, and logs the decision."""
    room_id, asked = request.call_room_id(), request.parse(AskAdmission)
    at, decision = await _judged(request, room_id, asked.raw_id, None)
    detail = decision_detail(asked.raw_id, asked.display_name, decision)
    await request.app.admissions.record(
        room_id, at, type(decision).__name__, detail, request.origin
    )
    match decision:
        case Admitted():
            return json_answer(200, admitted_body(room_id, asked.raw_id, decision))
        case Refused():
            refused = ANSWERS[AdmissionRefused]
            body: RefusedAdmission = {
                **error_body(refused.code, decision.reasons[0].message),
                **refused_body(room_id, asked.raw_id, decision),
            }
            return json_answer(refused.status, body, {"x-ms-error-code": refused.code})


async def _judged(
    request: Request, room_id: str, raw_id: str, at: Ticks | None
) -> tuple[Ticks, Admitted | Refused]:
    """Returns the time that is judged, `at` or now, and the decision as of then.

    The room and the roster are always those of now.
    """
    as_of = request.app.clock()
    found = await request.app.rooms.with_roster(room_id)
    capacity, admissions = request.app.settings.call_capacity, request.app.admissions
    crowd = NOBODY
    if may_be_full(found.roster, capacity):
        crowd = await (
            admissions.crowd(room_id) if at is None else admissions.crowd_at(room_id, at, as_of)
        )
    if at is None:
        at = max(as_of, found.changed_at + 1)  # the log has the decision after the change
    return at, admission(found.room, found.roster, raw_id, at, crowd, capacity)


def _raw_id(request: Request) -> str:
    raw_id = request.query("rawId")
    if raw_id is None or len(raw_id) > MAX_TEXT:
        raise InvalidParameter(
            f"rawId is required: a raw id of at most {MAX_TEXT} characters, like 8:acs:...",
            "rawId",
        )
    return raw_id.replace(" ", "+")  # as a bare + arrives
