"""The move from ACS: what the passes over the rooms there found, and asking for one."""

from collections.abc import Mapping
from typing import Literal, TypedDict
from urllib.parse import urlsplit

import azure.functions as func
from pydantic import Field

from rooms.api.body import StrictBody
from rooms.api.errors import NotMoving, PassGoesOn
from rooms.api.request import Request
from rooms.api.responses import json_answer
from rooms.api.routing import Routes
from rooms.api.shapes import Count, time_or_none
from rooms.app import App
from rooms.domain.time import Ticks, Time
from rooms.settings.moving import Mode, Moving
from rooms.storage.parallel import both
from rooms.storage.pull_state import PASSES, Pass, PullState

routes = Routes()


type PassName = Literal["full", "rosters"]


class AskPass(StrictBody):
    """The body of POST /moving."""

    which: PassName = Field(alias="pass")


class Carriers(TypedDict):
    """Rooms here by where their calls run, as the last full pass counted them."""

    acs: Count
    own: Count


class HeadPass(TypedDict):
    """The last look at the beginning of ACS's list. `at` is null before the first."""

    at: Time | None
    pages: Count


class FullPass(TypedDict):
    """The comparison of all rooms: the one that goes on, with `endedAt` null, or the last one. Its
    numbers grow while it goes on."""

    beganAt: Time | None
    endedAt: Time | None
    rooms: Count
    pages: Count
    new: Count
    changed: Count
    gone: Count


class RostersPass(TypedDict):
    """The comparison of all rosters: the one that goes on, with `endedAt` null, or the last one."""

    beganAt: Time | None
    endedAt: Time | None
    rooms: Count
    changed: Count


class MovingBody(TypedDict):
    """The state of the move from ACS.

    `rooms` is null before the first full pass has ended. `pending` counts the changes that are
    under way at ACS or in doubt. `asked` has the passes that the next runs begin.
    `throttledUntil` is when ACS is asked again in the background. Each list has the first hundred
    ids: `notUnderstood` of rooms that are left as they are here, as this service does not know what
    ACS has; `deletedHereOnly` of rooms that are deleted here and still at ACS; `unclaimed` of rooms
    at ACS that a lost create without participants may have made.
    """

    mode: Mode
    endpoint: str
    rooms: Carriers | None
    pending: Count
    asked: list[PassName]
    head: HeadPass
    full: FullPass
    rosters: RostersPass
    throttledUntil: Time | None
    notUnderstood: list[str]
    deletedHereOnly: list[str]
    unclaimed: list[str]


@routes.extension("GET", "moving")
async def get_moving(request: Request) -> func.HttpResponse:
    """Answers with the state of the move from ACS."""
    return json_answer(200, await _body(request.app))


@routes.extension("POST", "moving")
async def ask_for_pass(request: Request) -> func.HttpResponse:
    """Lets the next runs of the timer begin a pass."""
    _moving(request.app)
    which, states = request.parse(AskPass).which, request.app.pull_states
    state, _ = await states.read()
    if (state.full if which == "full" else state.rosters).goes_on:
        raise PassGoesOn
    await states.ask(which)
    return json_answer(202, await _body(request.app))


async def _body(app: App) -> MovingBody:
    """Returns the state of the move. Eleven requests to the storage."""
    moving, host = _moving(app)
    (state, asked), pending = await both(app.pull_states.read(), app.marks.count_open())
    return moving_body(state, asked, moving.mode, host, pending, app.clock())


def moving_body(
    state: PullState, asked: set[Pass], mode: Mode, host: str, pending: int, now: Ticks
) -> MovingBody:
    """Returns the state of a move as it is answered."""
    full, rosters = state.full, state.rosters
    return {
        "mode": mode,
        "endpoint": host,
        "rooms": _carriers(state.counted),
        "pending": pending,
        "asked": [each for each in PASSES if each in asked],
        "head": {"at": time_or_none(state.head.at), "pages": state.head.pages},
        "full": {
            "beganAt": time_or_none(full.began_at),
            "endedAt": time_or_none(full.ended_at),
            "rooms": full.rooms,
            "pages": full.pages,
            "new": full.new,
            "changed": full.changed,
            "gone": full.gone,
        },
        "rosters": {
            "beganAt": time_or_none(rosters.began_at),
            "endedAt": time_or_none(rosters.ended_at),
            "rooms": rosters.rooms,
            "changed": rosters.changed,
        },
        "throttledUntil": time_or_none(
            state.throttled_until if state.throttled_until > now else None
        ),
        "notUnderstood": list(state.not_understood),
        "deletedHereOnly": list(state.deleted_here),
        "unclaimed": list(state.unclaimed),
    }


def _carriers(counted: Mapping[str, int] | None) -> Carriers | None:
    return None if counted is None else {"acs": counted["acs"], "own": counted["own"]}


def _moving(app: App) -> tuple[Moving, str]:
    """Returns the settings of the move, and the host of the resource. Raises NotMoving."""
    moving, acs = app.settings.moving, app.settings.acs
    if moving is None or acs is None:
        raise NotMoving
    return moving, urlsplit(acs.endpoint).netloc
