"""The check of the media server: what its configuration lacks, and what to do."""

import asyncio
from collections.abc import Sequence
from typing import TypedDict

import azure.functions as func

from rooms.api.request import Request
from rooms.api.responses import json_answer
from rooms.api.routing import Routes
from rooms.app import App
from rooms.domain import media_check
from rooms.domain.check import Check, Status
from rooms.domain.media_check import HeardEvents, server_checks, webhook_checks
from rooms.media.errors import NoMediaPlane

routes = Routes()

_PAUSE = 0.2
"""Seconds between looks whether an event has come."""


class MediaCheckBody(TypedDict):
    """One check. `advice` is empty if there is nothing to do."""

    name: media_check.Name
    status: Status
    text: str
    advice: str


class MediaChecks(TypedDict):
    """The checks that could be made. If the server does not answer there are no others."""

    value: list[MediaCheckBody]


@routes.extension("POST", "media/check")
async def check_media(request: Request) -> func.HttpResponse:
    """Checks the media server. Makes a call that nobody joins, and ends it."""
    app = request.app
    if app.settings.media is None:
        raise NoMediaPlane
    state = await app.media.state()
    found = [*server_checks(state)]
    if state.reach == "answers":
        heard = await _heard(app, await app.media.probe())
        here = request.route_url.rstrip("/").removesuffix("/check")
        found += webhook_checks(heard, f"{here}/livekit")
    return json_answer(200, _body(found))


async def _heard(app: App, probe: str) -> HeardEvents:
    """Returns which events of a call have come, once it is known to be over, or after a time.
    About one storage request every `_PAUSE`."""
    try:
        async with asyncio.timeout(app.limits.probe_seconds):
            while True:
                heard = await app.probes.heard(probe)
                if heard.finished:
                    return heard
                await asyncio.sleep(_PAUSE)
    except TimeoutError:
        return HeardEvents(started=False, finished=False)


def _body(checks: Sequence[Check[media_check.Name]]) -> MediaChecks:
    return {
        "value": [
            {
                "name": check.name,
                "status": check.status,
                "text": check.text,
                "advice": check.advice,
            }
            for check in checks
        ]
    }
