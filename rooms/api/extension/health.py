"""Health: whether the service is ready. Anybody may ask; the answer has only words."""

import asyncio
from typing import Literal, TypedDict

import azure.functions as func

from rooms.api.responses import json_answer
from rooms.api.routing import Routes
from rooms.app import App
from rooms.storage.errors import StorageUnavailable, TableMissing

routes = Routes()


class Health(TypedDict):
    """The state of the service. It is ready if its storage answers and has the table, and if the
    clock is right enough to change anything."""

    status: Literal["ready", "unavailable", "noTable", "wrongClock"]


@routes.public("GET", "health")
async def get_health(app: App, http: func.HttpRequest) -> func.HttpResponse:
    """Answers 200 if the storage answers, else 503. Simultaneous callers share one request."""
    try:
        async with asyncio.timeout(app.limits.health_seconds):
            await app.storage_answers.get("")
    except (TimeoutError, StorageUnavailable) as error:
        unavailable: Health = {
            "status": "noTable" if isinstance(error, TableMissing) else "unavailable"
        }
        retry_after = error.retry_after if isinstance(error, StorageUnavailable) else 1
        return json_answer(503, unavailable, {"Retry-After": str(retry_after)})
    if abs(app.table.state().clock_ahead or 0) >= app.limits.clock_refused_seconds:
        wrong: Health = {"status": "wrongClock"}
        return json_answer(503, wrong, {"Retry-After": "1"})
    ready: Health = {"status": "ready"}
    return json_answer(200, ready)
