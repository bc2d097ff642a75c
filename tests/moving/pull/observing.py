"""What tests of the pull share: the app's limits, and what they look at."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import azure.functions as func
from azure.data.tables.aio import TableClient

from rooms.app import App
from rooms.domain.limits import LIMITS
from rooms.domain.time import SECOND
from rooms.intake import event_grid
from rooms.storage.table import Table
from testkit.events import Element
from testkit.functions import ask
from testkit.running import new_key
from testkit.storage import Clock
from testkit.waiting import HANG_SECONDS
from testkit.whole import StoredRoom, stored_rooms

KEY = new_key()
PATIENT = replace(
    LIMITS,
    acs_seconds=HANG_SECONDS,
    pull_seconds=HANG_SECONDS,
    fresh_seconds=HANG_SECONDS,
    unknown_seconds=HANG_SECONDS,
    request_seconds=2 * HANG_SECONDS,
    event_seconds=HANG_SECONDS,
)
"""Nothing is late on a slow machine."""
QUIET = round(LIMITS.quiet_seconds * SECOND) + SECOND


def app_of(client: TableClient, clock: Clock, settings: Mapping[str, str]) -> App:
    """An app in that table, with that clock."""
    app = App({"ROOMS_MANAGE_KEY__app": KEY, **settings}, clock, PATIENT)
    app.table = Table(client)
    return app


async def stored(client: TableClient, room_id: str) -> StoredRoom:
    """What the table has of a room. All its rows agree."""
    rows = [row async for row in client.list_entities()]
    return stored_rooms(rows)[room_id]


async def told(client: TableClient, room_id: str) -> list[tuple[str, str]]:
    """The kinds and actors of the log of a room, the oldest first."""
    log = (await stored(client, room_id)).log
    return [(record["kind"], record["actor"]) for record in reversed(log)]


async def body_of(app: App, path: str) -> Any:
    """The body of the answer of the app, which is 200."""
    answer = await ask(app, KEY, "GET", path)
    assert answer.status == 200, (answer.status, answer.body)
    return answer.json()


async def deliver(app: App, *events: Element) -> None:
    """Delivers events to the trigger of the app, as the host does."""
    function_app = func.FunctionApp()
    event_grid.register(function_app, app)
    (function,) = function_app.get_functions()
    for event in events:
        await function.get_user_function()(json.dumps(event))
