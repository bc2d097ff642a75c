"""Events that were not understood: what they are, why, and what becomes of them."""

from contextlib import suppress

import azure.functions as func

from rooms import clients
from rooms.api.extension.answers import page_body, quarantined_body, redriven_body
from rooms.api.routing import Request, answer_of_ours, json_answer, no_content, query
from rooms.api.shapes import WholeQuarantinedEvent
from rooms.api.tokens import from_token, to_token
from rooms.errors import QuarantinedNotFound, StillNotUnderstood
from rooms.intake.envelope import UnknownEvent
from rooms.intake.event_grid import take_in
from rooms.storage.keys import QUARANTINE_ROW

blueprint = func.Blueprint()


@blueprint.route("quarantine", methods=["GET"], auth_level=func.AuthLevel.ANONYMOUS)
async def list_quarantine(req: func.HttpRequest) -> func.HttpResponse:
    """GET /quarantine"""
    return await answer_of_ours(req, _list)


@blueprint.route("quarantine/{eventId}", methods=["GET"], auth_level=func.AuthLevel.ANONYMOUS)
async def get_quarantined_event(req: func.HttpRequest) -> func.HttpResponse:
    """GET /quarantine/{eventId}"""
    return await answer_of_ours(req, _get)


@blueprint.route(
    "quarantine/{eventId}/redrive", methods=["POST"], auth_level=func.AuthLevel.ANONYMOUS
)
async def redrive_quarantined_event(req: func.HttpRequest) -> func.HttpResponse:
    """POST /quarantine/{eventId}/redrive"""
    return await answer_of_ours(req, _redrive)


@blueprint.route("quarantine/{eventId}", methods=["DELETE"], auth_level=func.AuthLevel.ANONYMOUS)
async def delete_quarantined_event(req: func.HttpRequest) -> func.HttpResponse:
    """DELETE /quarantine/{eventId}"""
    return await answer_of_ours(req, _delete)


async def _list(request: Request) -> func.HttpResponse:
    token = query(request.http, "nextLink")
    events, last = await clients.quarantine().page(
        None if token is None else from_token(token, QUARANTINE_ROW)
    )
    next_link = None if last is None else request.next_link(to_token(last))
    return json_answer(200, page_body([quarantined_body(event) for event in events], next_link))


async def _get(request: Request) -> func.HttpResponse:
    event, text = await clients.quarantine().get(request.http.route_params["eventId"])
    whole: WholeQuarantinedEvent = {**quarantined_body(event), "event": text}
    return json_answer(200, whole)


async def _redrive(request: Request) -> func.HttpResponse:
    event_id = request.http.route_params["eventId"]
    _, text = await clients.quarantine().get(event_id)
    outcome = await take_in(text)
    if isinstance(outcome, UnknownEvent):
        raise StillNotUnderstood(outcome.reason)
    with suppress(QuarantinedNotFound):  # another one was faster
        await clients.quarantine().remove(event_id)
    return json_answer(200, redriven_body(event_id, outcome))


async def _delete(request: Request) -> func.HttpResponse:
    await clients.quarantine().remove(request.http.route_params["eventId"])
    return no_content()
