"""Events of the LiveKit server."""

import logging
from typing import Literal, TypedDict

import azure.functions as func

from rooms.api.errors import NoMediaServer
from rooms.api.responses import json_answer
from rooms.api.routing import Routes
from rooms.app import App
from rooms.intake.outcome import IgnoredEvent, RoomEvent, UnknownEvent
from rooms.media.errors import WebhookNotVerified
from rooms.media.livekit.webhooks import verify, without_secrets

_log = logging.getLogger(__name__)

routes = Routes()


class TakenEvent(TypedDict):
    """What became of an event. One that is left is of no call of this service, or not about who is
    in it."""

    outcome: Literal["recorded", "left", "quarantined"]


@routes.webhook("POST", "media/livekit")
async def take_livekit_event(app: App, http: func.HttpRequest) -> func.HttpResponse:
    """Takes in an event. One request to the storage, and one more for a join: who joins is checked
    once more.

    The server delivers an event again after 5xx and 429 only.
    """
    server = app.settings.media
    if server is None:
        raise NoMediaServer
    body = http.get_body()
    try:
        verify(http.headers.get("authorization", ""), body, server.keys, app.clock())
    except WebhookNotVerified as error:
        _log.warning(
            "media: an event was refused, and will not come again: %s. "
            "ROOMS_MEDIA_KEY__<API key> must have the key that signs the webhooks",
            error,
        )
        raise
    text = without_secrets(body.decode(errors="replace"))
    outcome = await app.livekit_intake.accept(text)
    if isinstance(outcome, RoomEvent) and outcome.joined is not None:
        await app.reconciler.guard(outcome.room_id, outcome.joined)
    if isinstance(outcome, IgnoredEvent) and outcome.probe is not None:
        await app.probes.hear(outcome.probe.name, finished=outcome.probe.finished)
    match outcome:
        case IgnoredEvent():
            taken: TakenEvent = {"outcome": "left"}
        case UnknownEvent():
            taken = {"outcome": "quarantined"}
        case _:
            taken = {"outcome": "recorded"}
    return json_answer(200, taken)
