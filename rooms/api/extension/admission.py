"""May this person come in."""

import azure.functions as func

from rooms import clients
from rooms.api.acs.answers import error_body
from rooms.api.bodies import AskAdmission
from rooms.api.extension.admission_answers import admitted_body, decision_detail, refused_body
from rooms.api.routing import Request, answer_of_ours, json_answer, query
from rooms.api.shapes import RefusedAdmission
from rooms.domain.admission import NOBODY, Admitted, Refused, admission, may_be_full
from rooms.domain.details import MAX_TEXT
from rooms.domain.time import Ticks, now
from rooms.errors import AdmissionRefused, InvalidParameter

blueprint = func.Blueprint()


@blueprint.route("rooms/{roomId}/admission", methods=["GET"], auth_level=func.AuthLevel.ANONYMOUS)
async def try_admission(req: func.HttpRequest) -> func.HttpResponse:
    """GET /rooms/{roomId}/admission?rawId=&at="""
    return await answer_of_ours(req, _try)


@blueprint.route("rooms/{roomId}/admission", methods=["POST"], auth_level=func.AuthLevel.ANONYMOUS)
async def decide_admission(req: func.HttpRequest) -> func.HttpResponse:
    """POST /rooms/{roomId}/admission"""
    return await answer_of_ours(req, _decide)


async def _try(request: Request) -> func.HttpResponse:
    room_id, raw_id = request.call_room_id(), _raw_id(request)
    _, decision = await _judged(room_id, raw_id, request.time("at"))
    match decision:
        case Admitted():
            return json_answer(200, admitted_body(room_id, raw_id, decision))
        case Refused():
            return json_answer(200, refused_body(room_id, raw_id, decision))


async def _decide(request: Request) -> func.HttpResponse:
    room_id, asked = request.call_room_id(), request.parse(AskAdmission)
    at, decision = await _judged(room_id, asked.raw_id, None)
    detail = decision_detail(asked.raw_id, asked.display_name, decision)
    await clients.admissions().record(room_id, at, type(decision).__name__, detail, request.origin)
    match decision:
        case Admitted():
            return json_answer(200, admitted_body(room_id, asked.raw_id, decision))
        case Refused():
            error = AdmissionRefused(decision.reasons[0].message)
            body: RefusedAdmission = {
                **error_body(error),
                **refused_body(room_id, asked.raw_id, decision),
            }
            return json_answer(error.status, body, {"x-ms-error-code": error.code})


async def _judged(room_id: str, raw_id: str, at: Ticks | None) -> tuple[Ticks, Admitted | Refused]:
    """The decision as of `at`, or now, and that time. For another time, too, room and roster are
    taken as they are now."""
    as_of = now()
    found = await clients.rooms().with_roster(room_id)
    capacity, admissions = clients.settings().call_capacity, clients.admissions()
    crowd = NOBODY
    if may_be_full(found.roster, capacity):
        crowd = await (
            admissions.crowd(room_id) if at is None else admissions.crowd_at(room_id, at, as_of)
        )
    if at is None:
        at = max(
            as_of, found.changed_at + 1
        )  # so that the log has the decision behind the change that it heeds
    return at, admission(found.room, found.roster, raw_id, at, crowd, capacity)


def _raw_id(request: Request) -> str:
    raw_id = query(request.http, "rawId")
    if raw_id is None or len(raw_id) > MAX_TEXT:
        raise InvalidParameter(
            f"Whom? A raw id of at most {MAX_TEXT} characters is expected here, like 8:acs:...",
            "rawId",
        )
    return raw_id.replace(" ", "+")  # as a bare + arrives
